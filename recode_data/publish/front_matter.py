"""The YAML head of a dataset card: what the Hub shows, and what `load_dataset` needs to know.

`configs` names the files of each configuration and split, `dataset_info` their columns and sizes, so
that rows come back with the types they were written with, and a lost row is noticed on loading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pyarrow as pa

from recode_data.publish.manifest import configs_of, entries, items, mapping, number
from recode_data.publish.tables import CHANGE_SCHEMA, DROPPED_SCHEMA, PAIR_SCHEMA
from recode_data.records import JsonValue

HUB_LICENCES = {
    "MIT": "mit",
    "ISC": "isc",
    "BSD-2-Clause": "bsd-2-clause",
    "BSD-3-Clause": "bsd-3-clause",
    "Apache-2.0": "apache-2.0",
    "MPL-2.0": "mpl-2.0",
    "GPL-2.0-only": "gpl-2.0",
    "GPL-2.0-or-later": "gpl-2.0",
    "GPL-3.0-only": "gpl-3.0",
    "GPL-3.0-or-later": "gpl-3.0",
    "LGPL-2.1-only": "lgpl-2.1",
    "LGPL-2.1-or-later": "lgpl-2.1",
    "LGPL-3.0-only": "lgpl-3.0",
    "LGPL-3.0-or-later": "lgpl-3.0",
    "AGPL-3.0-only": "agpl-3.0",
    "Unlicense": "unlicense",
    "Zlib": "zlib",
}
"""SPDX → the Hub's names; a dataset with any other licence in it is `other`, and its card says."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./+-]*")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
"""Some of them end a line in YAML."""
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
"""Plain scalars that YAML 1.1 reads as something else than text."""


def front_matter(manifest: Mapping[str, JsonValue]) -> list[str]:
    """Lines of the head, with the fences."""
    document: dict[str, JsonValue] = {
        "pretty_name": title(manifest),
        "language": ["code", "en"],
        **_licence(manifest),
        "task_categories": ["text-generation"],
        "size_categories": [size_category(number(mapping(manifest.get("counts")), "verified"))],
        "tags": ["code", "api-migration", "library-updates", "execution-verified"],
        "configs": _configs(manifest),
        "dataset_info": _dataset_info(manifest),
    }
    return ["---", *yaml_lines({key: value for key, value in document.items() if value}), "---"]


def title(manifest: Mapping[str, JsonValue]) -> str:
    """`Migration pairs: numpy 1.26.4 → 2.0.0`, or of which libraries there are rows."""
    steps = manifest.get("steps")
    texts = [str(step) for step in steps] if isinstance(steps, list) else []
    if len(texts) == 1 and texts[0].count(":") == 2:
        library, old, new = texts[0].split(":")
        return f"Migration pairs: {library} {old} → {new}"
    with_rows = manifest.get("libraries")
    mined = {text.partition(":")[0] for text in texts}
    libraries = sorted(with_rows if isinstance(with_rows, dict) and with_rows else mined)
    if len(libraries) <= 4:
        return f"Migration pairs: {', '.join(libraries)}"
    return f"Migration pairs of {len(libraries)} libraries"


def size_category(rows: int) -> str:
    """The Hub's word for a number of rows."""
    for limit, word in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K")):
        if rows < limit:
            return word
    return "100K<n<1M"


def _licence(manifest: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    named = {str(entry.get("licence") or "") for entry in entries(manifest.get("attribution"))}
    known: list[JsonValue] = [*sorted({HUB_LICENCES.get(licence, "other") for licence in named})]
    if "other" in known:
        return {"license": "other", "license_name": "see-licences-in-the-card"}
    return {"license": known}


def _configs(manifest: Mapping[str, JsonValue]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for name, splits in configs_of(manifest).items():
        entry: dict[str, JsonValue] = {"config_name": name}
        if not found:
            entry["default"] = True
        entry["data_files"] = [
            {"split": split, "path": about.get("files")} for split, about in splits.items()
        ]
        found.append(entry)
    return found


def _dataset_info(manifest: Mapping[str, JsonValue]) -> list[JsonValue]:
    listed = mapping(manifest.get("files"))
    found: list[JsonValue] = []
    for name, splits in configs_of(manifest).items():
        files = {str(file) for about in splits.values() for file in items(about.get("files"))}
        found.append(
            {
                "config_name": name,
                "features": features(schema_of(name)),
                "splits": [
                    {
                        "name": split,
                        "num_bytes": number(about, "bytes"),
                        "num_examples": number(about, "rows"),
                    }
                    for split, about in splits.items()
                ],
                "download_size": sum(number(mapping(listed.get(file)), "size") for file in files),
                "dataset_size": sum(number(about, "bytes") for about in splits.values()),
            }
        )
    return found


def schema_of(config: str) -> pa.Schema:
    """Columns of a configuration."""
    return {"changes": CHANGE_SCHEMA, "dropped": DROPPED_SCHEMA}.get(config, PAIR_SCHEMA)


def features(schema: pa.Schema) -> list[JsonValue]:
    """Columns in the words of the `datasets` library."""
    return [{"name": field.name, **_feature(field.type)} for field in schema]


def _feature(kind: pa.DataType) -> dict[str, JsonValue]:
    return {"list": str(kind.value_type)} if pa.types.is_list(kind) else {"dtype": str(kind)}


# --- YAML -----------------------------------------------------------------------------------------


def yaml_lines(value: JsonValue, indent: str = "") -> list[str]:
    """Block-style YAML; scalars that are not plain words are quoted as JSON, which is YAML too."""
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            lines += _entry(f"{indent}{_scalar(key)}:", item, indent)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)):
                first, *rest = yaml_lines(item, f"{indent}  ")
                lines += [f"{indent}- {first.lstrip()}", *rest]
            else:
                lines.append(f"{indent}- {_scalar(item)}")
    return lines


def _entry(head: str, item: JsonValue, indent: str) -> list[str]:
    if isinstance(item, dict) and item:
        return [head, *yaml_lines(item, f"{indent}  ")]
    if isinstance(item, list) and item:
        return [head, *yaml_lines(item, indent)]
    return [f"{head} {_scalar(item)}"]


def _scalar(value: JsonValue) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _UNPRINTABLE.sub(
        lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False)
    )

"""The manifest of a build: what went in, with hashes, and what came out, with counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from recode_data.curate import SPLITS
from recode_data.errors import MalformedInputError
from recode_data.records import Dropped, JsonValue, MigrationPair, Release, StepResult

MANIFEST_VERSION = 2


def make_manifest(
    results: Sequence[StepResult],
    pairs: Sequence[MigrationPair],
    dropped: Sequence[Dropped],
    configs: JsonValue,
    curation: Mapping[str, JsonValue],
) -> dict[str, JsonValue]:
    """Everything but `files`; no clock and no path of this machine, so builds can be compared.

    Args:
        results: one per version step.
        pairs: the rows that are published.
        dropped: every candidate that is not.
        configs: configurations and their splits, in order.
        curation: what curation was told and found, by its own words.
    """
    return {
        "version": MANIFEST_VERSION,
        "steps": [str(result.context.step) for result in results],
        "releases": [_release(release) for release in _releases(results)],
        "environments": _environments(results),
        "counts": _counts(results, pairs, dropped),
        "change_kinds": count(change.kind.value for result in results for change in result.changes),
        "kinds": count(pair.kind.value for pair in pairs),
        "effects": count(pair.effect.value for pair in pairs),
        "producers": count(pair.producer.value for pair in pairs),
        "drop_reasons": count(drop.reason.value for drop in dropped),
        "candidates_by_producer": count(
            [pair.producer.value for pair in pairs]
            + [drop.candidate.producer.value for drop in dropped]
        ),
        "breakdown": _breakdown(pairs),
        "attribution": _attribution(pairs),
        "libraries": {
            library: count(pair.split for pair in pairs if pair.dependency == library)
            for library in sorted({pair.dependency for pair in pairs})
        },
        "splits": {split: sum(pair.split == split for pair in pairs) for split in SPLITS},
        "configs": configs,
        "curation": dict(curation),
        "tools": _tools(),
    }


def _counts(
    results: Sequence[StepResult], pairs: Sequence[MigrationPair], dropped: Sequence[Dropped]
) -> JsonValue:
    return {
        "changes": sum(len(result.changes) for result in results),
        "changes_with_pairs": len({_change_of(pair) for pair in pairs}),
        "old_usages": sum(result.old_usages for result in results),
        "new_usages": sum(result.new_usages for result in results),
        "probed": sum(result.probed for result in results),
        "candidates": len(pairs) + len(dropped),
        "verified": len(pairs),
        "dropped": len(dropped),
    }


def _breakdown(pairs: Sequence[MigrationPair]) -> list[JsonValue]:
    """Rows by library, kind, effect and producer, largest first."""
    counted = Counter(
        (pair.dependency, pair.kind.value, pair.effect.value, pair.producer.value) for pair in pairs
    )
    return [
        {"library": library, "kind": kind, "effect": effect, "producer": producer, "rows": rows}
        for (library, kind, effect, producer), rows in sorted(
            counted.items(), key=lambda item: (item[0][0], -item[1], item[0])
        )
    ]


def _attribution(pairs: Sequence[MigrationPair]) -> list[JsonValue]:
    """Releases that snippets were taken from, with their licence and the number of rows."""
    counted = Counter((pair.source_release, pair.licence) for pair in pairs)
    return [
        {"release": release, "licence": licence, "rows": rows}
        for (release, licence), rows in sorted(counted.items())
    ]


def _change_of(pair: MigrationPair) -> tuple[str, str, str, str, str | None]:
    return (pair.dependency, pair.new_version, pair.kind.value, pair.old_api, pair.parameter)


def _releases(results: Sequence[StepResult]) -> list[Release]:
    both = (item for result in results for item in (result.context.old, result.context.new))
    return list({release.pin: release for release in both}.values())


def _release(release: Release) -> JsonValue:
    return {
        "pin": release.pin,
        "released": release.released,
        "licence": release.licence,
        "files": [
            {"filename": artifact.filename, "sha256": artifact.sha256}
            for artifact in (release.wheel, release.sdist)
            if artifact is not None
        ],
    }


def _environments(results: Sequence[StepResult]) -> list[JsonValue]:
    return [
        {
            "release": release.pin,
            "python": environment.python_version,
            "requirements": list(environment.requirements),
        }
        for result in results
        for release, environment in (
            (result.context.old, result.context.old_environment),
            (result.context.new, result.context.new_environment),
        )
    ]


def count(values: Iterable[str]) -> dict[str, JsonValue]:
    """Number of each value, sorted by value."""
    return dict(sorted(Counter(values).items()))


def _tools() -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name in ("recode-toolkit", "libcst", "pyarrow", "rapidfuzz", "uv"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


# --- reading one, which may be of another version or edited by hand -------------------------------


def read_manifest(folder: Path) -> dict[str, JsonValue]:
    """The manifest of a finished build.

    Raises:
        MalformedInputError: there is none, or it is torn.
    """
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MalformedInputError(
            f"{folder} holds no finished build: its manifest.json is missing or torn; run "
            "`recode-data build … --out` to the end first"
        ) from error
    if not isinstance(found, dict):
        raise MalformedInputError(f"{folder / 'manifest.json'} is no manifest of a build")
    return found


def mapping(value: JsonValue) -> dict[str, JsonValue]:
    """An object; empty where the value is none."""
    return value if isinstance(value, dict) else {}


def items(value: JsonValue) -> list[JsonValue]:
    """A list; empty where the value is none."""
    return value if isinstance(value, list) else []


def entries(value: JsonValue) -> list[dict[str, JsonValue]]:
    """The objects of a list."""
    return [item for item in items(value) if isinstance(item, dict)]


def configs_of(manifest: Mapping[str, JsonValue]) -> dict[str, dict[str, dict[str, JsonValue]]]:
    """Configuration → split → what is said of it, in order."""
    found: dict[str, dict[str, dict[str, JsonValue]]] = {}
    for entry in entries(manifest.get("configs")):
        found.setdefault(str(entry.get("name")), {})[str(entry.get("split"))] = entry
    return found


def number(entry: Mapping[str, JsonValue], key: str) -> int:
    """A whole number; 0 where there is none."""
    value = entry.get(key)
    return value if isinstance(value, int) else 0

"""The dataset card (README.md of a built folder), rendered from the manifest alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

from recode_data.curate import SPLITS
from recode_data.publish.front_matter import front_matter, title
from recode_data.publish.manifest import configs_of, entries, items, mapping, number
from recode_data.records import JsonValue

CONTAMINATED_SHOWN = 50
"""Removed rows that the card lists; the manifest has all."""

_TEXTS = resources.files("recode_data.publish").joinpath("card_texts")


def render_card(manifest: Mapping[str, JsonValue]) -> str:
    """Markdown with the front matter that dataset viewers read; same manifest, same text."""
    lines = [
        *front_matter(manifest),
        "",
        f"# {title(manifest)}",
        "",
        *_summary(manifest),
        *_text("rows"),
        *_use(manifest),
        *_imported(manifest),
        *_counts(manifest),
        *_drops(manifest),
        *_described(manifest),
        *_contamination(manifest),
        *_licences(manifest),
        *_text("limits_of_imports" if is_import(manifest) else "limits"),
        *_reproduce(manifest),
        *_citation(manifest),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _text(name: str) -> list[str]:
    return [*_TEXTS.joinpath(f"{name}.md").read_text(encoding="utf-8").splitlines(), ""]


def _summary(manifest: Mapping[str, JsonValue]) -> list[str]:
    counts = mapping(manifest.get("counts"))
    steps = len(items(manifest.get("steps")))
    return [
        f"**{number(counts, 'verified'):,} pairs**, each proved by running it on both versions, over "
        f"{number(counts, 'changes_with_pairs'):,} API changes of {steps} version "
        f"step{'' if steps == 1 else 's'}. They are what is left of "
        f"{number(counts, 'candidates'):,} candidates; the other {number(counts, 'dropped'):,} are "
        "listed in the configuration `dropped`, each with its reason.",
        "",
    ]


def _use(manifest: Mapping[str, JsonValue]) -> list[str]:
    configs = configs_of(manifest)
    libraries = [name for name in configs if name not in {"all", "control", "changes", "dropped"}]
    example = f', "{libraries[0]}"' if libraries else ""
    rows = [
        [
            f"`{name}`",
            *(f"{number(splits.get(split, {}), 'rows'):,}" for split in SPLITS),
        ]
        for name, splits in configs.items()
    ]
    return [
        "## Use",
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        "pairs = load_dataset(REPO_ID)  # every library",
        f"pairs = load_dataset(REPO_ID{example})",
        "```",
        "",
        *_table(("configuration", "train", "validation", "test"), rows),
    ]


def _counts(manifest: Mapping[str, JsonValue]) -> list[str]:
    lines = ["## Counts", ""]
    for heading, key in (
        ("what the old code does on the new version", "effects"),
        ("kind of change", "kinds"),
        ("producer", "producers"),
    ):
        lines += _table((heading, "rows"), _pairs(manifest.get(key)))
    breakdown = [
        [str(entry.get(key, "")) for key in ("library", "kind", "effect", "producer", "rows")]
        for entry in entries(manifest.get("breakdown"))
    ]
    if breakdown:
        lines += ["<details><summary>By library, kind, effect and producer</summary>", ""]
        lines += _table(("library", "kind", "effect", "producer", "rows"), breakdown)
        lines += ["</details>", ""]
    return lines


def _pairs(counts: JsonValue) -> list[list[str]]:
    ordered = sorted(
        mapping(counts).items(), key=lambda item: (-number({"n": item[1]}, "n"), item[0])
    )
    return [[f"`{name}`", f"{rows:,}" if isinstance(rows, int) else str(rows)] for name, rows in ordered]  # fmt: skip


def _drops(manifest: Mapping[str, JsonValue]) -> list[str]:
    return [
        "## What was dropped, and why",
        "",
        *_table(("reason", "candidates"), _pairs(manifest.get("drop_reasons"))),
    ]


def _contamination(manifest: Mapping[str, JsonValue]) -> list[str]:
    found = mapping(mapping(manifest.get("curation")).get("decontamination"))
    references = entries(found.get("references"))
    lines = ["## Contamination", ""]
    if not references:
        return [
            *lines,
            "No benchmark file was given to this build: nothing is known about overlap with "
            "benchmarks. `recode-data build … --decontaminate FILE` checks and removes.",
            "",
        ]
    removed = entries(found.get("removed"))
    names = ", ".join(str(entry.get("name")) for entry in references)
    lines += [
        f"Compared with {names}: word n-grams of texts, and shingles of syntax trees in which names, "
        "layout, comments and annotations make no difference. "
        f"{number(found, 'checked'):,} proved rows were compared, {len(removed):,} removed "
        "(`contaminated`), and every one is listed in the manifest.",
        "",
        *_table(
            ("benchmark file", "tasks", "SHA-256", "rows removed"),
            [
                [
                    str(entry.get("name")),
                    f"{number(entry, 'tasks'):,}",
                    f"`{str(entry.get('sha256'))[:16]}…`",
                    f"{number(entry, 'removed'):,}",
                ]
                for entry in references
            ],
        ),
    ]
    if removed:
        shown = [
            [f"`{entry.get(key, '')}`" for key in ("row", "reference", "task", "how")]
            for entry in removed[:CONTAMINATED_SHOWN]
        ]
        lines += _table(("removed row", "benchmark file", "task", "by"), shown)
    return lines


def _licences(manifest: Mapping[str, JsonValue]) -> list[str]:
    known = {str(entry.get("pin")): entry for entry in entries(manifest.get("releases"))}
    rows = [
        [
            str(entry.get("release")),
            str(known.get(str(entry.get("release")), {}).get("released") or "unknown"),
            str(entry.get("licence") or "the release does not say"),
            f"{number(entry, 'rows'):,}",
        ]
        for entry in entries(manifest.get("attribution"))
    ]
    chosen = mapping(mapping(manifest.get("curation")).get("licences")).get("only")
    if is_import(manifest):
        return [
            "## Licences and attribution",
            "",
            "Codes and notes are those of the imported file and stay under its licence. What the "
            "toolkit adds (checks, evidence) is MIT.",
            "",
        ]
    return [
        "## Licences and attribution",
        "",
        "Snippets are adapted from the documentation, examples and tests of the releases below and "
        "stay under their licences; each row names its release, file, line and licence. What the "
        "toolkit adds (notes, checks, evidence) is MIT.",
        "",
        *([f"Only releases under {chosen} licences were used.", ""] if chosen else []),
        *_table(("taken from", "released", "licence", "rows"), rows),
    ]


def _imported(manifest: Mapping[str, JsonValue]) -> list[str]:
    """What became of the rows of somebody else's file; nothing for a build."""
    about = mapping(mapping(manifest.get("curation")).get("import"))
    if not about:
        return []
    rows = []
    for library, outcomes in mapping(about.get("by_library")).items():
        counts = mapping(outcomes)
        kept = [number(counts, "proved"), number(counts, "repaired")]
        everything = sum(number(counts, name) for name in counts)
        figures = [f"{n:,}" for n in (everything, *kept, everything - sum(kept))]
        reasons = sorted(
            (-number(counts, name), name) for name in counts if name not in ("proved", "repaired")
        )
        why = ", ".join(f"{-count:,} `{name}`" for count, name in reasons)
        rows.append([library, *figures, why])
    return [
        "## Imported rows",
        "",
        f"From `{about.get('file')}` (SHA-256 `{str(about.get('sha256'))[:16]}…`), "
        f"{number(about, 'rows'):,} rows. *Proved* rows hold as they stand, *repaired* ones with imports "
        "that they took for granted; the others are dropped, each with its reason.",
        "",
        *_table(("library", "rows", "proved", "repaired", "dropped", "dropped for"), rows),
        "Assumptions:",
        "",
        *(f"{n}. {text}" for n, text in enumerate(items(about.get("assumptions")), 1)),
        "",
    ]


def is_import(manifest: Mapping[str, JsonValue]) -> bool:
    """Whether the rows are somebody else's."""
    return bool(mapping(mapping(manifest.get("curation")).get("import")))


def _citation(manifest: Mapping[str, JsonValue]) -> list[str]:
    rows = (
        "The rows are those of the imported file: cite its authors."
        if is_import(manifest)
        else "No row of either is in here."
    )
    return [
        "## Citation",
        "",
        "The task and its first dataset are due to ReCode; CodeUpdateArena is the benchmark of the "
        f"field. {rows}",
        "",
        *_text("citation"),
    ]


def _command(manifest: Mapping[str, JsonValue]) -> str:
    curation = mapping(manifest.get("curation"))
    imported = mapping(curation.get("import"))
    if imported:
        skipped = "".join(f" --skip {name}" for name in items(imported.get("skipped")))
        return f"recode-data import {imported.get('file')}{skipped} --out DIR"
    words = [*items(manifest.get("steps")), *items(curation.get("command_options"))]
    described = mapping(curation.get("descriptions"))
    if described:
        words.append(f"--describe-with {described.get('by')}")
    return f"recode-data build {' '.join(map(str, words))} --out DIR"


def _described(manifest: Mapping[str, JsonValue]) -> list[str]:
    """Who worded the descriptions, where a model did."""
    said = mapping(mapping(manifest.get("curation")).get("descriptions"))
    if not said:
        return []
    return [
        "## Descriptions",
        "",
        f"The `description` of {said.get('taken')} of {said.get('rows')} rows is worded by "
        f"`{said.get('by')}` out of the composed one; `evidence` marks these rows. The others, and "
        "`update_info` of all rows, are composed from facts.",
        "",
    ]


def _reproduce(manifest: Mapping[str, JsonValue]) -> list[str]:
    tools = ", ".join(
        f"{name} {version}"
        for name, version in sorted(mapping(manifest.get("tools")).items())
        if version
    )
    return [
        "## Reproduce",
        "",
        "```sh",
        _command(manifest),
        "recode-data verify DIR",
        "```",
        "",
        f"The same inputs give the same bytes; built with {tools}. `manifest.json` has the hash of "
        "every release and the pins of every environment; each row has those it was proved with.",
        "",
    ]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    if not lines:
        return []
    return [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}", *lines, ""]

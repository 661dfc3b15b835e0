"""The dataset card (README.md of a built folder), rendered from the manifest alone."""

from __future__ import annotations

from collections.abc import Mapping

from recode_data.records import JsonValue


def render_card(manifest: Mapping[str, JsonValue]) -> str:
    """Markdown with the front matter that dataset viewers read; same manifest, same text."""
    counts = _section(manifest, "counts")
    lines = [
        "---",
        "language: [code, en]",
        "task_categories: [text-generation]",
        "tags: [code, api-migration, library-updates, execution-verified]",
        *_configs(manifest),
    ]
    steps = manifest.get("steps")
    names = [str(step) for step in steps] if isinstance(steps, list) else []
    lines += [
        "---",
        "",
        f"# Migration pairs: {', '.join(names)}",
        "",
        "Each row is a migration pair: old code, new code, and a note on what changed. Each was "
        "admitted by execution: the old code succeeds on the old version and breaks, warns or "
        "gives other results on the new one; the new code gives the old results on the new "
        "version, without the warning. Every run was repeated under another hash seed.",
        "",
        f"{counts.get('verified', 0)} pairs from {counts.get('candidates', 0)} candidates over "
        f"{counts.get('changes_with_pairs', 0)} API changes.",
        "",
    ]
    for title, key in (
        ("Effect of the old code under the new version", "effects"),
        ("Kind of change", "kinds"),
        ("Producer", "producers"),
        ("Dropped candidates by reason", "drop_reasons"),
        ("Splits", "splits"),
    ):
        lines += _table(title, _section(manifest, key))
    lines += _sources(manifest)
    lines += [
        "## Reproduce",
        "",
        "```",
        f"recode-data build {' '.join(names)} --out DIR",
        "recode-data verify DIR",
        "```",
        "",
    ]
    return "\n".join(lines)


def _configs(manifest: Mapping[str, JsonValue]) -> list[str]:
    """`all`, one configuration per library where there are several, `changes` and `dropped`."""
    lines = ["configs:", "- config_name: all", "  default: true", "  data_files:"]
    splits = {name: rows for name, rows in _section(manifest, "splits").items() if rows}
    lines += _files({split: f"data/{split}-*.parquet" for split in splits})
    libraries = _section(manifest, "libraries")
    if len(libraries) > 1:
        for library, rows in libraries.items():
            lines += [f"- config_name: {library}", "  data_files:"]
            own = [split for split in splits if isinstance(rows, dict) and rows.get(split)]
            lines += _files({split: f"data/{split}-{library.lower()}-0*.parquet" for split in own})
    for name in ("changes", "dropped"):
        lines += [f"- config_name: {name}", "  data_files:"]
        lines += _files({"train": f"{name}.parquet"})
    return lines


def _files(patterns: Mapping[str, str]) -> list[str]:
    return [
        line
        for split, pattern in patterns.items()
        for line in (f"  - split: {split}", f"    path: {pattern}")
    ]


def _section(manifest: Mapping[str, JsonValue], key: str) -> dict[str, JsonValue]:
    value = manifest.get(key)
    return value if isinstance(value, dict) else {}


def _table(title: str, counts: Mapping[str, JsonValue]) -> list[str]:
    if not counts:
        return []
    rows = [f"| {name} | {count} |" for name, count in counts.items()]
    return [f"## {title}", "", "| | rows |", "|---|---|", *rows, ""]


def _sources(manifest: Mapping[str, JsonValue]) -> list[str]:
    releases = manifest.get("releases")
    if not isinstance(releases, list):
        return []
    lines = ["## Sources", "", "| release | date | licence |", "|---|---|---|"]
    for release in releases:
        if isinstance(release, dict):
            lines.append(
                f"| {release.get('pin')} | {release.get('released') or 'unknown'} "
                f"| {release.get('licence') or 'see the release'} |"
            )
    return [*lines, "", "Snippets are adapted from the named releases, under their licences.", ""]

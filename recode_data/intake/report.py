"""What became of every row of an imported file, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from recode_data.intake.rows import ForeignRow, mended
from recode_data.records import Dropped, JsonValue, MigrationPair

ASSUMPTIONS = (
    "The new version is the one that the row names: the first release that begins with it where the "
    "index lacks it, the last release of a series (`1.1.x`).",
    "The old version is the last final release before it; another one of its minor series where that "
    "one has no wheel for this machine.",
    "Each version has the dependencies of its release date.",
    "A row says nothing about which API changed: the library's names on the edited lines are tried, "
    "then the library as a whole.",
    "Beside it are installed the well-known packages that the rows of a step import, and what the "
    "library imports without declaring it; a package that had no wheel in its day is taken from later.",
    "Mended are the spelling of library and version, and imports that the code takes for granted.",
)


def import_table(
    rows: Sequence[ForeignRow],
    pairs: Sequence[MigrationPair],
    dropped: Sequence[Dropped],
    skipped: Sequence[str],
) -> dict[str, JsonValue]:
    """The `import` entry of a manifest; `repaired` rows were proved after mending their codes."""
    by_number = {row.number: row for row in rows}
    counts: dict[str, Counter[str]] = {row.library: Counter() for row in rows}
    for pair in pairs:
        row = by_number[pair.source_line - 1]
        counts[row.library]["repaired" if mended(row).repairs else "proved"] += 1
    for drop in dropped:
        row = by_number[drop.candidate.usage.source_line - 1]
        counts[row.library][drop.reason.value] += 1
    total = Counter[str]()
    for found in counts.values():
        total.update(found)
    return {
        "rows": len(rows),
        "outcomes": _plain(total),
        "by_library": {library: _plain(counts[library]) for library in sorted(counts)},
        "assumptions": list(ASSUMPTIONS),
        "skipped": [*skipped],
    }


def _plain(counter: Mapping[str, int]) -> dict[str, JsonValue]:
    return dict(sorted(counter.items()))

"""The public list of API changes, and how much of it a list of mined changes holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recode_data.changes.comparison import public_view
from recode_data.records import ApiChange, ChangeKind, Surface, VersionStep

WHOLE = frozenset({ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED})


@dataclass(frozen=True, slots=True)
class KnownChange:
    """One row of the list that was checked by import."""

    step: VersionStep
    kind: str
    old_api: str
    parameter: str | None
    new_api: str | None
    new_parameter: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was mined for one row."""

    row: KnownChange
    changes: tuple[ApiChange, ...]
    """Empty: missed."""
    rank: int | None
    """1-based place of the listed replacement; None: not proposed, or none is listed."""


def read_known_changes(path: Path) -> list[KnownChange]:
    """The verified rows, in the file's order."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        KnownChange(
            VersionStep(row["library"], row["old_version"], row["new_version"]),
            row["kind"],
            row["old_api"],
            row["parameter"],
            row["new_api"],
            row.get("new_parameter"),
        )
        for row in rows
        if row["verified"]
    ]


def by_step(rows: Iterable[KnownChange]) -> dict[VersionStep, list[KnownChange]]:
    """Rows of each version step, in order."""
    found: dict[VersionStep, list[KnownChange]] = {}
    for row in rows:
        found.setdefault(row.step, []).append(row)
    return found


def look_up(rows: Sequence[KnownChange], changes: Sequence[ApiChange], new: Surface) -> list[Found]:
    """Each row with the changes that find it.

    A change finds a row when its path is the row's and, for parameter rows, its parameter too, or
    when it reports the whole callable removed, renamed or moved.
    """
    by_path: dict[str, list[ApiChange]] = {}
    for change in changes:
        by_path.setdefault(change.old_api, []).append(change)
    names = {path: item.canonical for path, item in public_view(new).items()}
    found = []
    for row in rows:
        known = by_path.get(row.old_api, [])
        if row.parameter is None:
            hits = [change for change in known if change.parameter is None]
        else:
            hits = [
                change
                for change in known
                if change.parameter == row.parameter
                or (change.parameter is None and change.kind in WHOLE)
            ]
        found.append(Found(row, tuple(hits), _rank(row, hits, names)))
    return found


def _rank(row: KnownChange, hits: Sequence[ApiChange], names: Mapping[str, str]) -> int | None:
    """Place of the listed replacement among those proposed, aliases of one object taken as one."""
    if row.new_api is None:
        return None
    wanted = names.get(row.new_api, row.new_api)
    ranks = [
        place
        for change in hits
        for place, item in enumerate(change.replacements, 1)
        if (row.new_api == item.new_api or names.get(item.new_api, item.new_api) == wanted)
        and (row.new_parameter is None or item.new_parameter == row.new_parameter)
    ]
    return min(ranks, default=None)


@dataclass(frozen=True, slots=True)
class Score:
    """Rows found, and replacements right at first and among the first three."""

    rows: int
    found: int
    replaced: int
    top1: int
    top3: int
    kinds: Mapping[str, tuple[int, int]]
    """Kind → (found, rows)."""


def score(found: Sequence[Found]) -> Score:
    """Counts over one library's rows."""
    rows: Counter[str] = Counter(item.row.kind for item in found)
    hits: Counter[str] = Counter(item.row.kind for item in found if item.changes)
    listed = [item for item in found if item.row.new_api]
    return Score(
        len(found),
        sum(hits.values()),
        len(listed),
        sum(item.rank == 1 for item in listed),
        sum(item.rank is not None and item.rank <= 3 for item in listed),
        {kind: (hits[kind], count) for kind, count in sorted(rows.items())},
    )

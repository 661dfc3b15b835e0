from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.change_measures.truth import (
    Found,
    KnownChange,
    look_up,
    read_known_changes,
    score,
)
from recode_data.records import ApiChange, ChangeKind, Replacement, VersionStep
from tests.making import make_change
from tests.surfaces import surface_of

STEP = VersionStep("toy", "1.0", "2.0")
NEW = surface_of(
    {"toy/__init__.py": "from toy.a import read", "toy/a.py": "def read(x): ..."}, "2.0"
)


def row(old_api: str = "toy.load", parameter: str | None = None, **fields: str) -> KnownChange:
    return KnownChange(
        STEP, "removed", old_api, parameter, fields.get("new_api"), fields.get("new_parameter")
    )


def looked_up(known: KnownChange, *changes: ApiChange) -> Found:
    return look_up([known], changes, NEW)[0]


@pytest.mark.parametrize(
    ("known", "change", "hit"),
    [
        (row(), make_change("toy.load"), True),
        (row(), make_change("toy.load", kind=ChangeKind.DEPRECATED), True),
        (row(), make_change("toy.loads"), False),
        (row(), make_change("toy.load", parameter="a"), False),
        (row(parameter="a"), make_change("toy.load", parameter="a"), True),
        (row(parameter="a"), make_change("toy.load", parameter="b"), False),
        (row(parameter="a"), make_change("toy.load"), True),
        (row(parameter="a"), make_change("toy.load", kind=ChangeKind.DEPRECATED), False),
    ],
)
def test_which_change_finds_a_row(known: KnownChange, change: ApiChange, hit: bool) -> None:
    assert bool(looked_up(known, change).changes) is hit


def offers(*paths: str, parameter: str | None = None) -> ApiChange:
    items = tuple(Replacement(path, (), 0.5, parameter) for path in paths)
    return make_change("toy.load", replacements=items)


@pytest.mark.parametrize(
    ("known", "change", "rank"),
    [
        (row(new_api="toy.read"), offers("toy.read"), 1),
        (row(new_api="toy.read"), offers("toy.x", "toy.a.read"), 2),
        (row(new_api="toy.read"), offers("toy.x"), None),
        (row(), offers("toy.read"), None),
        (row(new_api="toy.read", new_parameter="b"), offers("toy.read"), None),
        (row(new_api="toy.read", new_parameter="b"), offers("toy.read", parameter="b"), 1),
    ],
)
def test_place_of_the_listed_replacement(
    known: KnownChange, change: ApiChange, rank: int | None
) -> None:
    assert looked_up(known, change).rank == rank


def test_score_counts_what_was_missed_too() -> None:
    found = [
        looked_up(row(new_api="toy.read"), offers("toy.read")),
        looked_up(row(new_api="toy.read"), offers("a.b", "c.d", "toy.read")),
        looked_up(row(new_api="toy.read")),
    ]
    one = score(found)
    assert (one.rows, one.found, one.replaced, one.top1, one.top3) == (3, 2, 3, 1, 2)
    assert one.kinds == {"removed": (2, 3)}


def test_rows_that_were_not_verified_are_left_out(tmp_path: Path) -> None:
    known = {
        "library": "toy",
        "old_version": "1.0",
        "new_version": "2.0",
        "kind": "removed",
        "old_api": "toy.load",
        "parameter": None,
        "new_api": None,
    }
    path = tmp_path / "known.jsonl"
    rows = [{**known, "verified": True}, {**known, "old_api": "toy.x", "verified": False}]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    assert [item.old_api for item in read_known_changes(path)] == ["toy.load"]

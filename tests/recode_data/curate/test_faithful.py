"""Proved rows whose note and edit do not belong together are no rows."""

from __future__ import annotations

import pytest

from recode_data.curate.faithful import unexplained
from recode_data.curate.noting import noted
from recode_data.records import (
    ChangeKind,
    Dropped,
    DropReason,
    Producer,
    Verified,
)
from tests.making import make_candidate, make_change, make_verified

OLD = "import toy\nx = toy.load(1)\n"


@pytest.mark.parametrize(
    ("kind", "new", "producer", "expected"),
    [
        (ChangeKind.BEHAVIOUR, "x = toy.load(1)\ny = list(x)", Producer.EVOLVED, False),
        (ChangeKind.BEHAVIOUR, "x = toy.load(toy.int8(1))", Producer.EVOLVED, True),
        (ChangeKind.REMOVED, "x = toy.load(1)\ny = list(x)", Producer.EVOLVED, True),
        (ChangeKind.BEHAVIOUR, "x = toy.load(1)", Producer.CONTROL, True),
        (ChangeKind.DEPRECATED, "x = toy.load(1)", Producer.FORWARD, True),
        (ChangeKind.DEPRECATED, "x = toy.load(1)", Producer.CONTROL, False),
        (ChangeKind.DEPRECATED, "x = toy.read(1)", Producer.CONTROL, True),
    ],
)
def test_a_reader_knows_what_to_write(
    kind: ChangeKind, new: str, producer: Producer, expected: bool
) -> None:
    change = make_change(kind=kind)
    new_code = f"import toy\n{new}\n"
    candidate = make_candidate(OLD, new_code, change=change, replacement=None, producer=producer)
    assert unexplained(candidate) == (None if expected else change.key)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("toy.load(1)", "toy.load(1, mode=2)", True),
        ("toy.load(1)", "toy.get(1)", False),
        ("toy.load(1, mode=2)", "toy.load(1, how=2)", True),
    ],
    ids=["passed", "never named", "another argument"],
)
def test_a_changed_default_is_to_be_passed(old: str, new: str, expected: bool) -> None:
    change = make_change(kind=ChangeKind.DEFAULT_CHANGED, parameter="mode", old_value="2")
    codes = (f"import toy\nx = {code}\n" for code in (old, new))
    found = unexplained(make_candidate(*codes, change=change, replacement=None))
    assert found == (None if expected else change.key)


def test_a_row_gets_its_notes_or_is_dropped() -> None:
    made = make_verified(make_candidate(), description="", update_info="")
    found = noted(made)
    assert isinstance(found, Verified)
    assert found.pair.description.startswith("The function `toy.load` was removed between toy ")
    assert found.pair.update_info.splitlines()[1] == "Write `toy.read` instead."
    unexplained = make_candidate(OLD, OLD + "y = 2\n", change=make_change(kind=ChangeKind.BEHAVIOUR), replacement=None)  # fmt: skip
    dropped = noted(make_verified(unexplained))
    assert isinstance(dropped, Dropped)
    assert dropped.reason is DropReason.UNEXPLAINED
    assert noted(dropped) is dropped

"""Proved rows whose note and edit do not belong together are no rows."""

from __future__ import annotations

from typing import Any

import pytest

from recode_data.curate.faithful import objection
from recode_data.curate.noting import noted
from recode_data.records import (
    ChangeKind,
    Dropped,
    DropReason,
    Evidence,
    EvidenceKind,
    FurtherChange,
    Producer,
    Replacement,
    Verified,
)
from tests.making import make_candidate, make_change, make_verified

OLD = "import toy\nx = toy.load(1)\n"
NAMED = (Evidence(EvidenceKind.WARNING_MESSAGE, "use it"),)
LIKE = (Evidence(EvidenceKind.SIMILARITY, "alike"),)


def reason(**fields: Any) -> DropReason | None:
    found = objection(make_candidate(OLD, **fields))
    return found[0] if found is not None else None


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
    found = reason(new_code=new_code, change=change, replacement=None, producer=producer)
    assert found == (None if expected else DropReason.UNEXPLAINED)


@pytest.mark.parametrize(
    ("new", "expected"), [("toy.load(1, mode=2)", None), ("toy.get(1)", DropReason.UNEXPLAINED)]
)
def test_a_changed_default_is_to_be_passed(new: str, expected: DropReason | None) -> None:
    change = make_change(kind=ChangeKind.DEFAULT_CHANGED, parameter="mode", old_value="2")
    assert reason(new_code=f"import toy\nx = {new}\n", change=change, replacement=None) == expected


READ, FETCH = Replacement("toy.read", NAMED, 0.9), Replacement("toy.fetch", LIKE, 0.6)


@pytest.mark.parametrize(
    ("known", "taken", "producer", "is_overruled"),
    [
        ((READ, FETCH), FETCH, Producer.BACKWARD, True),
        ((READ, FETCH), READ, Producer.BACKWARD, False),
        ((READ, FETCH), FETCH, Producer.EVOLVED, False),
        ((READ, FETCH), Replacement("toy.io.read", LIKE, 0.5), Producer.FORWARD, False),
        ((FETCH, Replacement("toy.get", LIKE, 0.7)), FETCH, Producer.FORWARD, False),
        ((READ, Replacement("toy.get", NAMED, 0.9)), Replacement("toy.get", NAMED, 0.9), Producer.FORWARD, False),
        ((READ, FETCH), None, Producer.FORWARD, False),
    ],
    ids=["another", "the named", "authors", "other path", "none named", "two named", "none taken"],
)  # fmt: skip
def test_the_library_s_own_word_counts(
    known: tuple[Replacement, ...],
    taken: Replacement | None,
    producer: Producer,
    is_overruled: bool,
) -> None:
    change = make_change(replacements=known)
    alone = {"change": change, "replacement": taken, "producer": producer}
    beside = {"further": (FurtherChange(change, taken),), "producer": producer}
    expected = DropReason.OVERRULED if is_overruled else None
    assert reason(**alone) == reason(**beside) == expected


def test_of_a_parameter_the_name_of_the_new_one_counts() -> None:
    named, other = (
        Replacement("toy.load", evidence, 0.9, new_parameter=name)
        for evidence, name in ((NAMED, "proxy"), (LIKE, "mounts"))
    )
    change = make_change(
        kind=ChangeKind.PARAMETER_RENAMED, parameter="proxies", replacements=(named, other)
    )
    assert reason(change=change, replacement=named) is None
    assert reason(change=change, replacement=other) == DropReason.OVERRULED


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

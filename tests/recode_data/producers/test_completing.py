"""Of a module that went, an example uses several names."""

from __future__ import annotations

import pytest

from recode_data.producers.completing import (
    MOST_FURTHER,
    changed_parameters,
    completed,
    gone_paths,
)
from recode_data.producers.forward import forward
from recode_data.producers.proposals import StepUsages
from recode_data.records import ApiChange, ChangeKind, ObjectKind, Replacement
from tests.making import make_change, make_usage


def moved(name: str, to: str | None = None, **fields: object) -> ApiChange:
    replacements = (Replacement(to or f"toy.{name}", (), 0.9),)
    return make_change(f"toy.v1.{name}", replacements=replacements, **fields)


CHANGE = moved("load")
GONE = gone_paths([CHANGE, *map(moved, "abcdef"), moved("old", "toy.v1.a"), make_change("toy.v1.lost")])  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected", "further"),
    [
        ("toy.v1.load(toy.v1.a)", "toy.load(toy.v1.a)", "toy.load(toy.a)", ["a"]),
        ("toy.v1.load(toy.b, toy.v1.a)", "toy.load(toy.b, toy.v1.a)", "toy.load(toy.b, toy.a)", ["a"]),
        ("toy.v1.load(toy.v1.b, toy.v1.a)", "toy.load(toy.v1.b, toy.v1.a)", "toy.load(toy.b, toy.a)", ["b", "a"]),
        ("toy.v1.load(1)", "toy.load(1)", "toy.load(1)", []),
        ("toy.v1.load(toy.v1.lost)", "toy.load(toy.v1.lost)", "toy.load(toy.v1.lost)", []),
        ("toy.v1.load(toy.v1.a.part)", "toy.load(toy.v1.a.part)", "toy.load(toy.a.part)", ["a"]),
    ],
    ids=["one more", "beside another", "two more", "none", "nothing known", "under it"],
)  # fmt: skip
def test_all_that_is_gone_is_rewritten(
    old: str, new: str, expected: str, further: list[str]
) -> None:
    found = completed(*(f"import toy.v1\nx = {code}\n" for code in (old, new)), CHANGE, GONE)
    assert found is not None
    assert found[0].splitlines()[-1] == f"x = {expected}"
    assert [item.change.old_api for item in found[1]] == [f"toy.v1.{name}" for name in further]


def test_a_successor_that_is_gone_too_is_none() -> None:
    codes = ("import toy\nx = toy.v1.old(1)\n", "import toy\nx = toy.v1.a(1)\n")
    assert completed(*codes, moved("old"), GONE) is None


def test_a_program_of_many_changes_is_left_as_it_is() -> None:
    names = [f"toy.v1.{name}" for name in "abcdef"]
    found = completed(*2 * (f"import toy\nx = {names}\n".replace("'", ""),), CHANGE, GONE)
    assert found is not None
    assert len(found[1]) == MOST_FURTHER


@pytest.mark.parametrize(
    "change",
    [
        moved("a", kind=ChangeKind.DEPRECATED),
        moved("a", parameter="n", kind=ChangeKind.PARAMETER_REMOVED),
        moved("A.load", object_kind=ObjectKind.METHOD),
        make_change("toy.v1.a"),
    ],
    ids=["still there", "a parameter", "a member", "no successor"],
)
def test_what_is_not_gone_from_a_path(change: ApiChange) -> None:
    assert gone_paths([change]) == {}


def test_forward_candidates_are_complete() -> None:
    usage = make_usage(
        "from toy.v1 import load, a\n\nx = load(a)\n", apis=("toy.v1.load", "toy.v1.a")
    )
    usages = StepUsages([usage], [])
    usages.gone = GONE
    (candidate,) = forward(CHANGE, usages)
    assert "v1" not in candidate.new_code
    assert [item.change.old_api for item in candidate.further] == ["toy.v1.a"]


def test_one_call_may_pass_several_parameters_that_are_gone() -> None:
    def renamed(old: str, new: str) -> ApiChange:
        replacements = (Replacement("toy.load", (), 0.9, new_parameter=new),)
        return make_change(
            kind=ChangeKind.PARAMETER_RENAMED, parameter=old, replacements=replacements
        )

    removed = make_change(kind=ChangeKind.PARAMETER_REMOVED, parameter="gone")
    size, turns = renamed("size", "length"), renamed("iter", "turns")
    usage = make_usage("import toy\nx = toy.load(1, size=2, iter=3, gone=4)\n")
    usages = StepUsages([usage], [])
    usages.parameters = changed_parameters([size, turns, removed, CHANGE])
    (candidate,) = forward(size, usages)
    assert candidate.new_code == "import toy\nx = toy.load(1, length=2, turns=3)\n"
    assert [item.change for item in candidate.further] == [turns, removed]
    assert next(item.further for item in forward(turns, usages))[0].change == size

"""Samples folded into the numbers of a report."""

from __future__ import annotations

import dataclasses

import pytest

from recode_bench.report.runs import Run, Sample
from recode_bench.report.scores import failure_reasons, groups, score, verdict_on


def run_of(**outcomes: str) -> Run:
    """`p` passed, `f` failed, `u` unscored: one letter per sample."""
    names = {"p": "passed", "f": "failed", "u": "unscored"}
    samples = tuple(
        Sample(problem, number, names[letter], {"f": "error"}.get(letter, ""), "")
        for problem, letters in outcomes.items()
        for number, letter in enumerate(letters)
    )
    return Run("m", "t", "m", {}, samples)


@pytest.mark.parametrize(
    ("outcomes", "expect"),
    [
        ({"a": "p", "b": "f"}, 0.5),
        ({"a": "pppf", "b": "f"}, 0.375),  # a mean over problems, not over samples
        ({"a": "pu", "b": "u"}, 1.0),  # unscored is not failed
        ({"a": "u"}, None),
        ({}, None),
    ],
)
def test_pass_at_1(outcomes: dict[str, str], expect: float | None) -> None:
    found = score(run_of(**outcomes)).pass_at_1
    assert (found.value if found else None) == expect


def test_controls_do_not_count_as_passed() -> None:
    found = score(run_of(a="f", b="f", c="pf"), controls={"c"})
    assert found.pass_at_1 is not None
    assert found.pass_at_1.value == 0
    assert found.pass_at_1.count == 2
    assert found.over_migration is not None
    assert found.over_migration.value == 0.5


def test_counts() -> None:
    found = score(run_of(a="pu", b="f", c="u"))
    assert (found.problems, found.samples, found.unscored) == (3, 4, 2)


def test_an_unknown_verdict_is_unscored() -> None:
    run = run_of(a="p")
    strange = dataclasses.replace(run, samples=(Sample("a", 0, "maybe", "", ""),))
    assert score(strange).unscored == 1


def test_groups_are_ordered_by_size() -> None:
    runs = [run_of(a="p", b="f", c="p"), run_of(a="p", b="p", x="f")]
    found = groups(runs, {"a": "one", "b": "two", "c": "two"})
    assert [(name, size, [e.value if e else None for e in values]) for name, size, values in found] == [
        ("two", 2, [0.5, 1.0]),
        ("one", 1, [1.0, 1.0]),
    ]  # fmt: skip


def test_reasons_of_what_did_not_pass() -> None:
    assert failure_reasons([run_of(a="pff"), run_of(a="uf")]) == [
        ("failed", "error", [2, 1]),
        ("unscored", "", [0, 1]),
    ]


@pytest.mark.parametrize(
    ("letters", "expect"),
    [("pp", "passed"), ("ff", "failed"), ("pf", "mixed"), ("pu", "passed"), ("u", "unscored")],
)
def test_verdict_on_a_problem(letters: str, expect: str) -> None:
    assert verdict_on(run_of(a=letters).samples) == expect

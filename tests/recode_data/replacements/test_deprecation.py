from __future__ import annotations

import pytest

from recode_data.records import ChangeKind
from recode_data.replacements.deprecation import propose
from tests.clues import clues_of, proposed

MARKED = "@deprecated('f goes, use `g_new`')\ndef f(a): ...\ndef g_new(a): ..."
PLAIN = "def f(a): ...\ndef g_new(a): ..."


@pytest.mark.parametrize(
    ("old", "new"),
    [(PLAIN, MARKED), (MARKED, "def g_new(a): ...")],
    ids=["marked-now", "was-marked"],
)
def test_marks_of_either_version(old: str, new: str) -> None:
    assert set(proposed(propose, "toy.f", clues_of(old, new))) == {("toy.g_new", None)}


@pytest.mark.parametrize(
    "mark",
    ["@deprecated('f goes')", "@deprecated('use `absent_name`')", "@deprecated('use `f`')"],
)
def test_marks_that_name_nothing_else(mark: str) -> None:
    clues = clues_of(PLAIN, f"{mark}\n{PLAIN}")
    assert proposed(propose, "toy.f", clues) == []


def test_members_mean_members_first() -> None:
    old = "class C:\n    def m(self): ...\n    def n_new(self): ...\ndef n_new(): ..."
    new = old.replace("    def m(self)", "    @deprecated('use `n_new`')\n    def m(self)")
    assert set(proposed(propose, "toy.C.m", clues_of(old, new))) == {("toy.C.n_new", None)}


def test_parameter_marks_name_parameters_of_the_same_callable() -> None:
    new = "@rename_parameter('2.0', 'a', 'b')\ndef f(b): ..."
    clues = clues_of("def f(a): ...", new)
    assert proposed(propose, "toy.f", clues) == [("toy.f", "b")]


def test_parameter_mark_of_another_parameter_is_no_evidence() -> None:
    new = "@delete_parameter('2.0', 'b')\ndef f(a=2, b=None): ..."
    clues = clues_of("def f(a=1, b=None): ...", new)
    assert proposed(propose, "toy.f", clues, ChangeKind.DEFAULT_CHANGED) == []

from __future__ import annotations

import pytest

from recode_data.replacements.similarity import propose
from tests.clues import clues_of, found, proposed


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def groupby(a): ...", "def group_by(a): ...", "toy.group_by", id="spelling"),
        pytest.param("def spread(values):\n    'Standard deviation.'", "def spread_of(values):\n    'Standard deviation.'", "toy.spread_of", id="alike"),
        pytest.param("def f(a): ...", {"toy/__init__.py": "", "toy/a.py": "def f(a): ..."}, "toy.a.f", id="same-name-elsewhere"),
        pytest.param("class C:\n    def mean_value(self, a): ...", "class C:\n    def mean_values(self, a): ...", "toy.C.mean_values", id="member"),
    ],
)  # fmt: skip
def test_looks_alike(old: str, new: str, expect: str) -> None:
    path = "toy.C.mean_value" if "class" in old else f"toy.{old[4:].partition('(')[0]}"
    assert [item.new_api for item in found(propose, path, clues_of(old, new))] == [expect]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("def f(a): ...", "def g(a): ...", id="another-name"),
        pytest.param("def loader(a): ...", "load = 1", id="function-and-constant"),
        pytest.param("def f(a): ...", "class C:\n    def f(self, a): ...", id="member-of-a-class"),
        pytest.param("def f(a): ...", "def _f(a): ...", id="private"),
        pytest.param("def under1p18(a): ...", "def under1p21(a): ...", id="another-number"),
        pytest.param("def load(a): ...\ndef loads(a): ...", "def loads(a): ...", id="was-there"),
    ],
)
def test_does_not(old: str, new: str) -> None:
    path = f"toy.{old[4:].partition('(')[0]}"
    assert proposed(propose, path, clues_of(old, new)) == []


def test_nearer_name_ranks_higher() -> None:
    clues = clues_of(
        "def mean_value(a): ...", "def mean_values(a): ...\ndef mean_of_values(a): ..."
    )
    assert found(propose, "toy.mean_value", clues)[0].new_api == "toy.mean_values"


def test_what_only_warns_needs_no_look_alike() -> None:
    old = "def f(a): ...\ndef f_a(a): ..."
    clues = clues_of(old, "@deprecated('soon')\n" + old)
    assert proposed(propose, "toy.f", clues) == []


BODY = (
    "\n    total = sum(values)\n    count = len(values)\n    return total / count, total, count\n"
)


def test_same_statements_are_the_same_function() -> None:
    clues = clues_of(f"def spread(values):{BODY}", f"def deviation(values):{BODY}def other(v): ...")
    assert [item.new_api for item in found(propose, "toy.spread", clues)] == ["toy.deviation"]


def test_short_statements_are_the_same_by_chance() -> None:
    clues = clues_of("def spread(a):\n    return a._x", "def deviation(a):\n    return a._x")
    assert proposed(propose, "toy.spread", clues) == []


WORDS = "'Apply a custom or user-defined function over the elements.'"


def test_new_name_in_the_same_words() -> None:
    old = f"class S:\n    def apply(self, function):\n        {WORDS}"
    new = (
        f"class S:\n    def map_elements(self, function):\n        {WORDS.replace('Apply', 'Map')}"
    )
    assert proposed(propose, "toy.S.apply", clues_of(old, new)) == [("toy.S.map_elements", None)]
    both = f"{old}\n    def map_elements(self, function):\n        {WORDS}"
    assert proposed(propose, "toy.S.apply", clues_of(both, new)) == []


def test_value_of_the_same_name_says_less_than_a_function() -> None:
    new = {"toy/__init__.py": "", "toy/a.py": "logger = 1\ndef f(a): ..."}
    clues = clues_of("logger = 1\ndef f(a): ...", new)
    (value,) = found(propose, "toy.logger", clues)
    (function,) = found(propose, "toy.f", clues)
    assert value.score < 0.45 < function.score

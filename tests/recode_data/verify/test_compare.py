"""Canonical values and their comparison: equal where two versions agree, different where not."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import enum
import json
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.sandbox import JobStatus
from recode_data.verify.compare import (
    differences,
    is_informative,
    is_telling,
    results_only,
    same_value,
    words,
)
from recode_data.verify.observed import Observed
from tests.canonical import canonical


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int
    y: float
    _hidden: object = None


class Liar:
    def __eq__(self, other):
        return True

    __hash__ = None


class Unreadable:
    @property
    def __class__(self):
        raise RuntimeError("no")


EQUAL = {
    "int": (3, 3),
    "numpy and python float": (np.float64(0.1), 0.1),
    "rounding": (0.1 + 0.2, 0.3),
    "nan": (math.nan, np.float32("nan")),
    "arrays of other width": (np.arange(3, dtype="i4"), np.arange(3, dtype="i8")),
    "string array": (np.array(["a", "b"]), np.array(["a", "b"], dtype="U9")),
    "structured": (np.zeros(2, dtype=[("a", "i4")]), np.zeros(2, dtype=[("a", "i8")])),
    "complex": (np.array([1 + 1j]), np.array([1 + 1.0000000001j])),
    "sets in other order": ({"a", "b"}, {"b", "a"}),
    "dicts in other order": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "private attributes": (Point(1, 2.0, "x"), Point(1, 2.0, "y")),
    "addresses in text": ("<A at 0x7f00aabbccdd>", "<A at 0x7fffffffffff>"),
    "frames": (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]})),
    "functions are opaque": (len, max),
    "masked": (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[0, 1])),
}

DIFFERENT = {
    "int and float": (3, 3.0),
    "bool and int": (True, 1),
    "float": (0.1, 0.1001),
    "inf and nan": (math.inf, math.nan),
    "shape": (np.zeros((2, 1)), np.zeros((1, 2))),
    "dtype kind": (np.array([1, 2]), np.array([1.0, 2.0])),
    "mask": (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[0, 0])),
    "list and tuple": ([1], (1,)),
    "order": ([1, 2], [2, 1]),
    "string case": ("a", "A"),
    "bytes": (b"a", b"b"),
    "none": (None, 0),
    "enum and value": (Colour.RED, 1),
    "attribute": (Point(1, 2.0), Point(1, 3.0)),
    "column": (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
    "index": (pd.Series([1], index=["x"]), pd.Series([1], index=["y"])),
    "dates": (datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)),
    "fraction": (Fraction(1, 3), Fraction(1, 4)),
    "counter": (collections.Counter("aab"), collections.Counter("ab")),
    "one element in a large array": (np.zeros(500), np.r_[np.zeros(499), 1]),
    "named fields": (np.zeros(1, dtype=[("a", "i4")]), np.zeros(1, dtype=[("b", "i4")])),
    "liar": ([Liar(), 1], [Liar(), 2]),
}


@pytest.mark.parametrize("case", EQUAL, ids=str)
def test_values_that_agree(case: str) -> None:
    left, right = EQUAL[case]
    assert same_value(canonical(left), canonical(right))


@pytest.mark.parametrize("case", DIFFERENT, ids=str)
def test_values_that_differ(case: str) -> None:
    left, right = DIFFERENT[case]
    assert not same_value(canonical(left), canonical(right))
    assert not same_value(canonical(right), canonical(left))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(plain)
def test_every_value_equals_itself_after_json(value: object) -> None:
    form = json.loads(json.dumps(canonical(value)))
    assert same_value(form, canonical(value))


@given(plain, plain)
def test_comparison_is_symmetric(left: object, right: object) -> None:
    assert same_value(canonical(left), canonical(right)) == same_value(
        canonical(right), canonical(left)
    )


def test_cyclic_and_hostile_values_end() -> None:
    cycle: list[object] = []
    cycle.append(cycle)
    assert canonical(cycle) == ["l", [["cut"]]]
    assert canonical(Unreadable())[0] in ("x", "o")
    assert len(json.dumps(canonical([list(range(900))] * 900))) < 200_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (len, False),
        (None, False),
        (np, False),
        (object(), False),
        ([len, None], False),
        (int, False),
        ([], True),
        (0, True),
        ("", True),
        ([None, 1], True),
        (Point(1, 2.0), True),
    ],
)
def test_what_carries_information(value: object, expected: bool) -> None:
    assert is_informative(canonical(value)) is expected


def observed(*events: object, **names: object) -> Observed:
    shown = tuple(
        event if isinstance(event, list) else ["shown", canonical(event)] for event in events
    )
    return Observed(
        JobStatus.DONE,
        events=shown,
        names=tuple((name, canonical(value)) for name, value in names.items()),
    )


def printed(*values: object, text: str) -> list[object]:
    return ["print", [canonical(value) for value in values], text]


def test_differences_name_what_differs() -> None:
    assert next(differences(observed(x=1), observed(x=2))).startswith("x differs")
    assert list(differences(observed(x=1), observed(y=1))) == ["name x is not bound"]
    assert next(differences(observed(1), observed(2))).startswith("output 1 differs")
    assert list(differences(observed(1), observed(1, 2))) == ["shows 2 values, expected 1"]


def test_what_is_no_difference() -> None:
    assert not list(differences(observed(x=1), observed(x=1, extra=2)))
    assert not list(differences(observed(1), observed(printed(1, text="1\n"))))
    old = observed(printed([1.0], text="[1.0]\n"))
    new = observed(printed([np.float64(1.0)], text="[np.float64(1.0)]\n"))
    assert not list(differences(old, new)), "a changed repr is no changed value"


LOOP: list[object] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        pytest.param(4, iter([4]), id="an iterator"),
        pytest.param(4, Liar(), id="an object without attributes"),
        pytest.param(4, math, id="a module"),
        pytest.param([1], LOOP, id="a list that holds itself"),
        pytest.param({"a": [1.0]}, {"a": [object()]}, id="deep inside"),
        pytest.param(Point(1, 2.0), collections.UserDict(), id="an object with other attributes"),
        pytest.param(np.array([1], object), np.array([object()], object), id="in an array"),
    ],
)
def test_what_shows_nothing_does_not_pass_for_a_value(expected: object, actual: object) -> None:
    """Else `x = iter([])` would pass every check of a name `x`."""
    assert list(differences(observed(x=expected), observed(x=actual)))
    shown = observed(["shown", canonical(actual)])
    assert list(differences(observed(["shown", canonical(expected)]), shown))
    assert list(differences(observed(printed(expected, text="a")), shown))


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        pytest.param(iter([4]), 4, id="opaque before"),
        pytest.param(object(), object(), id="opaque on both sides"),
        pytest.param([1, iter([])], [1, len], id="an opaque part on both sides"),
        pytest.param(None, len, id="nothing to tell"),
    ],
)
def test_where_nothing_was_shown_anything_may_stand(expected: object, actual: object) -> None:
    assert not list(differences(observed(x=expected), observed(x=actual)))


def test_an_answer_may_not_print_every_possibility() -> None:
    assert list(differences(observed(True), observed(True, False)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "None"),
        (1.5, "1.5"),
        ("it's", '"it\'s"'),
        ([1, (True, None)], "[1, (True, None)]"),
        ({"a": 1}, "{'a': 1}"),
        (np.array([1.0, 2.0]), "array of kind f, shape [2]: [1.0, 2.0]"),
        (len, "<builtin_function_or_method>"),
        (Point(1, 2.0), "Point(x=1, y=2.0)"),
    ],
)
def test_values_in_words(value: object, expected: str) -> None:
    assert words(canonical(value)) == expected


@given(plain)
def test_words_never_fail(value: object) -> None:
    assert isinstance(words(canonical(value)), str)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(([], False), ({}, False), ("", False), ((), False), (None, False)),
        *(([0], True), (0, True), (False, True), ("a", True), ([[]], True)),
    ],
)
def test_an_empty_result_tells_nothing(value: object, expected: bool) -> None:
    assert is_telling(canonical(value)) is expected


def an_estimator(**parts: object) -> list[object]:
    return ["o", "SVC", [[name.replace("__", " "), part] for name, part in parts.items()]]


NEVER_FITTED = an_estimator(C=["f", "1.0"])
FITTED = an_estimator(fitted__coef_=["i", "2"], C=["f", "1.0"])
RESULT = an_estimator(fitted__coef_=["i", "2"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(NEVER_FITTED, NEVER_FITTED, id="not fitted"),
        pytest.param(FITTED, RESULT, id="fitted"),
        pytest.param(["l", [FITTED, ["i", "1"]]], ["l", [RESULT, ["i", "1"]]], id="in a list"),
        pytest.param(
            an_estimator(steps=["l", [FITTED]]), an_estimator(steps=["l", [RESULT]]), id="pipeline"
        ),
        pytest.param(
            an_estimator(fitted__best_=FITTED, cv=["i", "5"]),
            an_estimator(fitted__best_=RESULT),
            id="fitted in a fitted one",
        ),
        pytest.param(["a", "i", [2], ["1", "2"]], ["a", "i", [2], ["1", "2"]], id="array"),
    ],
)
def test_a_fitted_estimator_is_known_by_its_results(value: object, expected: object) -> None:
    assert results_only(value) == expected

from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a, b=1): ...", "def f(a, *, b=1): ...", ["keyword_only toy.f(b)"], id="one"),
        pytest.param("def f(a, b=1, c=2): ...", "def f(a, *, b=1, c=2): ...", ["keyword_only toy.f(b)"], id="several-are-one-change"),
        pytest.param("def f(a, low=1): ...", "def f(a, *, lower=1): ...", ["keyword_only toy.f(low)", "parameter_renamed toy.f(low)"], id="and-renamed"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a, *, b=1): ...", "def f(a, b=1): ...", [], id="may-be-positional-now"),
        pytest.param("def f(a, *, b=1): ...", "def f(a, *, b=1, c=2): ...", ["parameter_added toy.f(c)"], id="was-before"),
        pytest.param("def f(a, b, /): ...", "def f(a, *, b): ...", [], id="positional-only-has-no-name"),
        pytest.param("def f(a, b=1): ...", "@make_keyword_only(\"2.0\", \"b\")\ndef f(a, b=1): ...", ["deprecated toy.f(b)"], id="warns-for-now"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

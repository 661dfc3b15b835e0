from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a, b): ...", "def f(b, a): ...", ["parameter_reordered toy.f(a)"], id="swap"),
        pytest.param("def f(a, b, c): ...", "def f(a, c, b): ...", ["parameter_reordered toy.f(b)"], id="later-swap"),
        pytest.param("def f(a, b=1): ...", "def f(a, x=0, b=1): ...", ["parameter_added toy.f(x)", "parameter_reordered toy.f(b)"], id="inserted-before"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a, b=1): ...", "def f(a, b=1, x=0): ...", ["parameter_added toy.f(x)"], id="added-at-the-end"),
        pytest.param("def f(a, *, b=1, c=2): ...", "def f(a, *, c=2, b=1): ...", [], id="keyword-only"),
        pytest.param("def f(a, b, c): ...", "def f(a, c): ...", ["parameter_removed toy.f(b)"], id="one-less"),
        pytest.param("def f(a, b=1): ...", "def f(a, *, b=1): ...", ["keyword_only toy.f(b)"], id="must-be-named"),
        pytest.param("def f(a, b=1): ...", "def f(x, a, b=1): ...", ["parameter_added_required toy.f(x)"], id="required-one-says-it"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

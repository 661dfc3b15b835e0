from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a): ...", "def f(a, b=1): ...", ["parameter_added toy.f(b)"], id="with-a-default"),
        pytest.param("def f(a): ...", "def f(a, *, b=None): ...", ["parameter_added toy.f(b)"], id="keyword-only"),
        pytest.param("def f(a): ...", "def f(a, *args): ...", ["parameter_added toy.f(args)"], id="catch-all"),
        pytest.param("class B:\n    def m(self): ...\nclass C(B): ...", "class B:\n    def m(self, a=1): ...\nclass C(B): ...", ["parameter_added toy.B.m(a)"], id="inherited-is-one-change"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a): ...", "def f(a, b): ...", ["parameter_added_required toy.f(b)"], id="required"),
        pytest.param("def f(a, b=1): ...", "def f(a, c=1): ...", ["parameter_renamed toy.f(b)"], id="renamed"),
        pytest.param("def f(*args, **kw): ...", "def f(a, b=1): ...", [], id="was-a-wrapper"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

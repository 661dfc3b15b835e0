from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a): ...", "def f(a, b): ...", ["parameter_added_required toy.f(b)"], id="positional"),
        pytest.param("def f(a): ...", "def f(a, *, b): ...", ["parameter_added_required toy.f(b)"], id="keyword-only"),
        pytest.param("def f(a, b=1): ...", "def f(a, b): ...", ["parameter_added_required toy.f(b)"], id="lost-its-default"),
        pytest.param("class C:\n    def m(self): ...", "class C:\n    def m(self, a): ...", ["parameter_added_required toy.C.m(a)"], id="method"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a): ...", "def f(a, b=1): ...", ["parameter_added toy.f(b)"], id="has-a-default"),
        pytest.param("def f(a): ...", "def f(a, *args, **kw): ...", ["parameter_added toy.f(args)", "parameter_added toy.f(kw)"], id="catch-all"),
        pytest.param("def f(a, b): ...", "def f(a, b=1): ...", [], id="gained-a-default"),
        pytest.param("class C:\n    def m(self): ...", "class C:\n    @staticmethod\n    def m(): ...", [], id="no-self"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

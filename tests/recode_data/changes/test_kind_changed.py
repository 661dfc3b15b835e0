from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("class C:\n    def m(self): ...", "class C:\n    @property\n    def m(self): ...", ["kind_changed toy.C.m"], id="method-to-property"),
        pytest.param("class C:\n    @property\n    def m(self): ...", "class C:\n    def m(self): ...", ["kind_changed toy.C.m"], id="property-to-method"),
        pytest.param("class f: ...", "def f(): ...", ["kind_changed toy.f"], id="class-to-function"),
        pytest.param("f = 1", "def f(): ...", ["kind_changed toy.f"], id="constant-to-function"),
        pytest.param({"toy/__init__.py": "", "toy/f.py": ""}, "def f(): ...", ["kind_changed toy.f"], id="module-to-function"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a): ...", "f = make()", [], id="function-to-unknown-value"),
        pytest.param("def f(a): ...", "class f:\n    def __init__(self, a): ...", [], id="function-to-class-is-called-as-before"),
        pytest.param("f = make()", "def f(): ...", [], id="unknown-value-to-function"),
        pytest.param("class C:\n    @property\n    def m(self): ...", "class C:\n    m = 1", [], id="property-to-attribute-is-read-as-before"),
        pytest.param("class C:\n    @property\n    def m(self): ...", "class C:\n    @cached_property\n    def m(self): ...", [], id="another-property"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

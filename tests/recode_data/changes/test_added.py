from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("", "def f(): ...", ["added toy.f"], id="function"),
        pytest.param("", "class C:\n    def m(self): ...", ["added toy.C"], id="class-and-not-its-members"),
        pytest.param("class C: ...", "class C:\n    def m(self): ...", ["added toy.C.m"], id="method"),
        pytest.param("def f(): ...", "def f(): ...\ng = f", ["added toy.g"], id="alias"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("", "def _f(): ...", [], id="private"),
        pytest.param("class C: ...", "class C:\n    def __repr__(self): ...\n    def __init__(self): ...", [], id="every-object-has-it"),
        pytest.param({"toy/__init__.py": "from toy._a import f", "toy/_a.py": "def f(): ..."}, "def f(): ...", [], id="defined-elsewhere"),
        pytest.param("class B:\n    def m(self): ...\nclass C(B): ...", "class B:\n    def m(self): ...\nclass C(B):\n    def m(self): ...", [], id="overridden"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

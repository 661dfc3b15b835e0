from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(): ...\ndef g(): ...", "def g(): ...", ["removed toy.f"], id="function"),
        pytest.param("class C:\n    x = 1\n    def m(self): ...", "y = 1", ["added toy.y", "removed toy.C"], id="class-and-not-its-members"),
        pytest.param("class C:\n    def m(self): ...", "class C: ...", ["removed toy.C.m"], id="method"),
        pytest.param({"toy/__init__.py": "", "toy/a.py": "x = 1"}, {"toy/__init__.py": ""}, ["removed toy.a", "removed toy.a.x"], id="module"),
        pytest.param("def f(): ...", "def f():\n    raise RuntimeError(\"f was removed in 2.0\")", ["removed toy.f"], id="stub-that-raises"),
        pytest.param("def f(): ...", "def _f(): ...", ["removed toy.f"], id="private-now"),
        pytest.param("def f(): ...", "__all__ = []\nif TYPE_CHECKING:\n    def f(): ...", ["removed toy.f"], id="typing-only-now"),
        pytest.param("class B:\n    def m(self): ...\nclass C(B): ...", "class B: ...\nclass C(B): ...", ["removed toy.B.m"], id="inherited-is-one-change"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def _f(): ...", "", [], id="private"),
        pytest.param("def f(): ...", {"toy/__init__.py": "from toy._impl import f", "toy/_impl.py": "def f(): ..."}, [], id="defined-elsewhere"),
        pytest.param("class B:\n    def m(self): ...\nclass C(B):\n    def m(self): ...", "class B:\n    def m(self): ...\nclass C(B): ...", [], id="inherited-now"),
        pytest.param("class C:\n    def __init__(self): ...\n    def __repr__(self): ...", "class C: ...", [], id="every-object-has-it"),
        pytest.param("def f():\n    raise RuntimeError(\"f was removed in 1.0\")", "def f():\n    raise RuntimeError(\"f was removed in 1.0, really\")", [], id="was-a-stub-before"),
        pytest.param("def f(): ...\ng = f", "def g(): ...", ["renamed toy.f -> toy.g"], id="renamed"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

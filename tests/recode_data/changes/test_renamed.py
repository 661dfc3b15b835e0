from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(): ...\ng = f", "def g(): ...", ["renamed toy.f -> toy.g"], id="alias-becomes-the-name"),
        pytest.param("def g(): ...\ng_old = g", "def g(): ...", ["renamed toy.g_old -> toy.g"], id="alias-goes"),
        pytest.param("class C:\n    def m(self): ...\n    n = m", "class C:\n    def m(self): ...", ["removed toy.C.n"], id="member-alias-is-no-identity"),
        pytest.param("class C:\n    def m(self): ...\nD = C", "class C:\n    def m(self): ...", ["renamed toy.D -> toy.C"], id="class-with-members"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(): ...", "def g(): ...", ["added toy.g", "removed toy.f"], id="only-alike"),
        pytest.param("def f(): ...\ng = f", "def f(): ...\ng = f", [], id="both-stay"),
        pytest.param("f = 1\ng = 1", "g = 1", ["removed toy.f"], id="equal-numbers"),
        pytest.param({"toy/__init__.py": "from toy.a import f", "toy/a.py": "def f(): ..."}, {"toy/__init__.py": "", "toy/a.py": "def f(): ..."}, ["moved toy.f -> toy.a.f"], id="same-last-name-moved"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param({"toy/__init__.py": "from toy.a import f", "toy/a.py": "def f(): ..."}, {"toy/__init__.py": "", "toy/a.py": "def f(): ..."}, ["moved toy.f -> toy.a.f"], id="no-longer-at-the-top"),
        pytest.param({"toy/__init__.py": "", "toy/a.py": "from toy.b import f\n__all__ = [\"f\"]", "toy/b.py": "def f(): ..."}, {"toy/__init__.py": "", "toy/a.py": "", "toy/b.py": "def f(): ..."}, ["moved toy.a.f -> toy.b.f"], id="between-modules"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param({"toy/__init__.py": "", "toy/a.py": "def f(): ...", "toy/b.py": ""}, {"toy/__init__.py": "", "toy/a.py": "", "toy/b.py": "def f(): ..."}, ["added toy.b.f", "removed toy.a.f"], id="was-not-there-before"),
        pytest.param({"toy/__init__.py": "from toy.a import f", "toy/a.py": "def f(): ..."}, {"toy/__init__.py": "from toy.b import f", "toy/a.py": "", "toy/b.py": "def f(): ..."}, ["added toy.b", "added toy.b.f", "moved toy.a.f -> toy.f"], id="source-moved-top-stays"),
        pytest.param({"toy/__init__.py": "from toy._a import f", "toy/_a.py": "def f(): ..."}, {"toy/__init__.py": "from toy._b import f", "toy/_b.py": "def f(): ..."}, [], id="private-place"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

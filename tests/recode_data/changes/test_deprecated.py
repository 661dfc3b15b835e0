from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(): ...", "@deprecated(\"use `g_new`\")\ndef f(): ...", ["deprecated toy.f"], id="decorator"),
        pytest.param("def f(): ...", "def f():\n    warnings.warn(\"f is deprecated\", DeprecationWarning)", ["deprecated toy.f"], id="warning"),
        pytest.param("def f(a): ...", "def f(a):\n    \"\"\"Do.\n\n    .. deprecated:: 2.0\n       Use g.\n    \"\"\"", ["deprecated toy.f"], id="directive"),
        pytest.param("def f(a, b=None): ...", "def f(a, b=None):\n    if b is not None:\n        warnings.warn(\"b is deprecated\", FutureWarning)", ["deprecated toy.f(b)"], id="parameter"),
        pytest.param("def f(a, b=None): ...", "def f(a, b=\"deprecated\"): ...", ["deprecated toy.f(b)"], id="sentinel"),
        pytest.param({"toy/__init__.py": "", "toy/a.py": "x = 1"}, {"toy/__init__.py": "", "toy/a.py": "import warnings\nwarnings.warn(\"toy.a is deprecated\", DeprecationWarning)\nx = 1"}, ["deprecated toy.a"], id="module"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("@deprecated(\"use `g_new`\")\ndef f(): ...", "@deprecated(\"use `g_new` now\")\ndef f(): ...", [], id="was-before"),
        pytest.param("def f(): ...", "def f():\n    warnings.warn(\"slow\", UserWarning)", [], id="another-warning"),
        pytest.param("def f(a): ...", "def f(a):\n    if a < 0:\n        warnings.warn(\"negative a are deprecated\", FutureWarning)", [], id="some-values"),
        pytest.param("", "@deprecated(\"use `g_new`\")\ndef f(): ...", ["added toy.f"], id="new-and-deprecated"),
        pytest.param("def f(a, b=\"deprecated\"): ...", "def f(a, b=\"deprecated\"): ...", [], id="sentinel-before"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

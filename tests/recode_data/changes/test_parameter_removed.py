from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a, b=1): ...", "def f(a): ...", ["parameter_removed toy.f(b)"], id="last"),
        pytest.param("def f(a, b, c): ...", "def f(a, c): ...", ["parameter_removed toy.f(b)"], id="middle"),
        pytest.param("def f(a, **kw): ...", "def f(a): ...", ["parameter_removed toy.f(kw)"], id="catch-all"),
        pytest.param("class C:\n    def __init__(self, a, b=1): ...", "class C:\n    def __init__(self, a): ...", ["parameter_removed toy.C(b)"], id="constructor-once"),
        pytest.param("def f(a, b=1): ...", "def f(a, **kw): ...", ["parameter_added toy.f(kw)", "parameter_removed toy.f(b)"], id="swallowed"),
        pytest.param("@deprecated_params(x=\"a\")\n@delete_parameter(\"1.0\", \"y\")\ndef f(a): ...", "def f(a): ...", ["parameter_removed toy.f(y)", "parameter_renamed toy.f(x)"], id="decorator-accepted-it"),
        pytest.param("def f(a, b=None): ...", "def f(a, b=None):\n    if b is not None:\n        raise TypeError(\"b was removed in 2.0\")", ["parameter_removed toy.f(b)"], id="raises-when-given"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a, _b=1): ...", "def f(a, _b=1): ...", [], id="nothing"),
        pytest.param("def f(a, b=1): ...", "@delete_parameter(\"2.0\", \"b\")\ndef f(a): ...", ["deprecated toy.f(b)"], id="still-accepted"),
        pytest.param("def f(a, *args): ...", "def f(a, b=1, c=2): ...", ["parameter_added toy.f(b)", "parameter_added toy.f(c)"], id="spelled-out"),
        pytest.param("def f(a, b=1): ...", "def f(*args, **kw): ...", [], id="wrapper-says-nothing"),
        pytest.param("def f(a, b=1): ...", "f = make()", [], id="no-signature"),
        pytest.param("def f(a, *args, **kw): ...", "def f(a, *more, **kwargs): ...", [], id="catch-all-renamed"),
        pytest.param("def _f(a, b): ...", "def _f(a): ...", [], id="private"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

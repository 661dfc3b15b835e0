from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a=1): ...", "def f(a=2): ...", ["default_changed toy.f(a)"], id="number"),
        pytest.param("def f(a=None): ...", "def f(a=\"x\"): ...", ["default_changed toy.f(a)"], id="none-to-text"),
        pytest.param("def f(a=1): ...", "def f(a=True): ...", ["default_changed toy.f(a)"], id="true-is-not-one"),
        pytest.param("def f(a=np.inf): ...", "def f(a=np.nan): ...", ["default_changed toy.f(a)"], id="names"),
        pytest.param("def f(a=(1, 2)): ...", "def f(a=[1, 2]): ...", ["default_changed toy.f(a)"], id="tuple-to-list"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a=\"x\"): ...", "def f(a='x'): ...", [], id="quotes"),
        pytest.param("def f(a=273.15): ...", "def f(a=2.7315e2): ...", [], id="same-number"),
        pytest.param("def f(a=1): ...", "def f(a=1.0): ...", [], id="equal-numbers"),
        pytest.param("def f(a=np.nan): ...", "def f(a=numpy.nan): ...", [], id="same-name-by-another-import"),
        pytest.param({"toy/__init__.py": "from toy._c import f", "toy/_c.pyi": "def f(a=...): ..."}, "def f(a=1): ...", [], id="was-unknown-in-a-stub"),
        pytest.param("def f(a=1): ...", {"toy/__init__.py": "from toy._c import f", "toy/_c.pyi": "def f(a=...): ..."}, [], id="unknown-in-a-stub"),
        pytest.param("def f(a=1): ...", "def f(a=\"deprecated\"): ...", ["deprecated toy.f(a)"], id="sentinel-is-a-deprecation"),
        pytest.param("def f(a): ...", "def f(a=1): ...", [], id="first-default"),
        pytest.param("def f(a=1): ...", "def f(a): ...", ["parameter_added_required toy.f(a)"], id="no-default-now"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("@deprecated(\"use `g_new`\")\ndef f(): ...", "def f(): ...", ["undeprecated toy.f"], id="function"),
        pytest.param("def f():\n    warnings.warn(\"f is deprecated\", DeprecationWarning)", "def f(): ...", ["undeprecated toy.f"], id="warning"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("@deprecated(\"use `g_new`\")\ndef f(): ...", "", ["removed toy.f"], id="gone"),
        pytest.param("def f(a, b=None):\n    if b is not None:\n        warnings.warn(\"b is deprecated\", FutureWarning)", "def f(a, b=None): ...", [], id="parameter-only"),
        pytest.param("@deprecated(\"use `g_new`\")\ndef f(): ...", "@deprecated(\"soon\")\ndef f(): ...", [], id="still"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

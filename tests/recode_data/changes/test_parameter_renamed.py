from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a, b=1): ...", "def f(a, c=1): ...", ["parameter_renamed toy.f(b)"], id="same-place-same-default"),
        pytest.param("def f(a, *, n_iter=5): ...", "def f(a, *, x=1, max_iter=5): ...", ["parameter_added toy.f(x)", "parameter_renamed toy.f(n_iter)"], id="similar-name"),
        pytest.param("def f(low, a=1): ...", "def f(high, a=1): ...", ["parameter_renamed toy.f(low)"], id="first"),
        pytest.param("@rename_parameter(\"1.0\", \"old\", \"b\")\ndef f(a, b): ...", "def f(a, b): ...", ["parameter_renamed toy.f(old)"], id="decorator-is-gone"),
        pytest.param("def f(a, b=1):\n    if b is not None:\n        warnings.warn(\"b is deprecated, use `zeta`\", FutureWarning)", "def f(a, zeta=2): ...", ["default_changed toy.f(b)", "parameter_renamed toy.f(b)"], id="announced"),
        pytest.param("def f(a, b=1, c=2): ...", "def f(a, d=1, c=3): ...", ["default_changed toy.f(c)", "parameter_renamed toy.f(b)"], id="and-a-default"),
        pytest.param("def f(a, b=1): ...", "@rename_parameter(\"2.0\", \"b\", \"c\")\ndef f(a, c=1): ...", ["parameter_renamed toy.f(b)"], id="old-name-still-accepted"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f(a, b=1): ...", "def f(a, c=2): ...", ["parameter_added toy.f(c)", "parameter_removed toy.f(b)"], id="another-default"),
        pytest.param("def f(a, /): ...", "def f(b, /): ...", [], id="positional-only-has-no-name"),
        pytest.param("def f(a, *args, **kw): ...", "def f(a, *rest, **kwargs): ...", [], id="catch-all"),
        pytest.param("def f(a, alpha=1): ...", "def f(a, x=3, y=4): ...", ["parameter_added toy.f(x)", "parameter_added toy.f(y)", "parameter_removed toy.f(alpha)"], id="nothing-alike"),
        pytest.param("def f(a, b=1): ...", "@rename_parameter(\"2.0\", \"z\", \"b\")\ndef f(a, b=1): ...", ["deprecated toy.f(z)"], id="never-in-the-signature"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

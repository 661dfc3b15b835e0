from __future__ import annotations

import pytest

from recode_data.records import ChangeKind
from recode_data.replacements.parameters import propose
from tests.clues import clues_of, proposed

WARNS = "def f(a, b=None, c=None):\n    if b is not None:\n        warnings.warn('b is deprecated, use `c`', FutureWarning)"


@pytest.mark.parametrize(
    ("old", "new", "kind", "expect"),
    [
        pytest.param("def f(a, b=1): ...", "def f(a, c=1): ...", ChangeKind.PARAMETER_RENAMED, "c", id="renamed"),
        pytest.param("def f(a, b=1): ...", "def f(a, *, b=1): ...", ChangeKind.KEYWORD_ONLY, "b", id="keyword-only"),
        pytest.param("def f(a, b=None, c=None): ...", WARNS, ChangeKind.DEPRECATED, "c", id="message"),
        pytest.param(WARNS, "def f(a, c=None): ...", ChangeKind.PARAMETER_REMOVED, "c", id="message-before"),
    ],
)  # fmt: skip
def test_successor_is_a_parameter_of_the_same_callable(
    old: str, new: str, kind: ChangeKind, expect: str
) -> None:
    assert proposed(propose, "toy.f", clues_of(old, new), kind) == [("toy.f", expect)]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        pytest.param("def f(a, b=1): ...", "def f(a): ...", ChangeKind.PARAMETER_REMOVED, id="removed"),
        pytest.param("def f(a, b=1): ...", "def f(a, b=2): ...", ChangeKind.DEFAULT_CHANGED, id="default"),
        pytest.param(WARNS.replace(", c=None", ""), "def f(a, d=3): ...", ChangeKind.PARAMETER_REMOVED, id="named-one-is-gone"),
        pytest.param("def f(): ...", "", ChangeKind.REMOVED, id="no-parameter"),
    ],
)  # fmt: skip
def test_no_successor(old: str, new: str, kind: ChangeKind) -> None:
    assert proposed(propose, "toy.f", clues_of(old, new), kind) == []

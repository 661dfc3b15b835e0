from __future__ import annotations

import pytest

from tests.surfaces import Package, changes_between


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f() -> list: ...", "def f() -> tuple: ...", ["return_changed toy.f"], id="list-to-tuple"),
        pytest.param("def f() -> List[int]: ...", "def f() -> t.Iterator[int]: ...", ["return_changed toy.f"], id="spellings"),
        pytest.param("def f() -> Optional[int]: ...", "def f() -> str: ...", ["return_changed toy.f"], id="nothing-in-common"),
        pytest.param("def f() -> pd.Series: ...", "def f() -> pd.DataFrame: ...", ["return_changed toy.f"], id="well-known-classes"),
    ],
)  # fmt: skip
def test_found(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param("def f() -> List[int]: ...", "def f() -> list[str]: ...", [], id="elements-only"),
        pytest.param("def f() -> int: ...", "def f() -> int | None: ...", [], id="wider"),
        pytest.param("def f() -> Union[int, str]: ...", "def f() -> str: ...", [], id="narrower"),
        pytest.param("def f(): ...", "def f() -> list: ...", [], id="annotated-now"),
        pytest.param("def f() -> Result: ...", "def f() -> list: ...", [], id="unknown-type"),
        pytest.param("def f() -> Result: ...", "def f() -> Other: ...", [], id="both-unknown"),
    ],
)  # fmt: skip
def test_something_else_or_nothing(old: Package, new: Package, expect: list[str]) -> None:
    assert changes_between(old, new) == expect

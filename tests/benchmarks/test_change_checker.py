from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchmarks.change_measures import check_driver
from benchmarks.change_measures.checker import Observer, Truth, check, is_private
from recode_data.changes import find_changes
from recode_data.records import ApiChange, ChangeKind, JsonValue
from recode_data.replacements import with_replacements
from recode_data.surface.touch import touch_paths
from tests.drivers import run_driver, running_surface, toylib_toucher
from tests.making import make_change
from tests.toy_index import expected_changes, expected_decoys, toylib_source


def observer(version: str) -> Observer:
    def observe(asks: Sequence[JsonValue]) -> Sequence[JsonValue]:
        return run_driver(check_driver.__file__, {"asks": list(asks)}, toylib_source(version))

    return observe


@pytest.fixture(scope="module")
def reported() -> tuple[ApiChange, ...]:
    old, new = (running_surface(toylib_source(name), "toylib", name) for name in ("1.0", "2.0"))
    found = find_changes(old, new)
    touched = touch_paths(found, toylib_toucher("1.0"), toylib_toucher("2.0"))
    return with_replacements(found, old, new, touched)


def verdicts(changes: Sequence[ApiChange]) -> dict[str, Truth]:
    checked = check(changes, observer("1.0"), observer("2.0"))
    return {f"{item.change.kind.value} {item.change.old_api}": item.truth for item in checked}


def test_everything_reported_of_the_toy_library_is_true(reported: tuple[ApiChange, ...]) -> None:
    shown = [change for change in reported if not is_private(change.old_api)]
    assert len(shown) > 15
    assert {name: truth for name, truth in verdicts(shown).items() if truth is not Truth.TRUE} == {}


FALSE = {
    "still there": make_change("toylib.mean"),
    "never there": make_change("toylib.never"),
    "still takes it": make_change(
        "toylib.read_rows", kind=ChangeKind.PARAMETER_REMOVED, parameter="text"
    ),
    "nothing warns": make_change("toylib.stats.mean", kind=ChangeKind.DEPRECATED),
    "same default": make_change(
        "toylib.units.to_celsius", kind=ChangeKind.DEFAULT_CHANGED, parameter="zero"
    ),
    "gone to a name that does not exist": make_change(
        "toylib.stats.spread", kind=ChangeKind.RENAMED, new_api="toylib.stats.nothing"
    ),
    "not new": make_change("toylib.Column", kind=ChangeKind.ADDED),
    "same kind": make_change("toylib.Column", kind=ChangeKind.KIND_CHANGED),
}


@pytest.mark.parametrize("change", FALSE.values(), ids=FALSE)
def test_a_change_that_is_none_is_found_out(change: ApiChange) -> None:
    assert list(verdicts([change]).values()) == [Truth.FALSE]


def test_a_removal_claimed_of_any_decoy_is_found_out() -> None:
    claims = [make_change(path) for path in sorted(expected_decoys()) if not is_private(path)]
    assert set(verdicts(claims).values()) == {Truth.FALSE}


def test_every_kind_that_surfaces_show_is_checked(reported: tuple[ApiChange, ...]) -> None:
    kinds = {change.kind.value for change in reported}
    assert kinds == {change.kind for change in expected_changes()} - {"behaviour"}

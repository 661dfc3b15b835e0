from __future__ import annotations

import gc

import pytest

from recode_data.garbage import SELDOM, collected_seldom, uncollected


def test_what_switched_the_search_off_switches_it_on() -> None:
    assert gc.isenabled()
    with uncollected():
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_leaves_the_search_on() -> None:
    with pytest.raises(ValueError, match="no"), uncollected():
        raise ValueError("no")
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("usual", "within"),
    [
        pytest.param((700, 10, 10), (SELDOM, 10, 10), id="python's-own"),
        pytest.param((SELDOM + 1, 5, 5), (SELDOM + 1, 5, 5), id="seldom-already"),
        pytest.param((0, 10, 10), (0, 10, 10), id="never"),
    ],
)
def test_the_search_is_as_usual_afterwards(
    usual: tuple[int, int, int], within: tuple[int, int, int]
) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(*usual)
        with collected_seldom():
            assert gc.get_threshold() == within
        assert gc.get_threshold() == usual
    finally:
        gc.set_threshold(*before)

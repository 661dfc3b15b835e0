from __future__ import annotations

import gc

import pytest

from recode_data.producers.hunks import differing_lines
from recode_data.references import find_references
from recode_data.step_mining import GARBAGE_AFTER, forget_step, garbage_left_longer
from recode_data.syntax_trees import tree_of


def test_nothing_of_the_snippets_is_kept_after_a_step() -> None:
    code = "import toy\ntoy.load(1)\n"
    tree, references = tree_of(code), find_references(code)
    lines = differing_lines(code, "import toy\ntoy.load(2)\n")
    assert find_references(code) is references
    forget_step()
    assert tree_of(code) is not tree
    assert find_references(code) is not references
    assert differing_lines(code, "import toy\ntoy.load(2)\n") is not lines


@pytest.mark.parametrize(
    ("usual", "within"),
    [
        pytest.param((700, 10, 10), (GARBAGE_AFTER, 10, 10), id="python's-own"),
        pytest.param((GARBAGE_AFTER + 1, 5, 5), (GARBAGE_AFTER + 1, 5, 5), id="seldom-already"),
        pytest.param((0, 10, 10), (0, 10, 10), id="never"),
    ],
)
def test_garbage_is_looked_for_as_usual_after_a_step(
    usual: tuple[int, int, int], within: tuple[int, int, int]
) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(*usual)
        with garbage_left_longer():
            assert gc.get_threshold() == within
        assert gc.get_threshold() == usual
    finally:
        gc.set_threshold(*before)

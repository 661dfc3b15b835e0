from __future__ import annotations

from recode_data.producers.hunks import differing_lines
from recode_data.references import find_references
from recode_data.step_mining import forget_step
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

from __future__ import annotations

import pytest

from recode_data.replacements.forwarding import SCORE, UNMARKED_SCORE, propose
from tests.clues import clues_of, found, proposed

G = "def g(a): ...\n"


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        pytest.param(G + "def f(a):\n    return g(a)", G, ["toy.g"], id="old-body"),
        pytest.param(G + "def f(a): ...", G + "@deprecated('soon')\ndef f(a):\n    return g(a)", ["toy.g"], id="new-body"),
        pytest.param("import math\ndef f(a):\n    return math.prod(a)", "", ["math.prod"], id="outside"),
        pytest.param("class C:\n    def f(self, a):\n        return self.g(a)\n    def g(self, a): ...", "class C:\n    def g(self, a): ...", ["toy.C.g"], id="member"),
    ],
)  # fmt: skip
def test_bodies_that_hand_on(old: str, new: str, expect: list[str]) -> None:
    path = "toy.C.f" if "class" in old else "toy.f"
    assert [new_api for new_api, _ in proposed(propose, path, clues_of(old, new))] == expect


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("def f(a):\n    return sorted(g(a))\n" + G, G, id="does-more"),
        pytest.param("def f(a):\n    return _g(a)\ndef _g(a): ...", "def _g(a): ...", id="private"),
        pytest.param("def f(a):\n    return g(a)\n" + G, "", id="gone-as-well"),
    ],
)
def test_bodies_that_lead_nowhere(old: str, new: str) -> None:
    assert proposed(propose, "toy.f", clues_of(old, new)) == []


def test_marked_wrapper_says_more_than_a_thin_one() -> None:
    wrapper = G + "def f(a):\n    return g(a)"
    marked = clues_of(wrapper.replace("def f", "@deprecated('soon')\ndef f"), G)
    assert found(propose, "toy.f", marked)[0].score == SCORE
    assert found(propose, "toy.f", clues_of(wrapper, G))[0].score == UNMARKED_SCORE

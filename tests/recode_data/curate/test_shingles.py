"""What two pieces of code or text have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.curate.shingles import ngrams, units_of

MEAN = """
import numpy as np

def mean_of_positive(values: list, start: float = 0.0) -> float:
    '''Mean of those above start.'''
    kept = [value for value in values if value > start]  # strictly
    if not kept:
        raise ValueError("nothing is left")
    total = 0
    for value in kept:
        total += value
    return np.round(total / len(kept), 2)
"""

SAME = """
import numpy
def f(a, b=0.0):
  c = [d for d in a
       if d > b]
  if not c:
    raise ValueError('other words')

  e = 0
  for d in c:
      e = e + d
  return numpy.round(e / len(c), 2)
"""

OTHER = """
import numpy as np

def widest_gap(values: list) -> float:
    ordered = sorted(values)
    gaps = np.diff(ordered)
    return float(gaps.max()) if len(gaps) else 0.0
"""


def shared(first: str, second: str) -> float:
    one = {shingle for unit in units_of(first) for shingle in unit.shingles()}
    two = {shingle for unit in units_of(second) for shingle in unit.shingles()}
    return len(one & two) / max(len(one), 1)


def test_names_and_layout_make_no_difference() -> None:
    assert shared(MEAN, SAME) == 1


def test_other_code_shares_nothing() -> None:
    assert shared(MEAN, OTHER) == 0


@pytest.mark.parametrize(
    ("changed", "least", "most"),
    [
        (MEAN.replace("round", "floor"), 0.5, 0.9),
        (MEAN.replace("value > start", "value < start"), 0.5, 0.95),
        (MEAN.replace(", 2)", ", 3)"), 0.8, 0.99),
        ("class A:\n    " + MEAN.strip().replace("\n", "\n    "), 0.95, 1),
        (f"this does not parse\n{MEAN}", 1, 1),
        (MEAN.replace("import numpy as np\n", ""), 1, 1),
        ("\n".join(MEAN.splitlines()[4:]), 0.6, 1),
    ],
    ids=["another function", "another operator", "another number", "inside a class", "beside prose", "no imports", "body alone"],
)  # fmt: skip
def test_shares_fall_with_differences(changed: str, least: float, most: float) -> None:
    assert least <= shared(MEAN, changed) <= most


def test_names_stand_for_themselves_within_a_window() -> None:
    (first,) = units_of("def f(a, b):\n    return a - b\n")
    (second,) = units_of("def f(a, b):\n    return b - a\n")
    assert first.is_short
    assert not first.shingles() & second.shingles()


@pytest.mark.parametrize(
    "code", ["", "x = 1", "def f(x): return -x", "import a\nimport b", "x = ("]
)
def test_what_says_nothing_has_no_unit(code: str) -> None:
    assert units_of(code) == ()


PROSE = "the value that three quarters of the sorted measurements stay below is returned as a float"


def test_a_run_of_words_is_found_in_other_layout() -> None:
    spread = PROSE.replace(" ", "\n   # ").upper()
    assert set(ngrams(PROSE)) == set(ngrams(spread)) != set()


@pytest.mark.parametrize("text", ["too few words", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", "x " * 40])  # fmt: skip
def test_numbers_and_repetition_are_no_prose(text: str) -> None:
    assert list(ngrams(text)) == []


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    units_of(text)
    list(ngrams(text))

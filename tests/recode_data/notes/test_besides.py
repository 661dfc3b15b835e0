from __future__ import annotations

import pytest

from recode_data.notes.besides import MOST_NAMES, besides
from tests.making import make_candidate


@pytest.mark.parametrize(
    ("old", "new", "said", "expected"),
    [
        ("toy.load(1)", "toy.read(1)", "`toy.load` went. Write `toy.read`.", ""),
        ("toy.load(toy.a)", "toy.read(toy.b)", "Write `toy.read`.", "The new code also uses `toy.b`."),
        ("toy.load(toy.a)", "toy.read(toy.b)", "`toy.load` went, write `toy.read`.", "The new code also uses `toy.b` in place of `toy.a`."),
        ("x.groupby(1)", "x.group_by(1)", "", "The new code also uses `.group_by` in place of `.groupby`."),
        ("x.cummax(y.cummin())", "x.cum_max(y.cum_min())", "", "The new code also uses `.cum_max` and `.cum_min` in place of `.cummax` and `.cummin`."),
        ("x.rows(y.days)", "x.map(y.hours)", "", "The new code also uses `.hours` and `.map`."),
        ("x.dt.days(toy.a)", "x.dt.total(toy.b)", "`.days`", "The new code also uses `.total` and `toy.b`."),
        ("toy.load(1)", "toy.load(1, dtype=int)", "", "The new code also passes `dtype=int`."),
        ("toy.load(1)", "toy.load(toy.load(1, dtype=int), dtype=str)", "", "The new code also passes `dtype`."),
        ("f(dtype=int), toy.load(1)", "f(dtype=int), toy.load(1, dtype=int)", "", "The new code also passes `dtype=int`."),
        ("toy.load(1)", f"toy.load(1, dtype={'x' * 50})", "", "The new code also passes `dtype`."),
        ("toy.load(1, **a)", "toy.load(1, **b)", "", "The new code also passes `**b`."),
        ("toy.load(1, a=2)", "toy.load(1, **b)", "Pass `**b` instead of `a`.", ""),
        ("toy.load(1)", "toy.load(1)", "", ""),
        ("toy.load(1)", "other.read(1)", "`toy.load` went.", ""),
        ("1", ", ".join(f"x.m{n}" for n in range(MOST_NAMES + 1)), "", ""),
    ],
    ids=["all said", "two", "one more", "members", "alike", "not alike", "of two sorts", "keyword", "of two values", "once more", "of a long value", "unpacked", "said to be unpacked", "nothing", "elsewhere", "too many"],
)  # fmt: skip
def test_what_the_note_does_not_hold_yet(old: str, new: str, said: str, expected: str) -> None:
    codes = (f"import toy, other\nx = toy.make()\n{code}\n" for code in (old, new))
    assert besides(make_candidate(*codes), said) == expected

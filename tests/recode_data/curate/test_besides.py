from __future__ import annotations

import pytest

from recode_data.curate.besides import MOST_NAMES, besides
from recode_data.curate.describe import tells_what_to_write
from recode_data.records import ChangeKind, Producer
from tests.making import make_candidate, make_change


@pytest.mark.parametrize(
    ("old", "new", "said", "expected"),
    [
        ("toy.load(1)", "toy.read(1)", "`toy.load` went. Write `toy.read`.", ""),
        ("toy.load(toy.a)", "toy.read(toy.b)", "Write `toy.read`.", "The new code also uses `toy.b` in place of `toy.a` and `toy.load`."),
        ("toy.load(toy.a)", "toy.read(toy.b)", "`toy.load` went, write `toy.read`.", "The new code also uses `toy.b` in place of `toy.a`."),
        ("x.groupby(1)", "x.group_by(1)", "", "The new code also uses `.group_by` in place of `.groupby`."),
        ("toy.load(1)", "toy.load(1, dtype=int)", "", "The new code also passes `dtype`."),
        ("toy.load(1, **a)", "toy.load(1, **b)", "", "The new code also passes `**b`."),
        ("toy.load(1)", "toy.load(1)", "", ""),
        ("toy.load(1)", "other.read(1)", "`toy.load` went.", ""),
        ("1", ", ".join(f"x.m{n}" for n in range(MOST_NAMES + 1)), "", ""),
    ],
    ids=["all said", "two", "one more", "members", "keyword", "unpacked", "nothing", "elsewhere", "too many"],
)  # fmt: skip
def test_what_the_note_does_not_hold_yet(old: str, new: str, said: str, expected: str) -> None:
    codes = (f"import toy, other\nx = toy.make()\n{code}\n" for code in (old, new))
    assert besides(make_candidate(*codes), said) == expected


@pytest.mark.parametrize(
    ("kind", "new", "producer", "expected"),
    [
        (ChangeKind.BEHAVIOUR, "x = toy.load(1)\ny = list(x)", Producer.EVOLVED, False),
        (ChangeKind.BEHAVIOUR, "x = toy.load(toy.int8(1))", Producer.EVOLVED, True),
        (ChangeKind.REMOVED, "x = toy.load(1)\ny = list(x)", Producer.EVOLVED, True),
        (ChangeKind.BEHAVIOUR, "x = toy.load(1)", Producer.CONTROL, True),
    ],
    ids=["only that it changed", "what to write", "another kind", "control"],
)
def test_another_behaviour_is_to_be_explained(
    kind: ChangeKind, new: str, producer: Producer, expected: bool
) -> None:
    candidate = make_candidate(
        "import toy\nx = toy.load(1)\n",
        f"import toy\n{new}\n",
        change=make_change(kind=kind),
        replacement=None,
        producer=producer,
    )
    assert tells_what_to_write(candidate) is expected

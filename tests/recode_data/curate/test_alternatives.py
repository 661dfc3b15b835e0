from __future__ import annotations

from dataclasses import replace

import pytest

from recode_data.curate import best_of_each_snippet
from recode_data.records import DropReason, Replacement, Verified
from tests.making import make_candidate, make_change, make_verified

OLD = "import toy\nx = toy.load(1)\n"


def proved(new_code: str, new_api: str, score: float = 0.5, **fields: object) -> Verified:
    return make_verified(
        make_candidate(OLD, new_code, replacement=Replacement(new_api, (), score), **fields)
    )


READ = proved("import toy\nx = toy.read(1)\n", "toy.read")
DEEP = proved("import toy\nx = toy.io.read(1)\n", "toy.io.read", 0.9)
MORE = proved("import toy\nx = toy.read(1)\nx.check()\n", "toy.read", 0.9)


@pytest.mark.parametrize("order", [(READ, DEEP, MORE), (MORE, DEEP, READ)])
def test_the_least_edit_wins(order: tuple[Verified, ...]) -> None:
    kept, dropped = best_of_each_snippet(order)
    assert kept == [READ]
    assert {item.reason for item in dropped} == {DropReason.DUPLICATE}
    assert {item.candidate for item in dropped} == {DEEP.candidate, MORE.candidate}


def test_other_snippets_are_no_alternatives() -> None:
    other = replace(
        READ, candidate=replace(READ.candidate, old_code="import toy\ny = toy.load(2)\n")
    )
    assert best_of_each_snippet([READ, other]) == ([READ, other], [])


def test_one_program_has_one_answer_whatever_change_it_is_for() -> None:
    other = proved("import toy\nx = toy.get(1)\ny = 2\n", "toy.get", change=make_change("toy.x"))
    for order in ([READ, other], [other, READ]):
        kept, (dropped,) = best_of_each_snippet(order)
        assert (kept, dropped.candidate) == ([READ], other.candidate)


def test_a_longer_edit_by_the_shorter_path_wins() -> None:
    roundabout = proved("from toy.v2.inner import load as l\nx = l(1)\n", "toy.v2.inner.load", 0.9)
    short = proved("import toy as t\nwith t.options():\n    x = t.load(1, 2, 3)\n", "toy.load", 0.1)
    other = proved("import toy.b.c\nx = toy.b.c.get(1)\n", "toy.b.c.get")
    kept, _ = best_of_each_snippet([roundabout, short])
    assert kept == [short]
    kept, _ = best_of_each_snippet([other, short])
    assert kept == [other], "another name is no roundabout path"

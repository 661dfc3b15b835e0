from __future__ import annotations

import ast
import random
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache

import pytest

from recode_data.changes import find_changes
from recode_data.producers import PRODUCERS, first_tries, propose, worth_trying
from recode_data.producers.propose import FAMILY, FIRST_TRIES
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    Dropped,
    DropReason,
    ObjectKind,
    Producer,
    Replacement,
)
from recode_data.replacements import read_notes, with_replacements
from tests.making import make_candidate, make_change, make_usage, make_verified
from tests.surfaces import toylib_surface
from tests.toy_index import ExpectedChange, expected_changes, toylib_source
from tests.usage_sources import toylib_usages


@lru_cache(maxsize=1)
def toylib_changes() -> tuple[ApiChange, ...]:
    old, new = toylib_surface("1.0"), toylib_surface("2.0")
    return with_replacements(find_changes(old, new), old, new, {}, read_notes(toylib_source("2.0")))


@lru_cache(maxsize=1)
def toylib_candidates() -> tuple[Candidate, ...]:
    return tuple(propose(toylib_changes(), toylib_usages("1.0"), toylib_usages("2.0")))


NEEDS_MORE = {"removed": "only its error names the successor, and nothing was run"}
CHANGED = [
    item
    for item in expected_changes()
    if item.effect != "none" and item.kind not in {"behaviour", *NEEDS_MORE}
]


@pytest.mark.parametrize("item", CHANGED, ids=lambda item: item.kind)
def test_toy_library_has_candidates_for_every_change(item: ExpectedChange) -> None:
    assert [each for each in toylib_candidates() if each.change.old_api == item.old_api]


def test_toy_library_has_candidates_of_every_producer() -> None:
    assert {each.producer for each in toylib_candidates()} == {
        Producer.EVOLVED,
        Producer.FORWARD,
        Producer.BACKWARD,
    }


def test_candidates_are_code_that_differs_and_each_pair_of_codes_comes_once() -> None:
    pairs = [(each.old_code, each.new_code) for each in toylib_candidates()]
    assert len(set(pairs)) == len(pairs)
    assert len({each.key for each in toylib_candidates()}) == len(pairs)
    for old_code, new_code in pairs:
        assert ast.dump(ast.parse(old_code)) != ast.dump(ast.parse(new_code))


def test_order_depends_on_the_arguments_alone() -> None:
    changes, old, new = (
        list(toylib_changes()),
        list(toylib_usages("1.0")),
        list(toylib_usages("2.0")),
    )
    random.Random(0).shuffle(changes)
    assert tuple(propose(changes, old, new)) == toylib_candidates()


@pytest.mark.parametrize("seed", ["1", "2"])
def test_order_does_not_depend_on_the_hash_seed(seed: str) -> None:
    code = (
        "import tests.recode_data.producers.test_propose as t;"
        "print(*(each.key for each in t.toylib_candidates()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [each.key for each in toylib_candidates()]


READ = (Replacement("toy.read", (), 0.9),)


def test_change_that_repeats_another_at_a_class_adds_nothing() -> None:
    change = make_change(
        "toy.A.load",
        object_kind=ObjectKind.METHOD,
        replacements=(Replacement("toy.A.read", (), 0.9),),
    )
    repeat = replace(change, old_api="toy.B.load", alias_of="toy.A.load")
    usage = make_usage("x.load()\n", apis=("toy.A",))
    found = list(propose([change, repeat], [usage], []))
    assert {each.change.old_api for each in found} == {"toy.A.load"}


def test_same_codes_of_two_changes_are_one_candidate() -> None:
    changes = [
        make_change("toy.load", replacements=READ),
        make_change("toy.load", kind=ChangeKind.DEPRECATED, replacements=READ),
    ]
    usage = make_usage("import toy\n\nx = toy.load(1)\n")
    assert len(list(propose(changes, [usage], []))) == 1


def test_change_of_a_whole_family_gets_one_backward_candidate_each() -> None:
    def changes(count: int) -> list[ApiChange]:
        return [
            make_change(
                f"toy.m.f{n}",
                kind=ChangeKind.MOVED,
                new_api=f"toy.f{n}",
                replacements=(Replacement(f"toy.f{n}", (), 0.9),),
            )
            for n in range(count)
        ]

    usages = [
        make_usage(f"import toy\n\nx = toy.f0({n})\n", apis=("toy.f0", "toy.m"), source_line=n)
        for n in range(5)
    ]
    assert len(list(propose(changes(FAMILY), [], usages))) == 5
    assert len(list(propose(changes(FAMILY + 1), [], usages))) == 1


def numbered(api: str, count: int, **fields: object) -> list[Candidate]:
    return [
        make_candidate(f"import toy\nx = {api}({number})\n", change=make_change(api), **fields)
        for number in range(count)
    ]


def test_first_candidates_of_every_change_come_first() -> None:
    changes = [make_change(f"toy.f{name}", replacements=READ) for name in "ab"]
    usages = [
        make_usage(f"import toy\n\nx = toy.f{name}({number})\n", apis=(f"toy.f{name}",))
        for name in "ab"
        for number in range(3)
    ]
    found = [item.change.old_api for item in propose(changes, usages, [])]
    assert found == ["toy.fa", "toy.fb"] * 3


def test_more_is_tried_only_of_what_has_proved() -> None:
    good, bad = numbered("toy.f", FIRST_TRIES + 3), numbered("toy.g", FIRST_TRIES + 3)
    other = numbered("toy.f", FIRST_TRIES + 1, producer=Producer.BACKWARD)
    first, held = first_tries([*good, *bad, *other])
    assert [len(first), len(held)] == [3 * FIRST_TRIES, 3 + 3 + 1]
    outcomes = [
        make_verified(good[1]),
        *(Dropped(item, DropReason.NOTHING_CHANGED, "") for item in bad[:FIRST_TRIES]),
    ]
    assert worth_trying(held, outcomes) == good[FIRST_TRIES:]


def test_every_producer_has_a_test_file(request: pytest.FixtureRequest) -> None:
    names = {producer.__name__ for producer in PRODUCERS}
    assert {
        path.stem.removeprefix("test_") for path in request.path.parent.glob("test_*.py")
    } >= names

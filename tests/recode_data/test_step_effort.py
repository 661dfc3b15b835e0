"""Rounds of a build that takes few candidates: what is tried, in which order, and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from recode_data.records import Candidate, ChangeKind, Dropped, DropReason, Outcome, Verified
from recode_data.step_effort import (
    LOOK_BACK,
    MOST_OF_ONE_CHANGE,
    PROBED_AT_MOST,
    ROUND,
    proved_while_it_pays,
    worth_a_probe,
)
from recode_data.step_twins import FAILED_TWINS
from tests.making import make_candidate, make_change, make_pair, make_usage

PAIR = make_pair()


def candidates(api: str, count: int, start: int = 0) -> list[Candidate]:
    change = make_change(api)
    return [
        make_candidate(f"{api}({n})", f"new({n})", change=change)
        for n in range(start, start + count)
    ]


class Prover:
    """Proves what is told to hold, and writes down the rounds."""

    def __init__(self, holds: Callable[[Candidate], bool]) -> None:
        self.holds = holds
        self.rounds: list[list[str]] = []

    def __call__(self, tried: Sequence[Candidate]) -> tuple[Outcome, ...]:
        self.rounds.append([candidate.change.old_api for candidate in tried])
        return tuple(
            Verified(item, PAIR) if self.holds(item) else Dropped(item, DropReason.CRASHED, "")
            for item in tried
        )


def test_what_never_proves_is_soon_given_up() -> None:
    prove = Prover(lambda _: False)
    outcomes = proved_while_it_pays(candidates("m.a", 500), candidates("m.a", 9, 500), 400, prove)
    assert len(outcomes) == ROUND


def test_a_kind_that_never_proves_is_given_up_and_the_others_go_on() -> None:
    behaviour = make_change("m.a", kind=ChangeKind.BEHAVIOUR)
    barren = [make_candidate(f"m.a({n})", f"m.a({n}, 0)", change=behaviour) for n in range(500)]
    fertile = candidates("m.b", 500)
    prove = Prover(lambda item: item.change.kind is ChangeKind.REMOVED)
    mixed = [item for pair in zip(barren, fertile, strict=True) for item in pair]
    outcomes = proved_while_it_pays(mixed, [], 400, prove)
    tried = [item.candidate.change.kind for item in outcomes]
    assert tried.count(ChangeKind.BEHAVIOUR) == ROUND // 2
    assert tried.count(ChangeKind.REMOVED) == 400 - ROUND // 2


def test_a_kind_of_which_the_first_ones_fail_gets_a_second_chance() -> None:
    late = make_change("m.a", kind=ChangeKind.KEYWORD_ONLY)
    slow = [make_candidate(f"m.a({n})", f"m.a(x={n})", change=late) for n in range(200)]
    fertile = candidates("m.b", 200)
    prove = Prover(lambda item: item.change.kind is ChangeKind.REMOVED or slow.index(item) > 30)
    mixed = [item for pair in zip(slow, fertile, strict=True) for item in pair]
    outcomes = proved_while_it_pays(mixed, [], 400, prove)
    assert sum(item.candidate.change == late for item in outcomes) == 200


def test_a_patch_without_proofs_is_walked_through() -> None:
    first = candidates("m.a", 1000)
    prove = Prover(lambda item: first.index(item) < LOOK_BACK // 2 or first.index(item) > LOOK_BACK)
    assert len(proved_while_it_pays(first, [], 1000, prove)) == 1000


def test_what_has_no_chance_is_passed_over() -> None:
    first = candidates("m.a", 1000)
    odd = {item.old_code for number, item in enumerate(first) if number % 10}
    prove = Prover(lambda _: True)
    outcomes = proved_while_it_pays(
        first, first, 1000, prove, lambda item: item.old_code not in odd
    )
    tried = {item.candidate.old_code for item in outcomes}
    assert len(tried) == 100
    assert not tried & odd


def test_what_has_ceased_to_prove_is_given_up() -> None:
    first = candidates("m.a", 1000)
    prove = Prover(lambda item: first.index(item) < LOOK_BACK)
    tried = len(proved_while_it_pays(first, [], 1000, prove))
    assert LOOK_BACK < tried <= 2 * LOOK_BACK


def test_what_proves_goes_on_to_the_limit() -> None:
    prove = Prover(lambda _: True)
    first = [one for n in range(200) for one in candidates(f"m.f{n}", 1)]
    outcomes = proved_while_it_pays(first, [], ROUND + 10, prove)
    assert [item.candidate for item in outcomes] == first[: ROUND + 10]
    assert [len(tried) for tried in prove.rounds] == [ROUND, 10]


def test_half_of_a_round_goes_to_changes_that_have_proved() -> None:
    prove = Prover(lambda item: item.change.old_api == "m.good")
    first = [*candidates("m.good", 10), *candidates("m.bad", 400)]
    held = [*candidates("m.good", 300, 10), *candidates("m.bad", 300, 400)]
    proved_while_it_pays(first, held, 1000, prove)
    assert prove.rounds[0] == ["m.good"] * 10 + ["m.bad"] * (ROUND - 10)
    assert prove.rounds[1] == ["m.good"] * (ROUND // 2) + ["m.bad"] * (ROUND // 2)
    assert sum(tried.count("m.bad") for tried in prove.rounds) <= LOOK_BACK + ROUND
    assert sum(tried.count("m.good") for tried in prove.rounds) <= MOST_OF_ONE_CHANGE + ROUND // 2


def test_one_change_is_not_followed_for_ever() -> None:
    prove = Prover(lambda _: True)
    outcomes = proved_while_it_pays(
        candidates("m.good", 2), candidates("m.good", 900, 2), 900, prove
    )
    assert MOST_OF_ONE_CHANGE <= len(outcomes) <= MOST_OF_ONE_CHANGE + ROUND


def test_a_change_that_ceases_to_prove_ends_its_half_alone() -> None:
    prove = Prover(lambda item: item.old_code == "m.once(0)" or item.change.old_api == "m.good")
    first = [*candidates("m.once", 1), *[c for n in range(9) for c in candidates("m.good", 9)]]
    held = candidates("m.once", 500, 1)
    proved_while_it_pays(first, held, 1000, prove)
    assert sum(tried.count("m.once") for tried in prove.rounds) <= LOOK_BACK


@pytest.mark.parametrize(
    ("count", "limit", "probed"),
    [(1000, 400, PROBED_AT_MOST), (1000, 30, 60), (50, 400, 50), (0, 400, 0)],
)
def test_the_first_usages_are_probed(count: int, limit: int, probed: int) -> None:
    worth = [replace(make_usage(), code=f"f({number})") for number in range(count)]
    assert worth_a_probe(worth, limit) == worth[:probed]


def growing(api: str, count: int) -> list[Candidate]:
    """Programs of one tutorial: each is the one before it, with another value in one place."""
    body = "".join(f"value_{line} = make({line})\n" for line in range(20))
    return [
        make_candidate(f"{body}{api}({n})\n", f"{body}new({n})\n", change=make_change(api))
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("holds", "tried"), [(True, 1), (False, FAILED_TWINS)], ids=["proved", "in vain"]
)
@pytest.mark.parametrize("is_held", [False, True], ids=["first", "held"])
def test_of_twins_few_are_tried(holds: bool, tried: int, is_held: bool) -> None:
    other = candidates("m.seen", 1)
    prove = Prover(lambda item: holds or item in other)
    change = other[0].change if is_held else make_change("m.a")
    twins = [replace(item, change=change) for item in growing("m.a", 30)]
    first, held = (other, twins) if is_held else (twins, [])
    outcomes = proved_while_it_pays(first, held, 400, prove)
    assert len([item for item in outcomes if item.candidate in twins]) == tried
    assert all(len([api for api in done if api == change.old_api]) <= 1 for done in prove.rounds)


def test_twins_of_other_changes_and_other_answers_are_tried() -> None:
    one, *_ = growing("m.a", 1)
    answers = [replace(one, new_code=f"{one.new_code}print(1)\n"), one]  # the better one last
    others = [replace(one, change=make_change(f"m.f{n}")) for n in range(3)]
    outcomes = proved_while_it_pays([*answers, *others], [], 400, Prover(lambda _: True))
    assert [item.candidate for item in outcomes] == [*answers, *others]


@pytest.mark.parametrize(
    ("reason", "tried"), [(DropReason.OLD_FAILS_ON_OLD, 1), (DropReason.NOTHING_CHANGED, 5)]
)
def test_what_never_ran_is_not_tried_for_other_changes(reason: DropReason, tried: int) -> None:
    one, *_ = growing("m.a", 1)
    filler = [item for n in range(ROUND - 1) for item in candidates(f"m.f{n}", 1)]
    later = [replace(one, change=make_change(f"m.g{n}")) for n in range(4)]

    def prove(some: Sequence[Candidate]) -> tuple[Outcome, ...]:
        return tuple(
            Dropped(item, reason, "") if item.old_code == one.old_code else Verified(item, PAIR)
            for item in some
        )

    outcomes = proved_while_it_pays([one, *filler, *later], [], 400, prove)
    assert sum(item.candidate.old_code == one.old_code for item in outcomes) == tried


@pytest.mark.parametrize(
    ("path", "first", "tried"),
    [
        ("m.fetch", ["m.fetch(1)", "m.fetch(2)"], 2),
        ("m.fetch", ["m.fetch(1)"], 9),
        ("m.fetch", ["m.fetch(1)", "m.fetch(2)", "m.there(m.fetch)"], 9),
        ("m.other", ["m.fetch(1)", "m.fetch(2)"], 9),
        ("", ["m.fetch(1)", "m.fetch(2)"], 9),
    ],
    ids=["twice", "once", "not by another", "of another", "unknown"],
)
def test_what_needs_a_network_is_not_asked_for_often(
    path: str, first: list[str], tried: int
) -> None:
    def ask(text: str) -> Candidate:
        return make_candidate(f"import m\n{text}", "0", change=make_change(f"m.{len(text)}"))

    told = [ask(text) for text in first]
    later = [ask(f"m.f{'x' * n}(m.fetch({n}))") for n in range(9 - len(first))]
    filler = [item for n in range(ROUND - len(told)) for item in candidates(f"m.g{n}", 1)]

    def prove(some: Sequence[Candidate]) -> tuple[Outcome, ...]:
        return tuple(
            Dropped(item, DropReason.NEEDS_NETWORK, path)
            if "m.fetch(" in item.old_code
            else Verified(item, PAIR)
            for item in some
        )

    outcomes = proved_while_it_pays([*told, *filler, *later], [], 400, prove)
    assert sum("m.fetch" in item.candidate.old_code for item in outcomes) == tried


@pytest.mark.parametrize("holds", [True, False], ids=["proved", "in vain"])
@pytest.mark.parametrize("is_apart", [True, False], ids=["rounds apart", "side by side"])
@pytest.mark.parametrize("is_better_first", [True, False])
def test_a_lesser_answer_is_tried_before_the_better_one_is_proved_alone(
    is_better_first: bool, is_apart: bool, holds: bool
) -> None:
    better, *_ = growing("m.a", 1)
    lesser = replace(better, new_code=f"{better.new_code}print(1)\n")
    filler = [item for n in range(ROUND) for item in candidates(f"m.f{n}", 1)] if is_apart else []
    one, other = (better, lesser) if is_better_first else (lesser, better)
    prove = Prover(lambda item: item != better or holds)
    outcomes = proved_while_it_pays([one, *filler, other], [], 400, prove)
    tried = [item.candidate for item in outcomes if item.candidate in (better, lesser)]
    assert tried == ([better] if is_better_first and holds else [one, other])

"""How far a step of a catalog is followed: in rounds, for as long as they give something.

Steps differ by a hundredfold in what they hold. The same number of tries for each would cut NumPy
2.0 short and spend most of the time on releases in which nothing broke.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from recode_data.producers import worth_trying
from recode_data.records import Candidate, ChangeKind, Outcome, Usage, Verified
from recode_data.step_twins import Twins

ROUND = 48
"""Candidates between two looks at what they gave."""
LOOK_BACK = 144
"""Candidates that are looked at: proofs come in patches, and what a step costs before its first proof
is worth more than a few rounds."""
LEAST_TRIED = 72
"""Before the first judgement: most steps hold nothing, and end here."""
LEAST_PROVED = 0.035
"""Of the candidates that are looked at, or the search for more of the kind ends."""
TRIED_OF_KIND = 48
TRIED_OF_BEHAVIOUR = 24
"""Candidates of one kind of change before the first judgement of it: of 2,270 tries of another behaviour
3 in 100 proved, of 1,272 of what had moved a half. With 24 for every kind, a pandas step gave all of what
became keyword-only up, of which 100 were to prove, for its first ones."""
PROBED_PER_CANDIDATE = 2
PROBED_AT_MOST = 96
"""Of 1,900 proofs of 15 steps, six were of changes that a probe had found; where it went on to 384 usages,
it took scikit-learn 0.24.2 to 1.0.2 a minute and a half."""
MOST_OF_ONE_CHANGE = 75
"""Proved candidates of one change after which no more of it are tried."""


def worth_a_probe(worth: Sequence[Usage], limit: int) -> Sequence[Usage]:
    """The usages to probe, where the step may take so many candidates.

    Args:
        worth: Usages, those first that show what few others do.
        limit: Candidates that the step may take.
    """
    return worth[: min(limit * PROBED_PER_CANDIDATE, PROBED_AT_MOST)]


def proved_while_it_pays(
    first: Sequence[Candidate],
    held: Sequence[Candidate],
    limit: int,
    prove: Callable[[Sequence[Candidate]], tuple[Outcome, ...]],
    has_a_chance: Callable[[Candidate], bool] = lambda candidate: True,
) -> tuple[Outcome, ...]:
    """Outcomes of the candidates that were tried, at most `limit`.

    Half of each round goes to changes that have proved before, half to the others; where too few of
    the last ones of a half proved, no more of it are tried, nor are further changes of a kind of
    which too few proved. Twins of what was tried are passed over,
    and no round holds two (see `step_twins.py`). The same candidates give the same rounds.

    Args:
        first: Candidates to be tried in any case, most promising first.
        held: Further ones of the same changes.
        limit: Most candidates.
        prove: One outcome per candidate, in their order.
        has_a_chance: What else is passed over, and speaks for nothing.
    """
    waiting, reserve, twins = list(first), list(held), Twins()
    outcomes: list[Outcome] = []
    of_more: list[Outcome] = []
    of_fresh: list[Outcome] = []
    while len(outcomes) < limit:
        room = min(ROUND, limit - len(outcomes))
        open_ones = _of_open_changes(worth_trying(reserve, outcomes), outcomes)
        most = max(room // 2, room - len(waiting))
        more, left = _first(open_ones, most, (), twins, has_a_chance)
        fresh, waiting = _first(waiting, room - len(more), more, twins, has_a_chance)
        if not more and not fresh:
            break
        found = prove([*more, *fresh])
        outcomes += found
        twins.learn(found)
        gone = {candidate.key for candidate in open_ones} - {candidate.key for candidate in left}
        reserve = [candidate for candidate in reserve if candidate.key not in gone]
        of_more += found[: len(more)]
        of_fresh += found[len(more) :]
        if not _pays(of_more):
            reserve = []
        if not _pays(of_fresh):
            waiting = []
        spent = _kinds_that_do_not_pay(outcomes)
        waiting = [candidate for candidate in waiting if candidate.change.kind not in spent]
    return tuple(outcomes)


def _first(
    candidates: Sequence[Candidate],
    count: int,
    beside: Sequence[Candidate],
    twins: Twins,
    has_a_chance: Callable[[Candidate], bool],
) -> tuple[list[Candidate], list[Candidate]]:
    """The first ones that have a chance, no two of them alike nor like one of `beside`; and what is
    left: those that were put off for that, and all behind the last one."""
    found: list[Candidate] = []
    put_off: list[Candidate] = []
    for number, candidate in enumerate(candidates):
        if len(found) == count:
            return found, [*put_off, *candidates[number:]]
        if twins.tell_of(candidate) or not has_a_chance(candidate):
            continue
        if twins.are_among(candidate, [*beside, *found]):
            put_off.append(candidate)
        else:
            found.append(candidate)
    return found, put_off


def _of_open_changes(
    candidates: Sequence[Candidate], outcomes: Sequence[Outcome]
) -> list[Candidate]:
    """Candidates of changes that have not been proved often enough."""
    counts = Counter(item.candidate.change.key for item in outcomes if isinstance(item, Verified))
    return [item for item in candidates if counts[item.change.key] < MOST_OF_ONE_CHANGE]


def _kinds_that_do_not_pay(outcomes: Sequence[Outcome]) -> set[ChangeKind]:
    by_kind: dict[ChangeKind, list[Outcome]] = defaultdict(list)
    for item in outcomes:
        by_kind[item.candidate.change.kind].append(item)
    return {kind for kind, tried in by_kind.items() if not _pays(tried, _tried_before(kind))}


def _tried_before(kind: ChangeKind) -> int:
    return TRIED_OF_BEHAVIOUR if kind is ChangeKind.BEHAVIOUR else TRIED_OF_KIND


def _pays(outcomes: Sequence[Outcome], least_tried: int = LEAST_TRIED) -> bool:
    seen = outcomes[-LOOK_BACK:]
    proved = sum(isinstance(item, Verified) for item in seen)
    return len(seen) < least_tried or proved >= LEAST_PROVED * len(seen)

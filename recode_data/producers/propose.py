"""All candidates of one version step."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice

from recode_data.producers.backward import backward
from recode_data.producers.completing import changed_parameters, gone_paths
from recode_data.producers.composed import composed
from recode_data.producers.control import control
from recode_data.producers.evolved import evolved
from recode_data.producers.forward import forward
from recode_data.producers.learned import learned
from recode_data.producers.paths import against_advice, takes_up_private
from recode_data.producers.proposals import StepUsages, step_usages
from recode_data.producers.touching import MOST_USAGES
from recode_data.producers.unexplained import is_suspicion, only_numbers_differ
from recode_data.records import ApiChange, Candidate, ChangeKind, Outcome, Usage, Verified
from recode_data.rewrites.members import changes_member

PRODUCERS: tuple[Callable[[ApiChange, StepUsages], Iterator[Candidate]], ...] = (
    evolved,
    learned,
    forward,
    backward,
)
"""In order of how much the library's own authors had a hand in the pair."""
BREAKS_ALL = frozenset(
    {
        ChangeKind.REMOVED,
        ChangeKind.RENAMED,
        ChangeKind.MOVED,
        ChangeKind.PARAMETER_REMOVED,
        ChangeKind.PARAMETER_RENAMED,
    }
)
"""What breaks every use; a new default, for one, shows only where it meets the right values."""
FAMILY = 20
"""More members than this to which the same happened: it happened to the module."""
FOLLOWING = 1
"""Backward candidates of a change that follows from another: a deprecated module has hundreds of
members, and each can be written into every example."""
FIRST_TRIES = 4
"""Candidates of one producer for one change that are tried in any case. Where none of them proves,
the others are not tried: verification costs most of a build, and most changes prove never."""
MOST_ATTEMPTS = 20_000
"""Usages that one producer looks at for all changes of a step, about a millisecond each; SQLAlchemy
2.0 has 13,000 changes, most of them of members that hundreds of usages seem to use."""
_NAME = re.compile(r"[A-Za-z_]\w*")
LEAST_USAGES = 8
"""Looked at for a change in any case."""
FAMILY_BACKWARD = 40
"""Members of one family that get a backward candidate: more rows of the kind `np.core.x` -> `np.x`
would teach nothing new and outweigh all else."""


def propose(
    changes: Sequence[ApiChange], old_usages: Sequence[Usage], new_usages: Sequence[Usage]
) -> Iterator[Candidate]:
    """Candidates of all changes, each once, in an order that depends on the arguments alone.

    The first candidates of each producer for each change come first, then the second ones, and so
    on, so that a beginning of them covers as many changes as it can. Nothing here is proved: many
    candidates will be dropped, and that is what verification is for.
    """
    ranked = _ranked(changes, old_usages, new_usages)
    return (item for _, item in sorted(ranked, key=lambda entry: entry[0]))


def promising_first(
    candidates: Sequence[Candidate], broken: Mapping[str, Collection[str]], clean: Collection[str]
) -> list[Candidate]:
    """The candidates, those first that are likeliest to show an effect: for a build that takes few.

    Args:
        candidates: in the order of `propose`, which stays among equals.
        broken: what the probe saw the new version say, by old code that broke or warned there.
        clean: old codes that showed neither.
    """

    def rank(candidate: Candidate) -> int:
        said = broken.get(candidate.old_code)
        if said is not None:
            return 0 if any(_is_named(candidate, message) for message in said) else 2
        if candidate.old_code in clean:
            return 4
        return 1 if candidate.change.kind in BREAKS_ALL else 3

    return sorted(candidates, key=rank)


def _is_named(candidate: Candidate, message: str) -> bool:
    """Whether what the new version says has the name that one of the changes is about; where it has
    not, the snippet breaks at something else first."""
    words = set(_NAME.findall(message))
    changes = (candidate.change, *(item.change for item in candidate.further))
    return any(
        (change.parameter or change.old_api.rpartition(".")[2]) in words for change in changes
    )


def first_tries(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """The first few candidates of each producer for each change, and all others."""
    counts: Counter[tuple[str, str]] = Counter()
    first: list[Candidate] = []
    held: list[Candidate] = []
    for candidate in candidates:
        key = (candidate.change.key, candidate.producer.value)
        counts[key] += 1
        (first if counts[key] <= FIRST_TRIES else held).append(candidate)
    return first, held


def worth_trying(held: Sequence[Candidate], outcomes: Sequence[Outcome]) -> list[Candidate]:
    """Of the candidates held back, those whose change and producer have proved at least once."""
    promising = {
        (item.candidate.change.key, item.candidate.producer)
        for item in outcomes
        if isinstance(item, Verified)
    }
    return [item for item in held if (item.change.key, item.producer) in promising]


def _ranked(
    changes: Sequence[ApiChange], old_usages: Sequence[Usage], new_usages: Sequence[Usage]
) -> Iterator[tuple[int, Candidate]]:
    """Each candidate with its place among those of its producer and change."""
    usages = step_usages(tuple(old_usages), tuple(new_usages))
    ordered = sorted(
        (change for change in changes if not _repeats_another(change)),
        key=lambda change: (*_commonness(change, usages), change.key),
    )
    follows = _following(ordered)
    usages.gone = gone_paths(ordered)
    usages.parameters = changed_parameters(ordered)
    seen: set[tuple[str, str]] = set()
    shares: Counter[tuple[str, ...]] = Counter()
    for producer in PRODUCERS:
        usages.looked_at = 0
        for number, change in enumerate(ordered):
            share = (MOST_ATTEMPTS - usages.looked_at) // (len(ordered) - number)
            usages.most = max(LEAST_USAGES, min(MOST_USAGES, share))
            place = 0
            found = producer(change, usages)
            if producer is backward and follows[change.key]:
                allowed = FOLLOWING if shares[_family(change)] < FAMILY_BACKWARD else 0
                found = islice(found, allowed)
            for candidate in found:
                codes = (candidate.old_code, candidate.new_code)
                if candidate.old_code == candidate.new_code:
                    continue
                if takes_up_private(*codes) or against_advice(change, *codes):
                    continue
                if change.kind is ChangeKind.BEHAVIOUR and only_numbers_differ(*codes):
                    continue
                if codes not in seen:
                    seen.add(codes)
                    shares[_family(change)] += producer is backward
                    yield place, candidate
                    place += 1


def propose_further(proved: Sequence[Verified], old_usages: Sequence[Usage]) -> Iterator[Candidate]:
    """Candidates that rest on proved pairs: composed programs, then controls."""
    yield from composed(proved)
    yield from control(proved, StepUsages(old_usages, ()))


def _repeats_another(change: ApiChange) -> bool:
    """Usages show a member's name, not its class: what repeats at another class adds nothing."""
    return change.alias_of is not None and changes_member(change)


def _following(changes: Sequence[ApiChange]) -> dict[str, bool]:
    """By key: whether a change only follows from another one.

    Either one of what it aliases or belongs to, or, where the same happened to many members of a
    module, one of the module that the library's surface does not show.
    """
    changed = {change.old_api for change in changes if change.parameter is None}
    families = Counter(_family(change) for change in changes)
    return {
        change.key: change.alias_of is not None
        or not changed.isdisjoint(_owners(change.old_api))
        or families[_family(change)] > FAMILY
        for change in changes
    }


def _family(change: ApiChange) -> tuple[str, str, str, str]:
    """What changes of one module have in common where the same happened to each of them."""
    owner, _, name = change.old_api.rpartition(".")
    new_owner = (change.new_api or "").rpartition(".")[0]
    return change.kind.value, owner, new_owner, change.message.replace(name, "")


def _owners(path: str) -> Iterator[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _commonness(change: ApiChange, usages: StepUsages) -> tuple[bool, bool, int]:
    """The change that a snippet is most likely about comes first, and gets it; suspicions last."""
    owner = change.old_api.rpartition(".")[0] if changes_member(change) else change.old_api
    common = len(usages.old.touching(owner))
    return is_suspicion(change), change.alias_of is not None, -common

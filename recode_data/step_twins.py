"""Candidates that are nearly one that was tried, and lesser answers to what has a better one: curation
would drop their rows.

A tutorial gives a program for each of its statements, and every one of them holds what came before:
of 128 proofs of matplotlib 3.7.5 to 3.9.2, 48 were of one example of `boxplot`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel

from recode_data.curate.alternatives import is_lesser
from recode_data.curate.deduplicate import NEAR_DUPLICATE_SIMILARITY, TokenAlphabet
from recode_data.records import Candidate, Dropped, DropReason, Outcome, Verified
from recode_data.references import find_references

NEVER_RAN = frozenset({DropReason.OLD_FAILS_ON_OLD, DropReason.NEEDS_NETWORK})
FAILED_TWINS = 2
"""That were tried in vain, before a third one is not."""


@dataclass(frozen=True, slots=True)
class _Tried:
    text: str
    candidate: Candidate
    is_proved: bool


class Twins:
    """What was tried of each change, as text to compare with."""

    def __init__(self) -> None:
        self._alphabet = TokenAlphabet()
        self._texts: dict[str, str] = {}
        self._tried: dict[str, list[_Tried]] = defaultdict(list)
        self._never_ran: set[str] = set()
        self._need_network: Counter[str] = Counter()
        self._ran: set[str] = set()

    def learn(self, outcomes: Iterable[Outcome]) -> None:
        """These were tried."""
        for outcome in outcomes:
            candidate = outcome.candidate
            tried = _Tried(self._text_of(candidate), candidate, isinstance(outcome, Verified))
            self._tried[candidate.change.key].append(tried)
            if not isinstance(outcome, Dropped) or outcome.reason not in NEVER_RAN:
                self._ran.update(_paths(candidate.old_code))
            elif candidate.old_code not in self._never_ran:
                self._never_ran.add(candidate.old_code)
                if outcome.reason is DropReason.NEEDS_NETWORK and outcome.detail:
                    self._need_network[outcome.detail] += 1

    def tell_of(self, candidate: Candidate) -> bool:
        """Whether the candidate would add nothing: a twin is proved, or some were not, or a better
        answer to the same old code is, or its old code is known not to run at all.

        What several programs could not get from the network, and none got, no other one gets: to find
        that out takes three seconds, which scikit-learn spends on further tries.

        Another answer to the same old code is no twin: where the better one fails, it is tried.
        """
        if candidate.old_code in self._never_ran or self._asks_the_network(candidate.old_code):
            return True
        text = self._text_of(candidate)
        failed = 0
        for tried in self._tried.get(candidate.change.key, ()):
            if tried.candidate.old_code == candidate.old_code:
                if tried.is_proved and is_lesser(candidate, tried.candidate):
                    return True
            elif _are_alike(text, tried.text):
                failed += 1
                if tried.is_proved or failed >= FAILED_TWINS:
                    return True
        return False

    def _asks_the_network(self, code: str) -> bool:
        asking = {
            path
            for path, count in self._need_network.items()
            if count >= FAILED_TWINS and path not in self._ran
        }
        return bool(asking) and not asking.isdisjoint(_paths(code))

    def are_among(self, candidate: Candidate, others: Sequence[Candidate]) -> bool:
        """Whether one of the others is a twin of the candidate, or a better answer."""
        text = self._text_of(candidate)
        return any(
            is_lesser(candidate, other)
            if other.old_code == candidate.old_code
            else _are_alike(text, self._text_of(other))
            for other in others
            if other.change.key == candidate.change.key
        )

    def _text_of(self, candidate: Candidate) -> str:
        text = self._texts.get(candidate.key)
        if text is None:
            text = self._alphabet.write_pair(candidate.old_code, candidate.new_code)
            self._texts[candidate.key] = text
        return text


def _are_alike(one: str, other: str) -> bool:
    return (
        Indel.normalized_similarity(one, other, score_cutoff=NEAR_DUPLICATE_SIMILARITY)
        >= NEAR_DUPLICATE_SIMILARITY
    )


@lru_cache(maxsize=4096)
def _paths(code: str) -> frozenset[str]:
    try:
        return frozenset(reference.path for reference in find_references(code))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()

"""Composed: two proved pairs of one version step as one longer program, to be proved again.

Real programs meet several changes at once. Changes are composed within small groups only, so that
splits by change can keep together what a composed row joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from recode_data.producers.joining import collisions, joined
from recode_data.records import (
    Candidate,
    FurtherChange,
    Producer,
    Verified,
    content_id,
)

GROUP = 4
"""Changes that may meet each other; a larger group would pull too many rows into one split."""
SHARE = 3
"""One composed candidate for so many proved pairs: a quarter of the rows may be composed."""
MOST_CHARACTERS = 1500
"""Of the joined old code."""
LEAST_CHARACTERS = 60
"""Of either part: two one-liners make no program."""


def composed(proved: Sequence[Verified]) -> Iterator[Candidate]:
    """Candidates of two pairs with different changes, in an order that depends on content alone."""
    by_change: dict[str, list[Verified]] = defaultdict(list)
    for item in proved:
        if len(item.candidate.old_code) >= LEAST_CHARACTERS:
            by_change[item.candidate.change.key].append(item)
    keys = sorted(by_change, key=lambda key: content_id("composed", key))
    left = len(proved) // SHARE
    rounds = max((len(items) for items in by_change.values()), default=0)
    for number in range(rounds):
        for start in range(0, len(keys), GROUP):
            group = keys[start : start + GROUP]
            for first, second in pairwise(group):
                candidate = _pair(by_change[first], by_change[second], number)
                if candidate is not None and left > 0:
                    left -= 1
                    yield candidate
        if left <= 0:
            return


def _pair(firsts: Sequence[Verified], seconds: Sequence[Verified], number: int) -> Candidate | None:
    """The number-th pair of each change, joined; None where neither has so many, or they do not join.

    The change with fewer pairs gives them again, each time to another program.
    """
    if number >= max(len(firsts), len(seconds)):
        return None
    first, second = (
        sorted(items, key=lambda item: item.candidate.key)[number % len(items)].explained
        for items in (firsts, seconds)
    )
    if first.usage.release != second.usage.release:
        return None  # the two licences and sources of a row are those of one release
    renamed = collisions(first.old_code, second.old_code)
    others = collisions(first.new_code, second.new_code)
    if renamed is None or others is None:
        return None
    renamed = {**others, **renamed}
    old_code = joined(first.old_code, second.old_code, renamed)
    new_code = joined(first.new_code, second.new_code, renamed)
    if old_code is None or new_code is None or len(old_code) > MOST_CHARACTERS:
        return None
    return Candidate(
        first.change,
        old_code,
        new_code,
        Producer.COMPOSED,
        first.usage,
        first.replacement,
        (FurtherChange(second.change, second.replacement),),
    )

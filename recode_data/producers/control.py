"""Control: usages that need no edit, each shown with the note of a change that it does not meet.

They measure and train against needless rewriting, so near misses come first: code that uses what
replaces the changed API already, then code of the same module.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from recode_data.producers.proposals import StepUsages
from recode_data.producers.touching import diverse
from recode_data.records import (
    ApiChange,
    Candidate,
    Producer,
    Usage,
    Verified,
    content_id,
)
from recode_data.rewrites.members import leads_to_member
from recode_data.verify.influence import touching_lines

SHARE = 5
"""One control candidate for so many proved pairs: three in four hold, one of these in four is like
another row, and a tenth of all rows, composed ones too, may be kept."""
LEAST_CHARACTERS = 60
"""Shorter snippets say nothing about restraint."""


def control(proved: Sequence[Verified], usages: StepUsages) -> Iterator[Candidate]:
    """Candidates whose new code is their old code; each usage once, changes in a mixed order."""
    changes = {item.candidate.change.key: item for item in proved}
    changed = {item.candidate.change.old_api for item in proved}
    taken: set[str] = set()
    left = len(proved) // SHARE
    waiting = deque(sorted(changes.values(), key=_mixed))
    while waiting and left > 0:
        item = waiting.popleft()
        usage = _near_miss(item, usages, changed, taken)
        if usage is None:
            continue
        waiting.append(item)
        taken.add(usage.code)
        left -= 1
        candidate = item.explained
        yield Candidate(
            candidate.change,
            usage.code,
            usage.code,
            Producer.CONTROL,
            usage,
            candidate.replacement,
        )


def _mixed(item: Verified) -> str:
    return content_id("control", item.candidate.change.key)


def _near_miss(
    item: Verified, usages: StepUsages, changed: set[str], taken: set[str]
) -> Usage | None:
    change = item.candidate.change
    for path in _neighbours(item):
        is_member = path != path.partition(".")[0] and leads_to_member(change, path)
        for usage in diverse(usages.old.touching(path, is_member=is_member)):
            if (
                len(usage.code) >= LEAST_CHARACTERS
                and usage.code not in taken
                and changed.isdisjoint(usage.apis)
                and not _touches(usage.code, change)
            ):
                return usage
    return None


def _neighbours(item: Verified) -> Iterator[str]:
    change, replacement = item.candidate.change, item.candidate.replacement
    if replacement is not None and replacement.new_api != change.old_api:
        yield replacement.new_api
    owner = change.old_api.rpartition(".")[0]
    while owner:
        yield owner
        owner = owner.rpartition(".")[0]


def _touches(code: str, change: ApiChange) -> bool:
    try:
        return bool(touching_lines(code, change))
    except (SyntaxError, ValueError, RecursionError):
        return True

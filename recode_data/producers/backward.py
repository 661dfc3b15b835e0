"""Backward: a new usage of a replacement, rewritten to the way that the old version had.

The plentiful producer: new documentation shows the replacement, not the removed thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recode_data.producers.proposals import StepUsages, proposals
from recode_data.records import ApiChange, Candidate, ChangeKind, Producer
from recode_data.rewrites import unwrite
from recode_data.rewrites.members import changes_member, leads_to_member

CANDIDATES_PER_CHANGE = 30
"""As for forward."""


def _is_told_of_nowhere(change: ApiChange, usages: StepUsages) -> bool:
    """Whether an argument was removed that no example passes: to write its default into calls would
    give code that nobody has, and a migration that teaches nothing."""
    name = change.parameter
    if name is None or change.kind not in (ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED):
        return False
    passed = re.compile(rf"\b{re.escape(name)}\s*=(?!=)")
    telling = usages.old.telling(change.old_api, is_member=changes_member(change))
    return not any(passed.search(usage.code) for usage in telling)


def backward(change: ApiChange, usages: StepUsages) -> Iterator[Candidate]:
    """Candidates of one change, best replacement first, its usages from different files first."""
    count = 0
    if _is_told_of_nowhere(change, usages):
        return
    for replacement in proposals(change):
        is_member = leads_to_member(change, replacement.new_api)
        if change.parameter is not None:
            is_member = changes_member(change)
        for usage in usages.some(usages.new.telling(replacement.new_api, is_member=is_member)):
            old_code = unwrite(usage.code, change, replacement)
            if old_code is None:
                continue
            yield Candidate(change, old_code, usage.code, Producer.BACKWARD, usage, replacement)
            count += 1
            if count >= CANDIDATES_PER_CHANGE:
                return

"""Forward: an old usage, rewritten by what replaces the changed API."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.producers.completing import completed, with_other_parameters
from recode_data.producers.proposals import StepUsages, proposals
from recode_data.records import ApiChange, Candidate, Producer
from recode_data.rewrites import rewrite
from recode_data.rewrites.members import changes_member

CANDIDATES_PER_CHANGE = 30
"""Verification costs most of a build; more of one change would be dropped when curated."""


def forward(change: ApiChange, usages: StepUsages) -> Iterator[Candidate]:
    """Candidates of one change, usage by usage, best replacement first."""
    replacements = proposals(change)
    if not replacements:
        return
    count = 0
    for usage in usages.some(usages.old.telling(change.old_api, is_member=changes_member(change))):
        for replacement in replacements:
            new_code = rewrite(usage.code, change, replacement)
            if new_code is None:
                continue
            new_code, others = with_other_parameters(new_code, change, usages.parameters)
            whole = completed(usage.code, new_code, change, usages.gone)
            if whole is None:
                continue
            new_code, further = whole[0], (*others, *whole[1])
            yield Candidate(
                change, usage.code, new_code, Producer.FORWARD, usage, replacement, further
            )
            count += 1
            if count >= CANDIDATES_PER_CHANGE:
                return

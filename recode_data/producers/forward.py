"""Forward: an old usage, rewritten by what replaces the changed API."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.producers.completing import completed, with_other_parameters
from recode_data.producers.proposals import StepUsages, proposals, shown_before
from recode_data.producers.whole_module import with_module_replaced
from recode_data.records import ApiChange, Candidate, FurtherChange, Producer, Replacement
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
    found = usages.old.telling(
        change.old_api, is_member=changes_member(change), any_of=shown_before(change)
    )
    for usage in usages.some(found):
        for replacement in replacements:
            for new_code, further in _rewritten(usage.code, change, replacement, usages):
                yield Candidate(
                    change, usage.code, new_code, Producer.FORWARD, usage, replacement, further
                )
                count += 1
                if count >= CANDIDATES_PER_CHANGE:
                    return


def _rewritten(
    code: str, change: ApiChange, replacement: Replacement, usages: StepUsages
) -> Iterator[tuple[str, tuple[FurtherChange, ...]]]:
    """New codes, the least edit first, and what they meet besides the change."""
    aliased = with_module_replaced(code, change, replacement, usages.gone)
    if aliased is not None:
        yield aliased, ()
    new_code = rewrite(code, change, replacement)
    if new_code is None:
        return
    new_code, others = with_other_parameters(new_code, change, usages.parameters)
    whole = completed(code, new_code, change, usages.gone)
    if whole is not None:
        yield whole[0], (*others, *whole[1])

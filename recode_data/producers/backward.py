"""Backward: a new usage of a replacement, rewritten to the way that the old version had.

The plentiful producer: new documentation shows the replacement, not the removed thing.
"""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.producers.proposals import StepUsages, proposals, shown_after
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    ObjectKind,
    Producer,
    Replacement,
)
from recode_data.rewrites import unwrite
from recode_data.rewrites.members import changes_member, leads_to_member

CANDIDATES_PER_CHANGE = 30
"""As for forward."""


def _is_of_interest(change: ApiChange, usages: StepUsages) -> bool:
    """Whether users meet it: a helper in a module that none of the documentation takes anything from
    is an inner one, and to write it into examples would give code that nobody has.

    Members are met on values, whatever module their class is made in.
    """
    module = change.old_api.rpartition(".")[0]
    return changes_member(change) or not usages.documented or module in usages.documented


def _only_adds_a_default(change: ApiChange, replacement: Replacement) -> bool:
    """Whether the old way would be the new one with a default written out, as nobody does."""
    return (
        change.kind in (ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED)
        and change.parameter is not None
        and replacement.new_api == change.old_api
        and replacement.new_parameter is None
    )


def _holds_more(change: ApiChange, replacement: Replacement) -> bool:
    """Whether the successor is a package around the old module: not all that it has was there.

    What was has changes of its own.
    """
    is_module = change.object_kind is ObjectKind.MODULE
    return is_module and change.old_api.startswith(f"{replacement.new_api}.")


def backward(change: ApiChange, usages: StepUsages) -> Iterator[Candidate]:
    """Candidates of one change, best replacement first, its usages from different files first."""
    count = 0
    if not _is_of_interest(change, usages):
        return
    for replacement in proposals(change):
        if _only_adds_a_default(change, replacement) or _holds_more(change, replacement):
            continue
        is_member = leads_to_member(change, replacement.new_api)
        if change.parameter is not None:
            is_member = changes_member(change)
        found = usages.new.telling(
            replacement.new_api, is_member=is_member, any_of=shown_after(change, replacement)
        )
        for usage in usages.some(found):
            old_code = unwrite(usage.code, change, replacement)
            if old_code is None:
                continue
            yield Candidate(change, old_code, usage.code, Producer.BACKWARD, usage, replacement)
            count += 1
            if count >= CANDIDATES_PER_CHANGE:
                return

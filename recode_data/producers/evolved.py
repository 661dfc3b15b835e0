"""Evolved: the same documented example in both versions, where its authors changed it.

Examples are the same where they come from a file of the same name and most of their text agrees.
Needs no replacement: what the authors wrote instead is the proposal.
"""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.producers.hunks import differs_at, least_edit
from recode_data.producers.proposals import StepUsages
from recode_data.producers.unexplained import is_suspicion
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    Evidence,
    EvidenceKind,
    Producer,
    Replacement,
    Usage,
)
from recode_data.references import taken_up
from recode_data.rewrites.members import changes_member

CANDIDATES_PER_CHANGE = 30

_API_STAYS = frozenset({ChangeKind.KIND_CHANGED, ChangeKind.RETURN_CHANGED, ChangeKind.BEHAVIOUR})
_NO_OLD_WAY = frozenset({ChangeKind.ADDED, ChangeKind.PARAMETER_ADDED, ChangeKind.UNDEPRECATED})


def evolved(change: ApiChange, usages: StepUsages) -> Iterator[Candidate]:
    """Candidates of one change: old code touches it, the new form of the same example does not.

    Where the API stays and something about it changed, both may touch it: the codes differ.
    """
    if change.kind in _NO_OLD_WAY:
        return
    is_member = changes_member(change)
    touching_old = usages.old.telling(change.old_api, is_member=is_member)
    if not touching_old.first(1):
        return
    name = change.old_api.rpartition(".")[2]
    goes = change.parameter is None and change.kind not in _API_STAYS
    touching_new = usages.new.touching(change.old_api) if goes else ()
    still_touching = {usage.code for usage in touching_new}
    found = 0
    for usage in usages.some(touching_old):
        later = usages.later(usage)
        if later is None or later.code in still_touching:
            continue
        if goes and is_member and usages.new.has_member(later.code, name):
            continue
        if is_suspicion(change) and not differs_at(usage.code, later.code, change):
            continue
        for new_code in _edits(usage.code, later.code, change):
            successor = _successor(usage, new_code, change)
            yield Candidate(change, usage.code, new_code, Producer.EVOLVED, usage, successor)
        found += 1
        if found >= CANDIDATES_PER_CHANGE:
            return


def _edits(old_code: str, later_code: str, change: ApiChange) -> Iterator[str]:
    """The least edit that the change calls for, and all that the authors did."""
    least = least_edit(old_code, later_code, change)
    if least is not None:
        yield least
    yield later_code


def _successor(usage: Usage, new_code: str, change: ApiChange) -> Replacement | None:
    """What the new code uses and the old one did not, where that is one thing of the library."""
    library = change.old_api.partition(".")[0]
    paths = [path for path in taken_up(usage.code, new_code) if path.partition(".")[0] == library]
    if len(paths) != 1 or change.parameter is not None:
        return None
    evidence = Evidence(EvidenceKind.EVOLUTION, f"{usage.source_file} of the new version uses it")
    return Replacement(paths[0], (evidence,), 0.8)

"""Whether a proved row's note and its edit belong together: else it teaches the wrong thing."""

from __future__ import annotations

from recode_data.curate.besides import besides
from recode_data.curate.describe import changes_of
from recode_data.curate.instead import all_keywords, instead, uses_of
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    DropReason,
    EvidenceKind,
    FurtherChange,
    Producer,
    Replacement,
)

SAID_BY_THE_LIBRARY = frozenset(
    {
        EvidenceKind.DEPRECATION,
        EvidenceKind.ERROR_MESSAGE,
        EvidenceKind.WARNING_MESSAGE,
    }
)
"""Where it says, to whoever runs the old way, what to write."""


def objection(candidate: Candidate) -> tuple[DropReason, str] | None:
    """Why a proved candidate is no row, or None."""
    for item in changes_of(candidate):
        successor = _overruling(item, candidate)
        if successor is not None:
            return DropReason.OVERRULED, f"{item.change.old_api}: it names {successor}"
    for item in changes_of(candidate):
        if not _is_explained(item, candidate):
            return DropReason.UNEXPLAINED, item.change.key
    return None


def _overruling(item: FurtherChange, candidate: Candidate) -> str | None:
    """What the library itself says to write, where the program writes something else.

    Another path of the same name is no other successor, and authors may do as they like.
    """
    if item.replacement is None or candidate.producer is Producer.EVOLVED:
        return None
    named = [one for one in item.change.replacements if _is_named(one)]
    if not named or _is_named(item.replacement):
        return None
    written = _short(item.replacement, item.change)
    return None if written in {_short(one, item.change) for one in named} else named[0].new_api


def _is_named(replacement: Replacement) -> bool:
    return any(evidence.kind in SAID_BY_THE_LIBRARY for evidence in replacement.evidence)


def _short(replacement: Replacement, change: ApiChange) -> str | None:
    if change.parameter is not None:
        return replacement.new_parameter
    return replacement.new_api.rpartition(".")[2]


def _is_explained(item: FurtherChange, candidate: Candidate) -> bool:
    """Whether a reader of the note knows what to write."""
    change = item.change
    if candidate.producer is Producer.CONTROL:  # "is deprecated", and the code goes on using it
        is_whole = change.kind is ChangeKind.DEPRECATED and change.parameter is None
        return not (is_whole and uses_of(change, candidate.new_code))
    if change.kind is ChangeKind.DEFAULT_CHANGED:
        return change.parameter in all_keywords(candidate.new_code)
    if change.kind is ChangeKind.BEHAVIOUR:
        said = instead(item, candidate)
        return bool(said or (not candidate.further and besides(candidate, change.old_api)))
    return True

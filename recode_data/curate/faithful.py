"""Whether a proved row's note and its edit belong together: else it teaches the wrong thing."""

from __future__ import annotations

from recode_data.curate.besides import besides
from recode_data.curate.describe import changes_of
from recode_data.curate.instead import all_keywords, instead, uses_of
from recode_data.records import Candidate, ChangeKind, FurtherChange, Producer


def unexplained(candidate: Candidate) -> str | None:
    """The first change of the program that its note would not explain, or None."""
    items = changes_of(candidate)
    return next((item.change.key for item in items if not _is_explained(item, candidate)), None)


def _is_explained(item: FurtherChange, candidate: Candidate) -> bool:
    """Whether a reader of the note knows what to write."""
    change = item.change
    if candidate.producer is Producer.CONTROL:  # "is deprecated", and the code goes on using it
        is_whole = change.kind is ChangeKind.DEPRECATED and change.parameter is None
        return not (is_whole and uses_of(change, candidate.new_code))
    if change.kind is ChangeKind.DEFAULT_CHANGED:
        passed = all_keywords(candidate.new_code)
        return change.parameter in passed or "instead of" in instead(item, candidate)
    if change.kind is ChangeKind.BEHAVIOUR:
        said = instead(item, candidate)
        return bool(said or (not candidate.further and besides(candidate, change.old_api)))
    return True

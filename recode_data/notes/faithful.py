"""Whether a proved row's note and its edit belong together: else it teaches the wrong thing."""

from __future__ import annotations

import json

from recode_data.notes.advice import WHOLE, speaks_against
from recode_data.notes.besides import besides
from recode_data.notes.describe import changes_of
from recode_data.notes.instead import (
    all_keywords,
    instead,
    is_replaced_by_arguments,
    uses_of,
)
from recode_data.records import (
    Candidate,
    ChangeKind,
    EvidenceKind,
    FurtherChange,
    Producer,
    Verified,
)

SAY_LITTLE = frozenset({"b", "n", "x", "cut", "type"})
"""Tags of canonical values: booleans, None, and what carries no information."""


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
        is_passed = change.parameter in all_keywords(candidate.new_code)
        return is_passed or is_replaced_by_arguments(item, candidate)
    if change.kind is ChangeKind.BEHAVIOUR:
        said = instead(item, candidate)
        return bool(said or (not candidate.further and besides(candidate, change.old_api)))
    if change.parameter is not None:
        is_gone = change.kind in (ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED)
        return not is_gone or bool(instead(item, candidate))
    if change.kind in WHOLE or change.kind is ChangeKind.KIND_CHANGED:
        return bool(instead(item, candidate))
    return True


def goes_against_advice(item: Verified) -> bool:
    """Whether a successor is another one than the library names when the old way is used."""
    if item.candidate.producer is Producer.CONTROL:
        return False
    said = json.loads(item.pair.evidence)["proof"]["message"]
    candidate = item.explained
    return any(speaks_against(one, said, candidate.new_code) for one in changes_of(candidate))


def agrees_by_chance(item: Verified) -> bool:
    """Whether a successor that only looks like the old name is proved by nothing but booleans: any
    predicate gives the right one half of the time (`get_renderer_cache` and `get_legend` give None)."""
    likely = [one for one in changes_of(item.candidate) if _is_mere_likeness(one)]
    if not likely or item.candidate.producer in (Producer.CONTROL, Producer.EVOLVED):
        return False
    expected = json.loads(item.pair.checks).get("expected", {})
    shown = [event[1] for event in expected.get("events", []) if event[0] == "shown"]
    printed = any(event[0] != "shown" for event in expected.get("events", []))
    values = [*expected.get("names", {}).values(), *shown]
    return not printed and all(value[0] in SAY_LITTLE for value in values)


def _is_mere_likeness(item: FurtherChange) -> bool:
    change, replacement = item.change, item.replacement
    if replacement is None or change.parameter is not None:
        return False
    old, new = (_plain(path) for path in (change.old_api, replacement.new_api))
    kinds = {evidence.kind for evidence in replacement.evidence}
    return old != new and kinds == {EvidenceKind.SIMILARITY}


def _plain(path: str) -> str:
    return path.rpartition(".")[2].replace("_", "").lower()

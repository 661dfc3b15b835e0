"""What a change lets one write instead: its replacements, or the same API with other arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recode_data.producers.touching import UsageIndex
from recode_data.records import ApiChange, ChangeKind, Replacement, Usage

TOP = 3
"""Replacements tried per change: evidence that ranks lower hardly ever verified."""

_NO_OLD_WAY = frozenset({ChangeKind.ADDED, ChangeKind.PARAMETER_ADDED, ChangeKind.UNDEPRECATED})
_SAME_API = frozenset(
    {
        ChangeKind.PARAMETER_REMOVED,
        ChangeKind.PARAMETER_ADDED_REQUIRED,
        ChangeKind.PARAMETER_REORDERED,
        ChangeKind.KEYWORD_ONLY,
        ChangeKind.DEFAULT_CHANGED,
        ChangeKind.DEPRECATED,
    }
)
"""Parameter changes that can be met by other arguments without naming another API."""


@dataclass(frozen=True, slots=True)
class StepUsages:
    """Indexed usages of both versions of a step."""

    old: UsageIndex
    new: UsageIndex
    old_all: Sequence[Usage]
    new_all: Sequence[Usage]


def proposals(change: ApiChange) -> tuple[Replacement, ...]:
    """Best replacements first; empty where the change has no old way or nothing is known."""
    if change.kind in _NO_OLD_WAY:
        return ()
    if change.replacements:
        return change.replacements[:TOP]
    if change.parameter is not None and change.kind in _SAME_API:
        return (Replacement(change.old_api, change.evidence, 0.5),)
    return ()

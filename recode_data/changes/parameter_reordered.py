"""Positional arguments that mean something else now: `f(a, b)` became `f(b, a)`."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.changes.parameter_changes import parameter_change
from recode_data.changes.parameters import POSITIONAL, ParameterDiff
from recode_data.records import ApiChange, ChangeKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """The first parameter that another one displaced, by a swap or by an insertion."""
    for pair, diff in comparison.parameter_diffs:
        name = _first_displaced(diff)
        if name is not None:
            yield parameter_change(
                ChangeKind.PARAMETER_REORDERED,
                pair,
                name,
                f"{diff.old} -> {diff.new}",
            )


def _first_displaced(diff: ParameterDiff) -> str | None:
    new_names = {old.name: new.name for old, new, _ in diff.renamed}
    gone = {parameter.name for parameter in diff.removed}
    old = [
        new_names.get(parameter.name, parameter.name)
        for parameter in diff.old.parameters
        if parameter.kind in POSITIONAL and parameter.name not in gone
    ]
    new = [item.name for item in diff.new.parameters if item.kind in POSITIONAL]
    required = {
        item.name for item in diff.added if item.default is None
    }  # reported as such; what follows it is displaced by that
    new = [name for name in new if name not in required]
    for index, name in enumerate(old):
        if name not in new:
            return None  # keyword-only from here on: another kind of change
        if index >= len(new) or new[index] != name:
            return name
    return None

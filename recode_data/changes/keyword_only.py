"""Arguments that must be named now: everything after the path in `pandas.read_csv`."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.changes.parameter_changes import parameter_change
from recode_data.records import ApiChange, ChangeKind, ParameterKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """One change per callable, at the first such parameter; the detail names them all."""
    for pair, diff in comparison.parameter_diffs:
        renamed = [(old, new) for old, new, _ in diff.renamed]
        names = [
            old.name
            for old, new in [*diff.kept, *renamed]
            if old.kind is ParameterKind.POSITIONAL_OR_KEYWORD
            and new.kind is ParameterKind.KEYWORD_ONLY
        ]
        if names:
            yield parameter_change(
                ChangeKind.KEYWORD_ONLY,
                pair,
                names[0],
                f"keyword-only: {', '.join(names)}",
            )

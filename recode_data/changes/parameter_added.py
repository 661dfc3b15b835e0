"""A parameter that callers may pass now: `strict` of `numpy.testing.assert_equal`."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.changes.parameter_changes import parameter_change
from recode_data.changes.parameters import CATCH_ALL
from recode_data.records import ApiChange, ChangeKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """New parameters with a default, and new catch-alls."""
    for pair, diff in comparison.parameter_diffs:
        for parameter in diff.added:
            if parameter.default is not None or parameter.kind in CATCH_ALL:
                yield parameter_change(
                    ChangeKind.PARAMETER_ADDED,
                    pair,
                    parameter.name,
                    f"{pair.old.signature} -> {pair.new.signature}",
                    new_value=parameter.default,
                )

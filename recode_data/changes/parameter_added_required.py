"""A parameter that callers must pass now: `length` of Django's `get_random_string`."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.changes.parameter_changes import parameter_change
from recode_data.changes.parameters import CATCH_ALL
from recode_data.records import ApiChange, ChangeKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """New parameters without default, and old ones that lost theirs."""
    for pair, diff in comparison.parameter_diffs:
        for parameter in diff.added:
            if parameter.default is None and parameter.kind not in CATCH_ALL:
                yield parameter_change(
                    ChangeKind.PARAMETER_ADDED_REQUIRED,
                    pair,
                    parameter.name,
                    f"{pair.old.signature} -> {pair.new.signature}",
                )
        for old, new in diff.kept:
            if new.kind in CATCH_ALL or old.kind in CATCH_ALL:
                continue
            if old.default is not None and new.default is None:
                yield parameter_change(
                    ChangeKind.PARAMETER_ADDED_REQUIRED,
                    pair,
                    new.name,
                    f"its default {old.default} is gone",
                    old_value=old.default,
                )

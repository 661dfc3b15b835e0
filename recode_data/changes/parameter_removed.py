"""A parameter that is gone: `squeeze` of `pandas.read_csv` in pandas 2.0."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison, Pair
from recode_data.changes.deprecated import is_marked, sentinel_default
from recode_data.changes.parameter_changes import parameter_change
from recode_data.changes.parameters import CATCH_ALL, ParameterDiff
from recode_data.records import ApiChange, ChangeKind, Parameter, ParameterKind
from recode_data.surface.deprecations import REMOVED_NOW


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Parameters without successor; also those that only the old decorators accepted."""
    for pair, diff in comparison.parameter_diffs:
        accepts_any = any(
            parameter.kind is ParameterKind.VAR_KEYWORD for parameter in diff.new.parameters
        )
        for parameter in diff.removed:
            if is_marked(pair.new, parameter.name):
                continue  # still accepted, with a warning
            if parameter.kind in CATCH_ALL and _catch_all_was_spelled_out(parameter, diff):
                continue
            detail = f"{diff.old} -> {diff.new}"
            if accepts_any:
                detail += "; the new one takes **kwargs, which may pass it on"
            yield parameter_change(
                ChangeKind.PARAMETER_REMOVED,
                pair,
                parameter.name,
                detail,
                message=_message(pair, parameter.name),
                old_value=parameter.default,
            )
        yield from _positional_only(pair, diff)
        yield from _raising(pair)
        yield from _accepted_by_decorator(pair, diff)


def _catch_all_was_spelled_out(parameter: Parameter, diff: ParameterDiff) -> bool:
    """`*args` or `**kwargs` that became named parameters still takes what it took."""
    if parameter.kind is ParameterKind.VAR_KEYWORD:
        return any(item.kind not in CATCH_ALL for item in diff.added)
    return len(diff.new.parameters) >= len(diff.old.parameters) > 1


def _positional_only(pair: Pair, diff: ParameterDiff) -> Iterator[ApiChange]:
    """Parameters that no keyword reaches any more: `content` of Django's `FakePayload.write`."""
    renamed = [(old, new) for old, new, _ in diff.renamed]
    for old, new in [*diff.kept, *renamed]:
        if (
            old.kind is ParameterKind.POSITIONAL_OR_KEYWORD
            and new.kind is ParameterKind.POSITIONAL_ONLY
        ):
            yield parameter_change(
                ChangeKind.PARAMETER_REMOVED,
                pair,
                old.name,
                f"cannot be named any more: {diff.new}",
            )


def _message(pair: Pair, name: str) -> str:
    return next((mark.message for mark in pair.old.deprecations if mark.parameter == name), "")


def _raising(pair: Pair) -> Iterator[ApiChange]:
    """Parameters that are still there and only raise."""
    before = {mark.parameter for mark in pair.old.deprecations if mark.removal == REMOVED_NOW}
    for mark in pair.new.deprecations:
        if mark.removal == REMOVED_NOW and mark.parameter and mark.parameter not in before:
            yield parameter_change(
                ChangeKind.PARAMETER_REMOVED,
                pair,
                mark.parameter,
                "passing it raises",
                message=mark.message,
            )


def _accepted_by_decorator(pair: Pair, diff: ParameterDiff) -> Iterator[ApiChange]:
    """Keywords that a decorator of the old version took and no signature shows."""
    known = {parameter.name for parameter in (*diff.old.parameters, *diff.new.parameters)}
    for mark in pair.old.deprecations:
        name = mark.parameter
        if (
            name
            and name not in known
            and mark.new_api not in known
            and mark.removal != REMOVED_NOW
            and not is_marked(pair.new, name)
            and sentinel_default(pair.new, name) is None
        ):
            yield parameter_change(
                ChangeKind.PARAMETER_REMOVED,
                pair,
                name,
                "accepted by a deprecating decorator of the old version only",
                message=mark.message,
            )

"""Which calls of an API a change of one of its parameters concerns."""

from __future__ import annotations

import ast

from recode_data.records import ApiChange, ChangeKind, ParameterKind

_POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD)
_CALLED_WITH = frozenset(
    {ChangeKind.PARAMETER_RENAMED, ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED}
)
_CALLED_BY_POSITION = frozenset({ChangeKind.KEYWORD_ONLY, ChangeKind.PARAMETER_REORDERED})
_CALLED_WITHOUT = frozenset({ChangeKind.DEFAULT_CHANGED, ChangeKind.PARAMETER_ADDED_REQUIRED})


def concerns_calls(change: ApiChange) -> bool:
    """Whether only some calls of the API can notice the change."""
    return change.parameter is not None and change.kind in (
        _CALLED_WITH | _CALLED_BY_POSITION | _CALLED_WITHOUT
    )


def may_be_passed(change: ApiChange) -> bool:
    """Whether a call that passes the parameter by keyword can notice the change."""
    return change.kind not in _CALLED_BY_POSITION | _CALLED_WITHOUT


def is_concerned(call: ast.Call, change: ApiChange) -> bool:
    """Whether a call can notice the change; unpacked arguments may hold anything.

    Args:
        call: a call on a line that refers to the API; a call of something else is told apart by
            the name that it calls.
        change: one for which `concerns_calls` holds.
    """
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    path = change.old_api.removesuffix(".__init__")
    if isinstance(call.func, ast.Attribute) and name != path.rpartition(".")[2]:
        return False
    if any(isinstance(item, ast.Starred) for item in call.args):
        return True
    by_keyword = {word.arg for word in call.keywords}
    by_position = _is_given_by_position(call, change)
    if change.kind in _CALLED_BY_POSITION:
        return by_position
    if change.kind in _CALLED_WITHOUT:
        return not by_position and change.parameter not in by_keyword
    return by_position or not {change.parameter, None}.isdisjoint(by_keyword)


def _is_given_by_position(call: ast.Call, change: ApiChange) -> bool:
    if change.old_signature is None:
        return bool(call.args)
    names = [item.name for item in change.old_signature.parameters if item.kind in _POSITIONAL]
    if change.parameter not in names:
        return False
    return len(call.args) > names.index(change.parameter)

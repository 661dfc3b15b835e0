"""An argument's value becomes the method: `frame.fillna(method="ffill")` -> `frame.ffill()`.

A library that takes such an argument away names a method for each value ("Use obj.ffill() or
obj.bfill() instead"); which of them a call needs is what it passes.
"""

from __future__ import annotations

import ast
import re

import libcst as cst

from recode_data.records import ApiChange, ChangeKind, Replacement
from recode_data.rewrites.calls import calls_of_member, is_access
from recode_data.rewrites.members import changes_member
from recode_data.rewrites.parsed import ParsedCode, Replace, edited

_CALLED = re.compile(r"\b[A-Za-z_]\w*\.([A-Za-z_]\w*)\(\)")


def methods_for_values(change: ApiChange) -> tuple[str, ...]:
    """Paths of the methods that the message of a parameter's change names, in order."""
    goes = change.kind in (ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED)
    if change.parameter is None or not goes or not changes_member(change):
        return ()
    if any(item.new_parameter for item in change.replacements):
        return ()
    owner, _, name = change.old_api.rpartition(".")
    named = dict.fromkeys(_CALLED.findall(change.message))
    return tuple(f"{owner}.{method}" for method in named if method != name)


def rewrite_to_method(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    """Every call that passes the replacement's name as the value; None where there is none."""
    old, new, parameter = _names(change, replacement)
    if replacement.new_api not in methods_for_values(change) or parameter not in code:
        return None

    def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace]:
        edits: dict[cst.CSTNode, Replace] = {}
        for call in calls_of_member(parsed, old):
            kept = [arg for arg in call.args if not _passes(arg, parameter, new)]
            if len(kept) < len(call.args) and all(arg.keyword for arg in kept):
                edits[call] = lambda node: _called(node, new, parameter, None)
        return edits

    return edited(code, lambda node: is_access(node, old), edits_of)


def unwrite_to_method(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    """Every call of the method, with its name as the value; otherwise as `rewrite_to_method`."""
    if replacement.new_api not in methods_for_values(change):
        return None
    old, new, parameter = _names(change, replacement)

    def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace]:
        return {
            call: lambda node: _called(node, old, parameter, new)
            for call in calls_of_member(parsed, new)
            if all(arg.keyword for arg in call.args)
        }

    return edited(code, lambda node: is_access(node, new), edits_of)


def _names(change: ApiChange, replacement: Replacement) -> tuple[str, str, str]:
    old, new = (path.rpartition(".")[2] for path in (change.old_api, replacement.new_api))
    return old, new, change.parameter or ""


def _passes(arg: cst.Arg, parameter: str, value: str) -> bool:
    return (
        arg.keyword is not None
        and arg.keyword.value == parameter
        and isinstance(arg.value, cst.SimpleString)
        and ast.literal_eval(arg.value.value) == value
    )


def _called(
    node: cst.BaseExpression, name: str, parameter: str, value: str | None
) -> cst.BaseExpression:
    """The call under another name, with the value as its first argument, or without the argument."""
    call = cst.ensure_type(node, cst.Call)
    func = cst.ensure_type(call.func, cst.Attribute).with_changes(attr=cst.Name(name))
    args = [arg for arg in call.args if arg.keyword is None or arg.keyword.value != parameter]
    if args:
        args[-1] = args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    if value is not None:
        passed = cst.Arg(
            cst.SimpleString(f'"{value}"'),
            keyword=cst.Name(parameter),
            equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
        )
        args = [passed, *args]
    return call.with_changes(func=func, args=args)

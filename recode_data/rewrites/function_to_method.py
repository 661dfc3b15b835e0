"""A function of one value becomes a method of it: `np.ptp(x, axis=1)` -> `x.ptp(axis=1)`."""

from __future__ import annotations

import libcst as cst

from recode_data.rewrites.calls import calls_of
from recode_data.rewrites.imports import without_unused
from recode_data.rewrites.parsed import Replace, parse, replaced

_LITERALS = (
    cst.List,
    cst.Tuple,
    cst.Dict,
    cst.Set,
    cst.Integer,
    cst.Float,
    cst.Imaginary,
    cst.SimpleString,
    cst.ConcatenatedString,
    cst.FormattedString,
    cst.ListComp,
    cst.GeneratorExp,
)
_NEEDS_NO_PARENTHESES = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)


def function_to_method(code: str, function: str, method: str) -> str | None:
    """The code with every call of the function made a call of the method on its first argument.

    Args:
        code: Python source.
        function: dotted import path.
        method: name of the method, without its class.

    Returns:
        None where nothing calls it, where it is used without being called, or where a first
        argument cannot have the method: a literal, a keyword, an unpacked sequence.
    """
    parsed = parse(code)
    if parsed is None:
        return None
    calls = calls_of(parsed, function)
    if not calls or len(calls) != sum(path == function for path in parsed.paths.values()):
        return None
    if not all(_has_receiver(call) for call in calls):
        return None
    edits: dict[cst.CSTNode, Replace] = {
        call: lambda updated: _as_method(updated, method) for call in calls
    }
    return without_unused(replaced(parsed, edits), code)


def _has_receiver(call: cst.Call) -> bool:
    if not call.args:
        return False
    first = call.args[0]
    return first.keyword is None and not first.star and not isinstance(first.value, _LITERALS)


def _as_method(node: cst.BaseExpression, method: str) -> cst.BaseExpression:
    call = cst.ensure_type(node, cst.Call)
    receiver = call.args[0].value
    if not receiver.lpar and not isinstance(receiver, _NEEDS_NO_PARENTHESES):
        receiver = receiver.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return call.with_changes(
        func=cst.Attribute(receiver, cst.Name(method)),
        args=call.args[1:],
        whitespace_before_args=cst.SimpleWhitespace("")
        if len(call.args) == 1
        else call.whitespace_before_args,
    )

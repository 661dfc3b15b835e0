"""A method becomes a function of its receiver: `x.ptp(axis=1)` -> `np.ptp(x, axis=1)`."""

from __future__ import annotations

import libcst as cst

from recode_data.rewrites.calls import accesses_to, calls_of_member
from recode_data.rewrites.imports import is_builtin, spelling, with_import
from recode_data.rewrites.parsed import Replace, chain, parse, replaced


def method_to_function(code: str, method: str, function: str) -> str | None:
    """The code with every call of the method made a call of the function.

    Args:
        code: Python source.
        method: name of the method, without its class.
        function: dotted import path.

    Returns:
        None where nothing calls it, where it is used without being called, or where the name
        that the function needs is taken.
    """
    parsed = parse(code)
    if parsed is None:
        return None
    calls = calls_of_member(parsed, method)
    if not calls or len(calls) != len(accesses_to(parsed, method)):
        return None
    text, statement = spelling(function, parsed.bindings)
    taken = parsed.names if statement is not None else parsed.bound if is_builtin(function) else ()
    if text.partition(".")[0] in taken:
        return None
    edits: dict[cst.CSTNode, Replace] = {
        call: lambda updated: _as_function(updated, text) for call in calls
    }
    module = replaced(parsed, edits)
    return (with_import(module, statement) if statement else module).code


def _as_function(node: cst.BaseExpression, text: str) -> cst.BaseExpression:
    call = cst.ensure_type(node, cst.Call)
    receiver = cst.ensure_type(call.func, cst.Attribute).value
    first = cst.Arg(_bare(receiver))
    if call.args:
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        first = first.with_changes(comma=comma)
    return call.with_changes(func=chain(text), args=[first, *call.args])


def _bare(receiver: cst.BaseExpression) -> cst.BaseExpression:
    """The receiver without the parentheses that an argument does not need."""
    if isinstance(receiver, (cst.Tuple, cst.GeneratorExp, cst.NamedExpr, cst.Yield)):
        return receiver
    if len(receiver.lpar) == 1 and "\n" not in cst.Module([]).code_for_node(receiver):
        return receiver.with_changes(lpar=(), rpar=())
    return receiver

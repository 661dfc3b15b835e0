"""A method becomes a function of its receiver: `x.ptp(axis=1)` -> `np.ptp(x, axis=1)`."""

from __future__ import annotations

import libcst as cst

from recode_data.rewrites.calls import accesses_to, calls_of_member, is_access
from recode_data.rewrites.imports import is_builtin, spelling, with_import
from recode_data.rewrites.parsed import ParsedCode, Replace, chain, edited, module_of


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
    added: set[str] = set()

    def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace] | None:
        calls = calls_of_member(parsed, method)
        if len(calls) != len(accesses_to(parsed, method)):
            return None
        text, statement = spelling(function, parsed.bindings)
        is_new = statement is not None
        taken = parsed.names if is_new else parsed.bound if is_builtin(function) else ()
        if text.partition(".")[0] in taken:
            return None
        added.update([statement] if statement else [])
        return dict.fromkeys(calls, lambda updated: _as_function(updated, text))

    new_code = edited(code, lambda node: is_access(node, method), edits_of)
    if new_code is None or not added:
        return new_code
    module = module_of(new_code)
    return None if module is None else with_import(module, *added).code


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

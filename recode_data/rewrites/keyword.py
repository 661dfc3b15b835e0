"""Arguments of a call: a parameter renamed, removed, made keyword-only, or with another default.

One function for each way to edit; `rewrite_parameter` and `unwrite_parameter` choose by the kind
of the change. An edit applies to every call of the API in the snippet that it can apply to.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import libcst as cst

from recode_data.records import ApiChange, ChangeKind, ParameterKind, Replacement, Signature
from recode_data.rewrites.calls import calls_by, calls_of, may_call
from recode_data.rewrites.members import changes_member
from recode_data.rewrites.parsed import ParsedCode, Replace, edited

Arguments = Sequence[cst.Arg]
ArgumentEdit = Callable[[Arguments], Arguments | None]
MayEdit = Callable[[ast.Call], bool]
"""Whether such an edit may apply: asked of Python's own tree, before libcst's is made."""

_NOTHING_PASSED = frozenset({"warn", "deprecated", "auto_deprecated"})
"""Defaults by which a library sees that nothing was passed; no user writes them."""
_MARK = re.compile(r"__\w+__|<.*>|.*\bno_default\b.*")
"""Others of them."""
_POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD)


def rewrite_parameter(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    """Old arguments -> new ones; None where the change is of another kind or nothing applies."""
    name = change.parameter
    if name is None:
        return None
    kind, new_name = change.kind, replacement.new_parameter
    if new_name is not None and kind in _RENAMING and name in code:
        return _edited(code, change, lambda args: renamed(args, name, new_name), _passing(name))
    if kind in (ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED) and name in code:
        return _edited(code, change, lambda args: removed(args, name), _passing(name))
    if kind in (ChangeKind.KEYWORD_ONLY, ChangeKind.PARAMETER_REORDERED):
        order = _positional_names(change.old_signature)
        return _edited(code, change, lambda args: named(args, name, order), _placing(name, order))
    default = _old_default(change)
    if kind is ChangeKind.DEFAULT_CHANGED and default is not None:
        order = _positional_names(change.old_signature)
        return _edited(
            code, change, lambda args: added(args, name, default, order), _leaving_out(name, order)
        )
    return None


def unwrite_parameter(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    """New arguments -> old ones; None where the change is of another kind or nothing applies."""
    name = change.parameter
    if name is None:
        return None
    kind, new_name = change.kind, replacement.new_parameter
    if new_name is not None and kind in _RENAMING:
        if new_name not in code:
            return None
        return _edited(code, change, lambda args: renamed(args, new_name, name), _passing(new_name))
    default = _old_default(change)
    if kind in (ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED) and default is not None:
        order = _positional_names(change.old_signature)
        return _edited(
            code, change, lambda args: added(args, name, default, order), _leaving_out(name, order)
        )
    if name not in code:
        return None  # what follows takes it away
    if kind in (ChangeKind.KEYWORD_ONLY, ChangeKind.PARAMETER_REORDERED):
        order = _positional_names(change.old_signature)
        return _edited(code, change, lambda args: positional(args, name, order), _passing(name))
    if kind is ChangeKind.PARAMETER_ADDED_REQUIRED:
        return _edited(code, change, lambda args: removed(args, name), _passing(name))
    if kind is ChangeKind.DEFAULT_CHANGED and default is not None:
        return _edited(
            code, change, lambda args: removed(args, name, only_value=default), _passing(name)
        )
    return None


_RENAMING = (
    ChangeKind.PARAMETER_RENAMED,
    ChangeKind.PARAMETER_REMOVED,
    ChangeKind.DEPRECATED,
    ChangeKind.PARAMETER_REORDERED,
)


def renamed(args: Arguments, old: str, new: str) -> Arguments | None:
    """`f(old=1)` -> `f(new=1)`; not where `new` is given too."""
    if _keyword(args, old) is None or _keyword(args, new) is not None:
        return None
    return [
        arg.with_changes(keyword=cst.Name(new)) if _is_keyword(arg, old) else arg for arg in args
    ]


def removed(args: Arguments, name: str, only_value: str | None = None) -> Arguments | None:
    """`f(a, name=1)` -> `f(a)`; with `only_value` only where that is what it is given."""
    given = _keyword(args, name)
    if given is None or (only_value is not None and _text(given.value) != only_value):
        return None
    kept = [arg for arg in args if arg is not given]
    if kept and given is args[-1]:
        kept[-1] = kept[-1].with_changes(
            comma=given.comma, whitespace_after_arg=given.whitespace_after_arg
        )
    return kept


def added(args: Arguments, name: str, value: str, order: Sequence[str]) -> Arguments | None:
    """`f(a)` -> `f(a, name=value)`; not where it is given already, by name or by position."""
    if _keyword(args, name) is not None or any(arg.star for arg in args):
        return None
    count = sum(arg.keyword is None for arg in args)
    if name in order and order.index(name) < count:
        return None
    new = cst.Arg(
        cst.parse_expression(value),
        keyword=cst.Name(name),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if not args:
        return [new]
    last = args[-1]
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    spaced = last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
    return [
        *args[:-1],
        spaced,
        new.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg),
    ]


def named(args: Arguments, name: str, order: Sequence[str]) -> Arguments | None:
    """`f(a, 1)` -> `f(a, name=1)`, as are all arguments after it."""
    count = _leading_positional(args)
    if name not in order or order.index(name) >= count:
        return None
    first = order.index(name)
    if count > len(order):
        return None
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return [
        arg.with_changes(keyword=cst.Name(order[index]), equal=equal)
        if first <= index < count
        else arg
        for index, arg in enumerate(args)
    ]


def positional(args: Arguments, name: str, order: Sequence[str]) -> Arguments | None:
    """`f(a, name=1)` -> `f(a, 1)`, where all parameters before it are given by position."""
    count = _leading_positional(args)
    if name not in order or order.index(name) != count or any(arg.star for arg in args):
        return None
    given = _keyword(args, name)
    if given is None or args.index(given) != count:
        return None
    plain = given.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    return [*args[:count], plain, *args[count + 1 :]]


def _passing(name: str) -> MayEdit:
    return lambda call: any(word.arg == name for word in call.keywords)


def _leaving_out(name: str, order: Sequence[str]) -> MayEdit:
    place = order.index(name) if name in order else None
    return lambda call: (
        all(word.arg not in (name, None) for word in call.keywords)
        and not any(isinstance(arg, ast.Starred) for arg in call.args)
        and (place is None or place >= len(call.args))
    )


def _placing(name: str, order: Sequence[str]) -> MayEdit:
    place = order.index(name) if name in order else None
    return lambda call: place is not None and place < len(call.args)


def _edited(code: str, change: ApiChange, edit: ArgumentEdit, may_edit: MayEdit) -> str | None:
    def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace]:
        calls = calls_by(parsed, change)
        if change.old_api.endswith(".__init__") and not changes_member(change):
            calls += calls_of(parsed, change.old_api.removesuffix(".__init__"))
        return {call: _call_edit(edit) for call in calls if edit(call.args) is not None}

    is_call = may_call(code, change)
    return edited(
        code,
        lambda node: isinstance(node, ast.Call) and may_edit(node) and is_call(node),
        edits_of,
    )


def _call_edit(edit: ArgumentEdit) -> Replace:
    def apply(node: cst.BaseExpression) -> cst.BaseExpression:
        call = cst.ensure_type(node, cst.Call)
        args = edit(call.args)
        return call if args is None else call.with_changes(args=list(args))

    return apply


def _old_default(change: ApiChange) -> str | None:
    """The old default as source text, where it is a literal."""
    if change.old_signature is not None:
        for parameter in change.old_signature.parameters:
            if parameter.name == change.parameter and parameter.default is not None:
                return _if_written_out(parameter.default)
    return _if_written_out(change.old_value)


def can_be_passed(default: str | None) -> bool:
    """Whether a default, as source text, is a value that users pass."""
    if default is None:
        return False
    value = default.strip("'\"")
    return value not in _NOTHING_PASSED and not _MARK.fullmatch(value)


def _if_written_out(default: str | None) -> str | None:
    return (
        default if default is not None and can_be_passed(default) and _is_literal(default) else None
    )


@lru_cache(maxsize=1024)
def _is_literal(text: str) -> bool:
    try:
        node = cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return False
    if isinstance(node, cst.UnaryOperation):
        node = node.expression
    if isinstance(node, cst.Name):
        return node.value in ("True", "False", "None")
    return isinstance(node, (cst.Integer, cst.Float, cst.SimpleString)) or text in ("()", "[]")


def _positional_names(signature: Signature | None) -> tuple[str, ...]:
    if signature is None:
        return ()
    return tuple(item.name for item in signature.parameters if item.kind in _POSITIONAL)


def _leading_positional(args: Arguments) -> int:
    count = 0
    for arg in args:
        if arg.keyword is not None or arg.star:
            break
        count += 1
    return count


def _keyword(args: Arguments, name: str) -> cst.Arg | None:
    return next((arg for arg in args if _is_keyword(arg, name)), None)


def _is_keyword(arg: cst.Arg, name: str) -> bool:
    return arg.keyword is not None and arg.keyword.value == name


def _text(node: cst.BaseExpression) -> str:
    return cst.Module([]).code_for_node(node).strip()

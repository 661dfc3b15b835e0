"""Calls of one API in a snippet, and accesses to one member."""

from __future__ import annotations

import ast
from collections.abc import Callable

import libcst as cst

from recode_data.records import ApiChange
from recode_data.references import find_references
from recode_data.rewrites.members import changes_member
from recode_data.rewrites.parsed import ParsedCode


def calls_of(parsed: ParsedCode, path: str) -> list[cst.Call]:
    """Calls whose callee refers to exactly this path, in order."""
    return [
        call
        for call in parsed.calls
        if isinstance(call.func, (cst.Name, cst.Attribute)) and parsed.paths.get(call.func) == path
    ]


def calls_of_member(parsed: ParsedCode, name: str) -> list[cst.Call]:
    """Calls of a method of that name on values that are nothing imported, in order."""
    return [
        call
        for call in parsed.calls
        if isinstance(call.func, cst.Attribute)
        and call.func.attr.value == name
        and call.func not in parsed.paths
    ]


def accesses_to(parsed: ParsedCode, name: str) -> list[cst.Attribute]:
    """`.name` on values that are nothing imported, in order."""
    return [node for node in parsed.accesses if node.attr.value == name]


def calls_by(parsed: ParsedCode, change: ApiChange) -> list[cst.Call]:
    """Calls of the changed API: by its path, a member also by its name on values."""
    calls = calls_of(parsed, change.old_api)
    if changes_member(change):
        calls += calls_of_member(parsed, change.old_api.rpartition(".")[2])
    return calls


def may_call(code: str, change: ApiChange) -> Callable[[ast.AST], bool]:
    """What tells, of a node of Python's own tree, whether it may be a call of the changed API, or of the
    class if that is `__init__`; nothing is in code that does not parse."""
    leaf = change.old_api.rpartition(".")[2] if changes_member(change) else None
    paths = (change.old_api, change.old_api.removesuffix(".__init__"))
    try:
        lines = {reference.line for reference in find_references(code) if reference.path in paths}
    except (SyntaxError, ValueError):
        return lambda node: False

    def tells(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        func = node.func
        is_named = isinstance(func, ast.Attribute) and func.attr == leaf
        return is_named or (isinstance(func, (ast.Name, ast.Attribute)) and func.lineno in lines)

    return tells


def is_access(node: ast.AST, name: str) -> bool:
    """Whether a node of Python's own tree is `.name` on anything."""
    return isinstance(node, ast.Attribute) and node.attr == name

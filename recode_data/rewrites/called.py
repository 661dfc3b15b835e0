"""A method becomes a property, or the other way: `table.shape()` -> `table.shape`.

The class of a value is not known statically, so every access by that name on a value is meant;
execution tells whether that was right.
"""

from __future__ import annotations

import libcst as cst

from recode_data.rewrites.calls import accesses_to, calls_of_member, is_access
from recode_data.rewrites.parsed import ParsedCode, Replace, edited


def uncalled(code: str, name: str) -> str | None:
    """The code with every `.name()` on values made `.name`.

    Returns:
        None where there is none, where one takes arguments, or where it is used without a call.
    """

    def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace] | None:
        calls = calls_of_member(parsed, name)
        if any(call.args for call in calls) or len(calls) != len(accesses_to(parsed, name)):
            return None
        return dict.fromkeys(calls, _without_call)

    return edited(code, lambda node: is_access(node, name), edits_of)


def called(code: str, name: str) -> str | None:
    """The code with every `.name` on values made `.name()`.

    Returns:
        None where there is none, where it is called already, or where it is assigned to.
    """

    def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace] | None:
        targets = _Targets(name)
        parsed.module.visit(targets)
        if targets.found or calls_of_member(parsed, name):
            return None
        return dict.fromkeys(accesses_to(parsed, name), _with_call)

    return edited(code, lambda node: is_access(node, name), edits_of)


def _without_call(node: cst.BaseExpression) -> cst.BaseExpression:
    call = cst.ensure_type(node, cst.Call)
    return call.func.with_changes(
        lpar=[*call.lpar, *call.func.lpar], rpar=[*call.func.rpar, *call.rpar]
    )


def _with_call(node: cst.BaseExpression) -> cst.BaseExpression:
    return cst.Call(node)


class _Targets(cst.CSTVisitor):
    """Collects accesses to a name that are assigned to or deleted."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.found: list[cst.CSTNode] = []

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._see(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._see(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._see(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._see(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._see(node.target)

    def visit_Del(self, node: cst.Del) -> None:
        self._see(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._see(node.name)

    def _see(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Attribute) and target.attr.value == self._name:
            self.found.append(target)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._see(element.value)

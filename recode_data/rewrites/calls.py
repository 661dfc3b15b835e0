"""Calls of one API in a snippet."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from recode_data.rewrites.parsed import ParsedCode


def calls_of(parsed: ParsedCode, path: str) -> list[cst.Call]:
    """Calls whose callee refers to exactly this path, in order."""

    def is_path(node: cst.CSTNode) -> bool:
        return isinstance(node, (cst.Name, cst.Attribute)) and parsed.paths.get(node) == path

    finder = _CallFinder(is_path)
    parsed.module.visit(finder)
    return finder.found


def calls_of_member(parsed: ParsedCode, name: str) -> list[cst.Call]:
    """Calls of a method of that name on values that are nothing imported, in order."""

    def is_member(node: cst.CSTNode) -> bool:
        return (
            isinstance(node, cst.Attribute) and node.attr.value == name and node not in parsed.paths
        )

    finder = _CallFinder(is_member)
    parsed.module.visit(finder)
    return finder.found


class _CallFinder(cst.CSTVisitor):
    def __init__(self, is_wanted: Callable[[cst.CSTNode], bool]) -> None:
        super().__init__()
        self._is_wanted = is_wanted
        self.found: list[cst.Call] = []

    def visit_Call(self, node: cst.Call) -> None:
        if self._is_wanted(node.func):
            self.found.append(node)

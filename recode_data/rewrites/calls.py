"""Calls of one API in a snippet, and accesses to one member."""

from __future__ import annotations

import libcst as cst

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

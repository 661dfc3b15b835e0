"""A member of a class gets another name: `frame.applymap(f)` -> `frame.map(f)`.

The class of a value is not known statically, so every access by that name on a value is meant;
execution tells whether that was right.
"""

from __future__ import annotations

import ast

import libcst as cst

from recode_data.rewrites.calls import accesses_to
from recode_data.rewrites.parsed import Replace, parse, replaced
from recode_data.syntax_trees import nodes_of


def rename_member(code: str, old: str, new: str) -> str | None:
    """The code with `.old` on values made `.new`; None where there is none.

    Args:
        code: Python source.
        old: name of the member, without its class.
        new: its new name.
    """
    if old == new or not _is_member_somewhere(code, old):
        return None
    parsed = parse(code)
    if parsed is None:
        return None
    edits: dict[cst.CSTNode, Replace] = {
        node: lambda updated: updated.with_changes(attr=cst.Name(new))
        for node in accesses_to(parsed, old)
    }
    return replaced(parsed, edits).code if edits else None


def _is_member_somewhere(code: str, name: str) -> bool:
    """Whether any `.name` stands in the code: as `_refers_to` of `rename.py`."""
    try:
        nodes = nodes_of(code)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(isinstance(node, ast.Attribute) and node.attr == name for node in nodes)

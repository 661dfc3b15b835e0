"""A member of a class gets another name: `frame.applymap(f)` -> `frame.map(f)`.

The class of a value is not known statically, so every access by that name on a value is meant;
execution tells whether that was right.
"""

from __future__ import annotations

import libcst as cst

from recode_data.rewrites.parsed import Replace, parse, replaced


def rename_member(code: str, old: str, new: str) -> str | None:
    """The code with `.old` on values made `.new`; None where there is none.

    Args:
        code: Python source.
        old: name of the member, without its class.
        new: its new name.
    """
    parsed = parse(code)
    if parsed is None or old == new:
        return None
    finder = MemberFinder(old, set(parsed.paths))
    parsed.module.visit(finder)
    edits: dict[cst.CSTNode, Replace] = {
        node: lambda updated: updated.with_changes(attr=cst.Name(new)) for node in finder.found
    }
    return replaced(parsed.module, edits).code if edits else None


class MemberFinder(cst.CSTVisitor):
    """Collects accesses to a name on values that are nothing imported."""

    def __init__(self, name: str, imported: set[cst.CSTNode]) -> None:
        super().__init__()
        self._name, self._imported = name, imported
        self.found: list[cst.Attribute] = []

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        """Collect; what lies within an imported path is left out."""
        if node in self._imported:
            return False
        if node.attr.value == self._name:
            self.found.append(node)
        return True

    def visit_Import(self, node: cst.Import) -> bool:
        """Dotted names there are no accesses."""
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        """Dotted names there are no accesses."""
        return False

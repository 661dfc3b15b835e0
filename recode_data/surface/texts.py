"""Source text of small expressions, and the few facts that docstrings carry."""

from __future__ import annotations

import ast
import re

_BLANK = re.compile(r"\n[ \t]*\n")
_SPACE = re.compile(r"\s+")
DOC_LIMIT_CHARS = 400
# `except*` came with Python 3.11, as a node of its own with the same fields.
TRY: tuple[type[ast.Try], ...] = (ast.Try, getattr(ast, "TryStar", ast.Try))


def expression_text(node: ast.expr) -> str:
    """Canonical source text: quotes, spaces and redundant parentheses do not matter."""
    if isinstance(node, ast.Constant):
        return "..." if node.value is ... else repr(node.value)
    if isinstance(node, ast.Name):
        return node.id
    return ast.unparse(node)


def dotted_name(node: ast.expr | None) -> str | None:
    """`a.b.c` of an attribute chain; None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def type_alias_name(statement: ast.stmt) -> str | None:
    """`X` of `type X = …`, which came with Python 3.12; None of any other statement."""
    name = getattr(statement, "name", None) if type(statement).__name__ == "TypeAlias" else None
    return name.id if isinstance(name, ast.Name) else None


def string_value(node: ast.expr | None) -> str | None:
    """Text of a string expression; `{}` stands where a part is known only at run time."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [
            str(part.value) if isinstance(part, ast.Constant) else _field_text(part)
            for part in node.values
        ]
        return "".join(parts)
    if isinstance(node, ast.BinOp):
        left = string_value(node.left)
        if isinstance(node.op, ast.Mod):
            return left
        right = string_value(node.right) if isinstance(node.op, ast.Add) else None
        if left is None and right is None:
            return None
        return (left or "{}") + (right or "{}")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return string_value(node.func.value)
    return None


def _field_text(part: ast.expr) -> str:
    """A formatted field that is a plain constant or name keeps its text: f"{'x'!r}"."""
    if isinstance(part, ast.FormattedValue):
        text = string_value(part.value)
        if text is not None:
            return text
    return "{}"


def first_paragraph(doc: str | None) -> str:
    """The docstring's first paragraph on one line, at most 400 characters."""
    if not doc:
        return ""
    text = doc.strip()
    cut = _BLANK.search(text)
    if cut:
        text = text[: cut.start()]
    return _SPACE.sub(" ", text)[:DOC_LIMIT_CHARS]

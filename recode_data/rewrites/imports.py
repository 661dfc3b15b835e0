"""Import statements of a snippet: adding one, and dropping what became unused."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Mapping, Sequence

import libcst as cst

from recode_data.rewrites.parsed import dotted, with_imports_visited
from recode_data.syntax_trees import nodes_of, statements_of, tree_of

_ALIASES: Mapping[str, str] = {
    "matplotlib.pyplot": "plt",
    "numpy": "np",
    "pandas": "pd",
    "seaborn": "sns",
}
"""How users import these modules."""


def spelling(
    path: str, bindings: Mapping[str, str], preferred: str | None = None
) -> tuple[str, str | None]:
    """How to write a path in a snippet, and the import statement that this needs.

    Args:
        path: dotted import path, `builtins.x` for a builtin.
        bindings: path by name of the imports that the snippet has.
        preferred: name to begin with where it leads to the path at all.
    """
    top, _, rest = path.partition(".")
    if is_builtin(path):
        return rest or top, None
    known = sorted(
        (name for name, bound in bindings.items() if path == bound or path.startswith(f"{bound}.")),
        key=lambda name: (name != preferred, -len(bindings[name]), name),
    )
    if known:
        return known[0] + path[len(bindings[known[0]]) :], None
    for module, alias in _ALIASES.items():
        if path.startswith(f"{module}."):
            return alias + path[len(module) :], f"import {module} as {alias}"
    if path.count(".") <= 1:
        return path, f"import {top}"
    module, _, name = path.rpartition(".")
    return name, f"from {module} import {name}"


def is_builtin(path: str) -> bool:
    """Whether a path needs no import: `builtins.float`, `float`."""
    top, _, rest = path.partition(".")
    return top == "builtins" or (not rest and hasattr(builtins, top))


def with_import(module: cst.Module, statement: str) -> cst.Module:
    """The module with the statement among its imports; unchanged where it is there already.

    The standard library comes first, everything else after the last import at the top.
    """
    line = cst.ensure_type(cst.parse_statement(statement), cst.SimpleStatementLine)
    body = list(module.body)
    if any(isinstance(item, cst.SimpleStatementLine) and item.deep_equals(line) for item in body):
        return module
    position = _end_of_imports(body)
    if _is_standard(statement) and position:
        position = next(
            (index for index in range(position) if not _is_future_or_text(body[index])), position
        )
    if position < len(body):
        following = body[position]
        if _is_import(following):  # what stood above the first import stays above the imports
            line = line.with_changes(leading_lines=following.leading_lines)
            body[position] = following.with_changes(leading_lines=())
        elif position == 0 and not following.leading_lines:
            blank = cst.EmptyLine(indent=False)
            lines = (blank, *following.leading_lines)
            body[position] = following.with_changes(leading_lines=lines)
    body.insert(position, line)
    return module.with_changes(body=body)


def _end_of_imports(body: list[cst.SimpleStatementLine | cst.BaseCompoundStatement]) -> int:
    end = 0
    for index, item in enumerate(body):
        if _is_import(item) or (index == 0 and _is_future_or_text(item)):
            end = index + 1
        else:
            break
    return end


def _is_import(item: cst.CSTNode) -> bool:
    return isinstance(item, cst.SimpleStatementLine) and isinstance(
        item.body[0], (cst.Import, cst.ImportFrom)
    )


def _is_future_or_text(item: cst.CSTNode) -> bool:
    if not isinstance(item, cst.SimpleStatementLine):
        return False
    first = item.body[0]
    if isinstance(first, cst.ImportFrom):
        return dotted(first.module) == "__future__"
    return isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString)


def _is_standard(statement: str) -> bool:
    return statement.split()[1].partition(".")[0] in sys.stdlib_module_names


def without_unused(module: cst.Module, old_code: str) -> str:
    """The module's code without the imports that `old_code` used and it does not."""
    code = module.code
    unused = unused_imports(code, old_code)
    return with_imports_visited(module, _ImportDropper(unused)).code if unused else code


def unused_imports(code: str, old_code: str) -> set[str]:
    """Names that the code imports and does not read, and that `old_code` read.

    Raises:
        SyntaxError: either does not parse.
    """
    unused = _read_names(old_code) - _read_names(code)
    return unused and {
        name
        for node in statements_of(tree_of(code))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if (name := alias.asname or alias.name.partition(".")[0]) in unused
    }


def _read_names(code: str) -> set[str]:
    return {
        node.id
        for node in nodes_of(code)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


class _ImportDropper(cst.CSTTransformer):
    def __init__(self, unused: set[str]) -> None:
        super().__init__()
        self._unused = unused

    def leave_Import(
        self, original_node: cst.Import, updated_node: cst.Import
    ) -> cst.Import | cst.RemovalSentinel:
        kept = [alias for alias in updated_node.names if self._is_used(alias)]
        if len(kept) == len(updated_node.names):
            return updated_node
        return (
            updated_node.with_changes(names=closed(kept, updated_node.names))
            if kept
            else cst.RemoveFromParent()
        )

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        if isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        kept = [alias for alias in updated_node.names if self._is_used(alias)]
        if len(kept) == len(updated_node.names):
            return updated_node
        return (
            updated_node.with_changes(names=closed(kept, updated_node.names))
            if kept
            else cst.RemoveFromParent()
        )

    def _is_used(self, alias: cst.ImportAlias) -> bool:
        return bound_name(alias) not in self._unused


def bound_name(alias: cst.ImportAlias) -> str:
    """The name that an imported item gets in the snippet."""
    if alias.asname is not None:
        return dotted(cst.ensure_type(alias.asname.name, cst.Name)) or ""
    return (dotted(alias.name) or "").partition(".")[0]


def closed(kept: list[cst.ImportAlias], before: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
    """The aliases, the last one followed by what followed the last one before."""
    return [*kept[:-1], kept[-1].with_changes(comma=before[-1].comma)]

"""`pytest.mark.parametrize` as assignments: the first sets of values that are told literally."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from recode_data.usages.slices import Statement

SETS = 2
"""Value sets taken of one test: more only repeat what the snippet shows."""

ParameterSet = tuple[tuple[str, ...], frozenset[str]]


def parameter_sets(
    decorators: Sequence[ast.expr], text: str, constants: Mapping[str, Statement]
) -> tuple[ParameterSet, ...] | None:
    """Up to `SETS` sets: assignments as source text, and the names that they bind.

    Several decorators are walked in step, not crossed. Without any, there is one empty set.

    Args:
        decorators: of the test function and its class.
        text: source of the test file.
        constants: module-level statements by the name that they bind.

    Returns:
        None where values are computed in a way that cannot be told literally.
    """
    choices: list[tuple[tuple[str, ...], list[str], frozenset[str]]] = []
    for decorator in decorators:
        if not (isinstance(decorator, ast.Call) and _name_of(decorator.func) == "parametrize"):
            continue
        names = _names(decorator.args[0]) if len(decorator.args) >= 2 else None
        rows = _rows(decorator.args[1], text, constants) if names else None
        if not names or not rows:
            return None
        texts = [_assignment(names, row) for row in rows[:SETS]]
        if any(item is None for item in texts):
            return None
        choices.append((names, [item for item in texts if item is not None], frozenset(names)))
    bound = frozenset(name for _, _, names in choices for name in names)
    count = max((len(rows) for _, rows, _ in choices), default=1)
    return tuple(
        (tuple(rows[min(index, len(rows) - 1)] for _, rows, _ in choices), bound)
        for index in range(count)
    )


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _names(node: ast.expr) -> tuple[str, ...] | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return tuple(name.strip() for name in node.value.split(",") if name.strip())
    if isinstance(node, (ast.List, ast.Tuple)):
        names = [
            item.value
            for item in node.elts
            if isinstance(item, ast.Constant) and isinstance(item.value, str)
        ]
        return tuple(names) if len(names) == len(node.elts) else None
    return None


def _rows(node: ast.expr, text: str, constants: Mapping[str, Statement]) -> list[ast.expr] | None:
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_unwrapped(item) for item in node.elts if not isinstance(item, ast.Starred)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [ast.Constant(letter) for letter in node.value]
    if isinstance(node, ast.Name) and node.id in constants:
        statement = ast.parse(constants[node.id].code).body[0]
        if isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.List, ast.Tuple)):
            return _rows(statement.value, text, {})
    return None


def _unwrapped(node: ast.expr) -> ast.expr:
    """`pytest.param(a, b, id=…)` is the row `(a, b)`."""
    if isinstance(node, ast.Call) and _name_of(node.func) == "param":
        return node.args[0] if len(node.args) == 1 else ast.Tuple(node.args, ast.Load())
    return node


def _assignment(names: tuple[str, ...], row: ast.expr) -> str | None:
    if len(names) == 1:
        return f"{names[0]} = {ast.unparse(row)}"
    if not isinstance(row, (ast.Tuple, ast.List)) or len(row.elts) != len(names):
        return None
    return "\n".join(
        f"{name} = {ast.unparse(value)}" for name, value in zip(names, row.elts, strict=True)
    )

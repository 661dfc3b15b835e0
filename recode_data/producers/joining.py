"""Two snippets as one program: imports first, then one after the other, names kept apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recode_data.usages.edits import Edit, Spans, edited


@dataclass(frozen=True, slots=True)
class _Program:
    """A snippet taken apart."""

    imports: tuple[str, ...]
    imported: Mapping[str, str]
    """Import statement, one name each, by the name that it binds."""
    body: str
    bound: frozenset[str]
    """Names that the body binds at its top level."""


def joined(first: str, second: str, renamed: Mapping[str, str]) -> str | None:
    """Both snippets as one module, names of the second renamed.

    Returns:
        None where they cannot be told apart: a name means two imports, or is bound by an import
        here and by a statement there, or the result is no Python.
    """
    one, two = _taken_apart(first), _taken_apart(second)
    if one is None or two is None:
        return None
    for name, statement in two.imported.items():
        if one.imported.get(name, statement) != statement or name in one.bound:
            return None
    if one.imported.keys() & two.bound:
        return None
    body = with_names(two.body, renamed)
    if body is None or one.bound & (two.bound - renamed.keys()):
        return None
    imports = _merged([*one.imports, *two.imports])
    code = "\n".join([*imports, "", one.body, "", body]) + "\n"
    try:
        compile(code, "joined", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return code


def _merged(imports: Sequence[str]) -> list[str]:
    """Import statements in their order, each once; names of one module in one statement."""
    names: dict[str, dict[str, None]] = {}
    for statement in imports:
        node = ast.parse(statement).body[0]
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            known = names.setdefault(f"from {node.module} import ", {})
            known.update(dict.fromkeys(map(ast.unparse, node.names)))
        else:
            names.setdefault(statement, {})
    return [head + ", ".join(sorted(known, key=str.casefold)) for head, known in names.items()]


def collisions(first: str, second: str) -> dict[str, str] | None:
    """New names for what both bind at their top level; None where either is no plain snippet."""
    one, two = _taken_apart(first), _taken_apart(second)
    if one is None or two is None:
        return None
    words = set(re.findall(r"\w+", first + second))
    renamed: dict[str, str] = {}
    for name in sorted(one.bound & two.bound):
        number = 2
        while f"{name.rstrip('0123456789_')}_{number}" in words:
            number += 1
        renamed[name] = f"{name.rstrip('0123456789_')}_{number}"
        words.add(renamed[name])
    return renamed


def with_names(code: str, renamed: Mapping[str, str]) -> str | None:
    """The code with top-level names renamed; None where one is also a parameter or a keyword."""
    if not renamed:
        return code
    tree = ast.parse(code)
    spans = Spans(code)
    edits: list[Edit] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in renamed:
            start, end = spans.of(node)
            edits.append(Edit(start, end, renamed[node.id]))
        elif _mentions(node) & renamed.keys():
            return None
    return edited(code, edits)


def _mentions(node: ast.AST) -> set[str]:
    """Names that a node binds or holds in a way that no edit of `Name` nodes reaches."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return set(node.names)
    if isinstance(node, ast.arg):
        return {node.arg}
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        return {node.name}
    if isinstance(node, ast.JoinedStr):  # before Python 3.12 positions in it are wrong
        return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return set()


def _taken_apart(code: str) -> _Program | None:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return None
    imported: dict[str, str] = {}
    body: list[ast.stmt] = []
    for node in tree.body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            body.append(node)
            continue
        if body or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            return None  # an import in the middle may come late for a reason
        for alias in node.names:
            if alias.name == "*":
                return None
            single = (
                ast.Import([alias])
                if isinstance(node, ast.Import)
                else ast.ImportFrom(node.module, [alias], node.level)
            )
            imported[alias.asname or alias.name.partition(".")[0]] = ast.unparse(single)
    if not body:
        return None
    lines = code.split("\n")
    first = min([body[0].lineno, *(item.lineno for item in getattr(body[0], "decorator_list", []))])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    heads = tuple(ast.unparse(node) for node in tree.body[: len(tree.body) - len(body)])
    bound = {
        part.id
        for node in body
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    bound |= {
        node.name
        for node in body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    return _Program(heads, imported, "\n".join(lines[first - 1 :]).strip("\n"), frozenset(bound))

"""pytest fixtures as plain code: what a test gets handed, computed in front of it.

Taken are fixtures of the test file and of the `conftest.py` files above it, with the fixtures that
they ask for in turn. A fixture that yields gives what it yields; what it does afterwards is left
out. Parametrised ones and those that reach into pytest (`request`, `monkeypatch`) are not told.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from recode_data.usages.edits import Edit, Spans, edited
from recode_data.usages.slices import parts_of

DEPTH = 6
"""Fixtures that ask for fixtures are followed this far."""

BUILT_IN: Mapping[str, str] = {
    "tmp_path": 'import pathlib\ntmp_path = pathlib.Path("work")\ntmp_path.mkdir(exist_ok=True)',
    "recwarn": "recwarn = []",
}
"""What pytest itself provides; a snippet runs in an empty folder, so a fixed name is enough."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixture that only computes a value, as statements that bind its name."""

    code: str
    needs: tuple[str, ...] = ()
    """Names of the fixtures that it asks for."""
    source: int = 0
    """Which file it comes from: 0 the test's own, then its `conftest.py` files, nearest first."""


def fixtures_of(tree: ast.Module, text: str, source: int = 0) -> dict[str, Fixture]:
    """Module-level fixtures that end in their one `return` or `yield`, by name."""
    found: dict[str, Fixture] = {}
    lines = text.split("\n")
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        marks = [item for item in node.decorator_list if _name_of(item) == "fixture"]
        if not marks or len(node.decorator_list) > 1 or _has_options(marks[0]):
            continue
        arguments = node.args
        needs = tuple(item.arg for item in arguments.args)
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or "request" in needs:
            continue
        name = _given_name(marks[0]) or node.name
        code = _value_code(node, name, lines)
        if code is not None:
            found[name] = Fixture(code, needs, source)
    return found


def needed_fixtures(
    names: Sequence[str], fixtures: Mapping[str, Fixture], depth: int = DEPTH
) -> Iterator[Fixture]:
    """Fixtures to compute, in order, so that all the names are bound.

    Raises:
        KeyError: one of them is not known.
        RecursionError: they ask for each other.
    """
    if depth == 0:
        raise RecursionError
    for name in names:
        fixture = fixtures[name] if name in fixtures else Fixture(BUILT_IN[name])
        yield from needed_fixtures(fixture.needs, fixtures, depth - 1)
        yield fixture


def conftests(test: Path, roots: Sequence[Path]) -> tuple[str, ...]:
    """Texts of the `conftest.py` files that pytest would read for a test file, nearest first."""
    root = next((root for root in roots if test.is_relative_to(root)), None)
    texts: list[str] = []
    folder = test.parent
    while root is not None and folder.is_relative_to(root):
        with suppress(OSError, UnicodeDecodeError):
            texts.append((folder / "conftest.py").read_text(encoding="utf-8"))
        folder = folder.parent
    return tuple(texts)


def _value_code(node: ast.FunctionDef, name: str, lines: Sequence[str]) -> str | None:
    """Statements that bind the fixture's value to its name; None where it does more."""
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    exits = [
        part
        for part in parts_of(node)
        if isinstance(part, (ast.Return, ast.Yield, ast.YieldFrom, ast.Await))
    ]
    at = next((index for index, item in enumerate(body) if _value(item) is not None), None)
    if at is None or len(exits) != 1 or body[0].lineno == node.lineno:
        return None
    value = _value(body[at])
    code = "\n".join(lines[body[0].lineno - 1 : body[at].end_lineno])
    spans = Spans(code, body[0].lineno)
    start, end = spans.of(body[at])
    told = edited(code, [Edit(start, end, f"{name} = {spans.text(value)}" if value else "")])
    return textwrap.dedent(told)


def _value(statement: ast.stmt) -> ast.expr | None:
    """What a `return x` or a `yield x` hands out."""
    if isinstance(statement, ast.Return):
        return statement.value
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield):
        return statement.value.value
    return None


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _has_options(mark: ast.expr) -> bool:
    """Whether the mark says more than where the value is shared and what it is called."""
    if not isinstance(mark, ast.Call):
        return False
    return any(item.arg not in ("scope", "name") for item in mark.keywords)


def _given_name(mark: ast.expr) -> str | None:
    for item in mark.keywords if isinstance(mark, ast.Call) else ():
        if item.arg == "name" and isinstance(item.value, ast.Constant):
            return str(item.value.value)
    return None

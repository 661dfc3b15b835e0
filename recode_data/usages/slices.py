"""Which earlier statements a statement needs: a backward slice over definitions and uses.

Reads are over-approximated (a comprehension's own variable counts as read), so a slice may hold a
statement too many, never one too few that an assignment, an import or a mutation shows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from recode_data.syntax_trees import tree_of

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_STATEFUL = re.compile(
    r"^(set|seed|reset|register|use|enable|disable|simplefilter|filterwarnings|update)|_seed$"
)
"""Functions called for what they do to their module (`np.random.seed`, `warnings.simplefilter`)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement of a session with the names that it deals with."""

    code: str
    line: int
    paragraph: int
    reads: frozenset[str]
    binds: frozenset[str]
    mutates: frozenset[str]
    effect: str | None
    """For an expression run for its effect: the module that it acts on, as written (`np.random`)."""
    uses: frozenset[str]
    """Dotted names as written, without their last part: what `effect` is compared with."""
    is_import: bool
    shows: bool
    """An expression whose value gets shown."""


@lru_cache(maxsize=2048)
def statements_of(
    code: str, line: int = 1, paragraph: int = 0, *, shows: bool = False
) -> tuple[Statement, ...]:
    """Top-level statements of the code, their text untouched.

    Args:
        code: Python source.
        line: line number of its first line.
        paragraph: number of its paragraph.
        shows: whether the value of its last expression is shown.

    Raises:
        SyntaxError: the code does not parse.
    """
    lines = code.split("\n")
    body = tree_of(code).body
    found: list[Statement] = []
    for index, node in enumerate(body):
        start, end = _span(node)
        following = _span(body[index + 1])[0] if index + 1 < len(body) else len(lines) + 1
        text = "\n".join(lines[start - 1 : end])
        previous = _span(body[index - 1])[1] if index else 0
        if following <= end or start <= previous:  # `a = 1; b = 2` on one line
            text = ast.get_source_segment(code, node) or text
        found.append(describe(node, text, line + start - 1, paragraph, shows=shows))
    return tuple(found)


def describe(
    node: ast.stmt, text: str, line: int, paragraph: int, *, shows: bool = False
) -> Statement:
    """The statement with what it reads, binds and changes."""
    is_expression = isinstance(node, ast.Expr)
    parts = tuple(parts_of(node))
    return Statement(
        code=text,
        line=line,
        paragraph=paragraph,
        reads=frozenset(_reads(parts)),
        binds=frozenset(_binds(node, parts)),
        mutates=frozenset(_mutates(node, parts, shows)),
        effect=None if shows else _effect(node),
        uses=frozenset(_dotted_parents(parts)),
        is_import=isinstance(node, (ast.Import, ast.ImportFrom)),
        shows=is_expression and shows,
    )


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it but contexts, in no set order: `ast.walk` in a third of the time."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        for name in part._fields:
            value = getattr(part, name, None)
            if isinstance(value, list):
                waiting.extend(item for item in value if isinstance(item, ast.AST))
            elif isinstance(value, ast.AST) and name != "ctx":
                waiting.append(value)


def needed_by(statements: Sequence[Statement], targets: Collection[int]) -> tuple[int, ...]:
    """Positions of the targets and of every earlier statement that they need, in order."""
    if not targets:
        return ()
    own = {name for item in statements if not item.is_import for name in item.binds}
    needed: set[str] = set()
    modules: set[str] = set()
    kept: list[int] = []
    for position in range(max(targets), -1, -1):
        statement = statements[position]
        is_wanted = (
            position in targets
            or bool(statement.binds & needed)
            or bool(statement.mutates & needed & own)
            or (statement.effect is not None and statement.effect in modules)
        )
        if not is_wanted:
            continue
        kept.append(position)
        if not statement.reads & statement.binds:
            needed -= statement.binds - statement.mutates
        needed |= statement.reads
        modules |= statement.uses
    return tuple(reversed(kept))


def _span(node: ast.stmt) -> tuple[int, int]:
    start = node.lineno
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        start = min([start, *(item.lineno for item in node.decorator_list)])
    return start, node.end_lineno or node.lineno


def _reads(parts: Iterable[ast.AST]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            yield part.target.id


def _binds(node: ast.stmt, parts: Iterable[ast.AST]) -> Iterator[str]:
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name
        return
    for part in parts:
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, (ast.Import, ast.ImportFrom)):
            for alias in part.names:
                yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(part, (*_FUNCTIONS, ast.ClassDef)):
            yield part.name


def _mutates(node: ast.stmt, parts: Iterable[ast.AST], shows: bool) -> Iterator[str]:
    """Names whose objects the statement may change in place."""
    for part in parts:
        if isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(
            part.ctx, (ast.Store, ast.Del)
        ):
            yield from _root(part)
        elif isinstance(part, ast.Call):
            for keyword in part.keywords:
                if keyword.arg == "out":
                    yield from _root(keyword.value)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not shows:
        call = node.value
        if isinstance(call.func, ast.Attribute):
            yield from _root(call.func)
        for argument in call.args:  # np.put(a, …), random.shuffle(a)
            yield from _root(argument)


def _root(node: ast.AST) -> Iterator[str]:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _effect(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        module, _, name = (_dotted(node.value.func) or "").rpartition(".")
        if module and (_STATEFUL.search(name) or module == "plt"):
            return module
    return None


def _dotted_parents(parts: Iterable[ast.AST]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, ast.Attribute):
            chain = _dotted(part)
            if chain:
                yield chain.rpartition(".")[0]


def _dotted(node: ast.AST) -> str | None:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(names)])

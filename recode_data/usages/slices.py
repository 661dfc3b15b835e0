"""Which earlier statements a statement needs: a backward slice over definitions and uses.

Reads are over-approximated (a comprehension's own variable counts as read), so a slice may hold a
statement too many, never one too few that an assignment, an import or a mutation shows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from recode_data.syntax_trees import HOLDING, tree_of

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_INEXACT = (
    ast.Lambda,
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping),
    *(ast.Delete, ast.Global, ast.Nonlocal),
)
"""Nodes that have names of their own, or do to names what no field of a `Statement` says."""
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
    is_exact: bool
    """Whether `reads` and `binds` are all that it does to the names of its module, and no more."""
    nodes: tuple[ast.stmt, ...] = field(compare=False, repr=False)
    """What `code` parses to; their positions may be those in a longer text."""


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
    names = _Names()
    waiting: list[ast.AST | None] = [node]
    while waiting:  # as `parts_of` does, of which most nodes of a release come here
        part = waiting.pop()
        if part is None:
            continue
        kind = type(part)
        take = _TAKEN.get(kind)
        if take is not None:
            take(names, part)
        for name in HOLDING[kind]:
            value = getattr(part, name)
            if isinstance(value, list):
                waiting += value
            else:
                waiting.append(value)
    is_expression = isinstance(node, ast.Expr)
    bound = {node.name} if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else names.bound
    return Statement(
        code=text,
        line=line,
        paragraph=paragraph,
        reads=frozenset(names.read),
        binds=frozenset(bound),
        mutates=frozenset(names.mutated.union(() if shows else _handed_over(node))),
        effect=None if shows else _effect(node),
        uses=frozenset(names.used),
        is_import=isinstance(node, (ast.Import, ast.ImportFrom)),
        shows=is_expression and shows,
        is_exact=names.is_exact,
        nodes=(node,),
    )


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it but contexts, in no set order: `ast.walk` in a fraction of the time."""
    waiting: list[ast.AST | None] = [node]
    while waiting:
        part = waiting.pop()
        if part is None:  # `{**a}` has no key, a keyword without default none either
            continue
        yield part
        for name in HOLDING[type(part)]:
            value = getattr(part, name, None)
            if isinstance(value, list):
                waiting += value
            else:
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


class _Names:
    """What the parts of one statement do to names; those below a part are parts of their own."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.bound: set[str] = set()
        self.mutated: set[str] = set()
        """Whose objects it may change in place."""
        self.used: set[str] = set()
        """Dotted names, without their last part."""
        self.is_exact = True

    def take_name(self, part: ast.Name) -> None:
        (self.bound if isinstance(part.ctx, ast.Store) else self.read).add(part.id)

    def take_attribute(self, part: ast.Attribute) -> None:
        chain = _dotted(part.value)
        if chain:
            self.used.add(chain)
        if not isinstance(part.ctx, ast.Load):
            self.mutated.update(_root(part))

    def take_call(self, part: ast.Call) -> None:
        for keyword in part.keywords:
            if keyword.arg == "out":
                self.mutated.update(_root(keyword.value))

    def take_subscript(self, part: ast.Subscript) -> None:
        if not isinstance(part.ctx, ast.Load):
            self.mutated.update(_root(part))

    def take_augmented(self, part: ast.AugAssign) -> None:
        if isinstance(part.target, ast.Name):
            self.read.add(part.target.id)

    def take_import(self, part: ast.Import | ast.ImportFrom) -> None:
        self.bound.update(alias.asname or alias.name.partition(".")[0] for alias in part.names)

    def take_definition(self, part: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.bound.add(part.name)
        self.is_exact = False

    def take_inexact(self, part: ast.AST) -> None:
        self.is_exact = False


_TAKEN: Mapping[type[ast.AST], Callable[[_Names, Any], None]] = {
    ast.Name: _Names.take_name,
    ast.Attribute: _Names.take_attribute,
    ast.Call: _Names.take_call,
    ast.Subscript: _Names.take_subscript,
    ast.AugAssign: _Names.take_augmented,
    **dict.fromkeys((ast.Import, ast.ImportFrom), _Names.take_import),
    **dict.fromkeys((*_FUNCTIONS, ast.ClassDef), _Names.take_definition),
    **dict.fromkeys(_INEXACT, _Names.take_inexact),
}
"""How each kind of node is taken; most nodes tell nothing of names."""


def _handed_over(node: ast.stmt) -> Iterator[str]:
    """Names whose objects a call for its effect may change: `x.sort()`, `random.shuffle(a)`."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Attribute):
            yield from _root(call.func)
        for argument in call.args:
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


def _dotted(node: ast.AST) -> str | None:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(names)])

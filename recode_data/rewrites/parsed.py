"""A snippet as a libcst tree in which every node knows the import path that it refers to."""

from __future__ import annotations

import ast
import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from recode_data.references import find_references
from recode_data.rewrites.finding import Chain, FoundNodes, find_nodes
from recode_data.syntax_trees import nodes_of, statements_of, tree_of

_Span: TypeAlias = tuple[int, int, int, int]
Replace: TypeAlias = Callable[[cst.BaseExpression], cst.BaseExpression]


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """Tree and paths of one snippet."""

    module: cst.Module
    paths: Mapping[Chain, str]
    """Path of each whole chain (`np.lib.x`) that begins with a name bound by one import."""
    bindings: Mapping[str, str]
    """Path by name, for the names that exactly one import binds."""
    names: frozenset[str]
    """Every name that occurs in the code or is bound by it."""
    bound: frozenset[str]
    """Every name that the code binds."""
    calls: tuple[cst.Call, ...]
    """In order."""
    parents: Mapping[cst.CSTNode, cst.CSTNode]
    """By node, what holds it, for all that are below a statement and no layout."""
    accesses: tuple[cst.Attribute, ...]
    """`.name` on values that are nothing imported, in order."""


def module_of(code: str) -> cst.Module | None:
    """The tree as libcst gives it; None as for `parse`, which costs twice as much."""
    if "\r" in code:
        return None
    try:
        return cst.parse_module(code)
    except (SyntaxError, ValueError, cst.ParserSyntaxError):
        return None


@dataclass(frozen=True, slots=True)
class _Told:
    """What Python's own tree tells of a snippet."""

    path_at: Mapping[_Span, str]
    bindings: Mapping[str, str]
    names: frozenset[str]
    bound: frozenset[str]


@lru_cache(maxsize=1024)
def parse(code: str) -> ParsedCode | None:
    """The snippet's tree; None where it does not parse or has carriage returns."""
    try:
        told = _told(code)
    except (SyntaxError, ValueError):
        return None
    module = module_of(code)
    if module is None:
        return None
    found = find_nodes(module)
    spans = (_spans_by_order(found.chains, nodes_of(code)) if code.isascii() else None) or _spans(
        found.chains, module
    )
    return _parsed(module, found, spans, told)


def edited(
    code: str,
    may_matter: Callable[[ast.AST], bool],
    edits_of: Callable[[ParsedCode], Mapping[cst.CSTNode, Replace] | None],
) -> str | None:
    """The code with expressions replaced; None where there is nothing to replace.

    A tree of libcst takes ten times as long as one of Python, and most snippets have one statement
    that matters, or none: only such a statement is given to it.

    Args:
        code: A snippet.
        may_matter: Whether `edits_of` may have something to say of a statement that holds this node.
        edits_of: What to replace in a statement, or in the whole code where its statements cannot be
            told apart; None where the code is to be left alone.
    """
    try:
        statements = _statements(code)
        if not statements:
            return _edited_as_a_whole(code, edits_of)
        matters = [
            number for number, one in enumerate(statements) if any(map(may_matter, one.nodes))
        ]
    except (SyntaxError, ValueError):
        return None
    lines = code.split("\n")
    is_edited = False
    for number in reversed(matters):
        parsed = _statement_parsed(code, number)
        if parsed is None:
            return _edited_as_a_whole(code, edits_of)
        edits = edits_of(parsed)
        if edits is None:
            return None
        if edits:
            first, last = statements[number].first, statements[number].last
            lines[first - 1 : last] = [replaced(parsed, edits).code]
            is_edited = True
    return "\n".join(lines) if is_edited else None


def _edited_as_a_whole(
    code: str, edits_of: Callable[[ParsedCode], Mapping[cst.CSTNode, Replace] | None]
) -> str | None:
    parsed = parse(code)
    edits = None if parsed is None else edits_of(parsed)
    return replaced(parsed, edits).code if parsed is not None and edits else None


@dataclass(frozen=True, slots=True)
class _Statement:
    """A top-level statement and its 1-based lines, which it shares with no other."""

    nodes: tuple[ast.AST, ...]
    """It and all below it."""
    first: int
    last: int


@lru_cache(maxsize=1024)
def _statements(code: str) -> tuple[_Statement, ...]:
    """Empty where two share a line, or where columns of `ast` may count something else than letters."""
    if not code.isascii() or "\r" in code:
        return ()
    found: list[_Statement] = []
    for node in tree_of(code).body:
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
        if found and first <= found[-1].last:
            return ()
        found.append(_Statement(tuple(ast.walk(node)), first, node.end_lineno or node.lineno))
    return tuple(found)


@lru_cache(maxsize=1024)
def _statement_parsed(code: str, number: int) -> ParsedCode | None:
    """One of the `_statements` alone, with what the whole code says of names; None where libcst and
    Python do not tell the same of it."""
    statement = _statements(code)[number]
    module = module_of("\n".join(code.split("\n")[statement.first - 1 : statement.last]))
    if module is None:
        return None
    found = find_nodes(module)
    spans = _spans_by_order(found.chains, statement.nodes)
    return None if spans is None else _parsed(module, found, spans, _told(code))


@lru_cache(maxsize=64)
def _told(code: str) -> _Told:
    nodes = nodes_of(code)
    references = find_references(code)
    starts = _line_starts(code)
    path_at: dict[_Span, str] = {}
    for reference in references:
        span = _position(starts, reference.start) + _position(starts, reference.end)
        path_at[span] = reference.path
    return _Told(path_at, import_bindings(code), names_in(code), _names(nodes, bound=True))


def _parsed(
    module: cst.Module, found: FoundNodes, spans: Mapping[Chain, _Span], told: _Told
) -> ParsedCode:
    paths: dict[Chain, str] = {}
    bindings = told.bindings
    for node in found.chains:
        path = told.path_at.get(spans[node])
        root = root_name(node) or ""
        if path is not None and root in bindings and _is_own_path(node, bindings[root], path):
            paths[node] = path
    within = {part for node in paths for part in _inner(node)}
    return ParsedCode(
        module,
        paths,
        bindings,
        told.names,
        told.bound,
        tuple(found.calls),
        found.parents,
        tuple(
            node
            for node in found.chains
            if isinstance(node, cst.Attribute) and node not in paths and node not in within
        ),
    )


def _spans_by_order(found: Sequence[Chain], nodes: Sequence[ast.AST]) -> dict[Chain, _Span] | None:
    """Where each chain stands, from Python's own tree, in which the same ones come in the same order.

    Ten times as fast as asking libcst; None where the two do not tell the same.
    """
    named = [
        (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, name)
        for node in nodes
        if isinstance(node, (ast.Name, ast.Attribute)) and (name := _dotted(node)) is not None
    ]
    named.sort(key=lambda item: (item[0], item[1], -item[2], -item[3]))
    chains = [(node, name) for node in found if (name := dotted(node)) is not None]
    if [name for _, name in chains] != [item[4] for item in named]:
        return None
    spans: dict[Chain, _Span] = dict.fromkeys(found, (0, 0, 0, 0))
    spans.update((node, item[:4]) for (node, _), item in zip(chains, named, strict=True))
    return spans


def _spans(found: Sequence[Chain], module: cst.Module) -> dict[Chain, _Span]:
    positions = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    return {
        node: (
            positions[node].start.line,
            positions[node].start.column,
            positions[node].end.line,
            positions[node].end.column,
        )
        for node in found
    }


def _dotted(node: ast.expr) -> str | None:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else None


def _inner(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    while isinstance(node, cst.Attribute):
        node = node.value
        yield node


def root_name(node: cst.BaseExpression) -> str | None:
    """`np` of `np.lib.x`; None where the chain begins with something else than a name."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else None


def chain(path: str) -> Chain:
    """The expression that spells a dotted path."""
    first, *rest = path.split(".")
    node: Chain = cst.Name(first)
    for name in rest:
        node = cst.Attribute(node, cst.Name(name))
    return node


def dotted(node: cst.BaseExpression | None) -> str | None:
    """`a.b.c` of a chain of names; None of anything else."""
    names: list[str] = []
    while isinstance(node, cst.Attribute):
        names.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([node.value, *reversed(names)])


def is_at_or_under(path: str, api: str) -> bool:
    """Whether the path is the API or a member of it."""
    return path == api or path.startswith(f"{api}.")


def replaced(parsed: ParsedCode, edits: Mapping[cst.CSTNode, Replace]) -> cst.Module:
    """The module with each given expression replaced; inner ones first.

    A visit takes longer than all else: only what holds one of them is visited.
    """
    above = _at_and_above(edits, parsed.parents)
    replacer = _Replacer(edits, above)
    body = list(parsed.module.body)
    for index, old in enumerate(body):
        statement = old.visit(replacer) if old in above else old
        if isinstance(statement, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            body[index] = statement
    return parsed.module.with_changes(body=body)


def _at_and_above(
    nodes: Iterable[cst.CSTNode], parents: Mapping[cst.CSTNode, cst.CSTNode]
) -> set[cst.CSTNode]:
    found: set[cst.CSTNode] = set()
    for node in nodes:
        above: cst.CSTNode | None = node
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return found


def with_imports_visited(module: cst.Module, visitor: cst.CSTTransformer) -> cst.Module:
    """What a visitor of import statements makes of the module; other simple statements are left out."""
    body: list[cst.SimpleStatementLine | cst.BaseCompoundStatement] = []
    for statement in module.body:
        if isinstance(statement, cst.SimpleStatementLine) and not any(
            isinstance(part, (cst.Import, cst.ImportFrom)) for part in statement.body
        ):
            body.append(statement)
            continue
        visited = statement.visit(visitor)
        is_empty = isinstance(visited, cst.SimpleStatementLine) and not visited.body
        if isinstance(visited, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            body += [] if is_empty else [visited]
    return module.with_changes(body=body)


class _Replacer(cst.CSTTransformer):
    """Replaces nodes, and visits nothing that holds none of them."""

    def __init__(self, edits: Mapping[cst.CSTNode, Replace], above: Set[cst.CSTNode]) -> None:
        super().__init__()
        self._edits, self._above = edits, above

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self._above

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        """Nothing: libcst would look for a method of that name, for each field of each node."""

    def on_leave_attribute(self, original_node: cst.CSTNode, attribute: str) -> None:
        """Nothing, as before."""

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        edit = self._edits.get(original_node)
        if edit is not None and isinstance(updated_node, cst.BaseExpression):
            return edit(updated_node)  # type: ignore[return-value]  # an expression for an expression
        return updated_node


def _is_own_path(node: cst.BaseExpression, root_path: str, path: str) -> bool:
    """Whether the path is what the import says, rather than what an alias by assignment says."""
    written = dotted(node) or ""
    _, _, rest = written.partition(".")
    return path == (f"{root_path}.{rest}" if rest else root_path)


def import_bindings(code: str) -> dict[str, str]:
    """Path by name, for the names that exactly one import of the snippet binds.

    Raises:
        SyntaxError: the code does not parse.
    """
    found: dict[str, set[str]] = {}
    for node in statements_of(tree_of(code)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found.setdefault(alias.asname or top, set()).add(
                    alias.name if alias.asname else top
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                if alias.name != "*":
                    name = alias.asname or alias.name
                    found.setdefault(name, set()).add(f"{node.module}.{alias.name}")
    return {name: next(iter(paths)) for name, paths in found.items() if len(paths) == 1}


def names_in(code: str) -> frozenset[str]:
    """Every name that occurs in the snippet or is bound by it.

    Raises:
        SyntaxError: the code does not parse.
    """
    return _names(nodes_of(code), bound=False)


def _names(nodes: Sequence[ast.AST], *, bound: bool) -> frozenset[str]:
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name):
            if not (bound and isinstance(node.ctx, ast.Load)):
                names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return frozenset(names)


def _line_starts(code: str) -> list[int]:
    starts = [0]
    for index, letter in enumerate(code):
        if letter == "\n":
            starts.append(index + 1)
    return starts


def _position(starts: list[int], offset: int) -> tuple[int, int]:
    line = bisect.bisect_right(starts, offset)
    return line, offset - starts[line - 1]


def forget_parsed() -> None:
    """Give up all trees of libcst, and what they are made with."""
    for remembered in (parse, _statement_parsed, _statements, _told):
        remembered.cache_clear()

"""A snippet as a libcst tree in which every node knows the import path that it refers to."""

from __future__ import annotations

import ast
import bisect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from recode_data.references import find_references

Chain: TypeAlias = "cst.Name | cst.Attribute"
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
    accesses: tuple[cst.Attribute, ...]
    """`.name` on values that are nothing imported, in order."""


@lru_cache(maxsize=1024)
def parse(code: str) -> ParsedCode | None:
    """The snippet's tree; None where it does not parse or has carriage returns."""
    if "\r" in code:
        return None
    try:
        tree = ast.parse(code)
        references = find_references(code)
        wrapper = MetadataWrapper(cst.parse_module(code), unsafe_skip_copy=True)
    except (SyntaxError, ValueError, cst.ParserSyntaxError):
        return None
    bindings = _import_bindings(tree)
    starts = _line_starts(code)
    by_span: dict[tuple[int, ...], str] = {}
    for reference in references:
        span = _position(starts, reference.start) + _position(starts, reference.end)
        by_span[span] = reference.path
    paths: dict[Chain, str] = {}
    positions = wrapper.resolve(PositionProvider)
    finder = _ChainFinder()
    wrapper.module.visit(finder)
    for node in finder.found:
        where = positions[node]
        key = (where.start.line, where.start.column, where.end.line, where.end.column)
        path = by_span.get(key)
        root = root_name(node)
        if path is not None and root in bindings and _is_own_path(node, bindings[root], path):
            paths[node] = path
    within = {part for node in paths for part in _inner(node)}
    return ParsedCode(
        wrapper.module,
        paths,
        bindings,
        _names(tree),
        _names(tree, bound=True),
        tuple(finder.calls),
        tuple(
            node
            for node in finder.found
            if isinstance(node, cst.Attribute) and node not in paths and node not in within
        ),
    )


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


def replaced(module: cst.Module, edits: Mapping[cst.CSTNode, Replace]) -> cst.Module:
    """The module with each given expression replaced; inner ones first."""
    return module.visit(_Replacer(edits))


class _ChainFinder(cst.CSTVisitor):
    """Collects names, attributes and calls; those of import statements are no expressions."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Chain] = []
        self.calls: list[cst.Call] = []

    def visit_Call(self, node: cst.Call) -> None:
        self.calls.append(node)

    def visit_Name(self, node: cst.Name) -> None:
        self.found.append(node)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.found.append(node)

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False


class _Replacer(cst.CSTTransformer):
    def __init__(self, edits: Mapping[cst.CSTNode, Replace]) -> None:
        super().__init__()
        self._edits = edits

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


def _import_bindings(tree: ast.Module) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
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


def _names(tree: ast.Module, *, bound: bool = False) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
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

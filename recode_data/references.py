"""Which imported names a snippet refers to, and where: by `ast` alone, nothing is run.

A name refers to what its import bound it to: `np.lib.x` after `import numpy as np` is
`numpy.lib.x`. Scopes count: a parameter, an assignment, a loop target or a comprehension variable
hides an import of the same name. Aliases made by plain assignment (`f = np.trapz`) are followed.
Statements are read in order, function bodies last, as Python runs them; names bound to different
imports in the branches of `if` and `try` refer to all of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from recode_data.syntax_trees import HOLDING, statements_of, tree_of

Paths: TypeAlias = tuple[str, ...]

_HIDDEN: Paths = ()
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS)
_NAMING = (*_FUNCTIONS, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
_LINE_ENDS = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
_FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"

READINGS_KEPT = 16384
"""About 1 kB each: of both releases' snippets, and of what is made of them."""
IMPORTS_KEPT = 16
"""Of the same file, with what its fixtures import."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One expression (or imported name) that refers to something imported.

    Only whole chains are given: `np.lib.x` is one reference, `np` within it is none.
    """

    path: str
    """Dotted import path, e.g. `numpy.lib.x`."""
    line: int
    """1-based, first line of the expression."""
    end_line: int
    start: int
    """Offset in characters into the code."""
    end: int


def find_references(
    code: str, star_names: Mapping[str, Collection[str]] | None = None
) -> tuple[Reference, ...]:
    """References in the order of their position; import statements count too.

    Args:
        code: Python source.
        star_names: public names by module, for `from module import *`; a star import of any
            other module binds nothing.

    Raises:
        SyntaxError: the code does not parse.
    """
    return (_resolved(code, star_names) if star_names else _read(code)).references


def attribute_names(code: str) -> tuple[tuple[str, int], ...]:
    """`(name, line)` of each `.name` on a value that is no imported module or member of one.

    Where a method's class is not known statically, its name is all there is. Lines are 1-based.

    Raises:
        SyntaxError: the code does not parse.
    """
    return _read(code).attributes


@dataclass(frozen=True, slots=True)
class Mentions:
    """What some statements refer to, wherever in them."""

    paths: frozenset[str]
    """As those of `find_references`."""
    attributes: frozenset[str]
    """As the names of `attribute_names`."""


def mentions(imports: str, parts: Iterable[Iterable[ast.stmt]]) -> tuple[Mentions, ...]:
    """What each part of a session mentions, the parts run one after the other after the imports.

    The statements may come from several texts, and need not be parsed once more as one. A test
    file's imports are read once for all of its tests.

    Raises:
        SyntaxError: the imports do not parse.
    """
    resolver = _Resolver({}, _names_after(imports))
    found = [resolver.take(statements) for statements in parts]
    resolver.finish()
    return tuple(
        Mentions(
            frozenset(path for path, _ in item.references),
            frozenset(node.attr for node in item.attributes),
        )
        for item in found
    )


@lru_cache(maxsize=IMPORTS_KEPT)
def _names_after(imports: str) -> Mapping[str, Paths]:
    resolver = _Resolver({}, {})
    resolver.take(tree_of(imports).body)
    resolver.finish()
    return resolver.names


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one way through a snippet tells."""

    references: tuple[Reference, ...]
    attributes: tuple[tuple[str, int], ...]


@lru_cache(maxsize=READINGS_KEPT)
def _read(code: str) -> _Reading:
    """Every change asks the same of all snippets that touch it."""
    return _resolved(code, {})


def _resolved(code: str, star_names: Mapping[str, Collection[str]]) -> _Reading:
    resolver = _Resolver(star_names, {})
    found = resolver.take(tree_of(code).body)
    resolver.finish()
    offsets = _Offsets(code)
    references = [_reference(node, path, offsets) for path, node in found.references]
    attributes = [(node.attr, node.end_lineno or node.lineno) for node in found.attributes]
    return _Reading(
        tuple(sorted(references, key=lambda item: (item.start, item.end, item.path))),
        tuple(sorted(attributes, key=lambda item: (item[1], item[0]))),
    )


def _reference(node: ast.expr | ast.alias, path: str, offsets: _Offsets) -> Reference:
    end_line = node.end_lineno or node.lineno
    start = offsets.offset(node.lineno, node.col_offset)
    end = offsets.offset(end_line, node.end_col_offset or node.col_offset)
    return Reference(path, node.lineno, end_line, start, end)


def forget_readings() -> None:
    """Give up what is remembered of the snippets."""
    _read.cache_clear()
    _names_after.cache_clear()


def taken_up(old_code: str, new_code: str) -> frozenset[str]:
    """Whole paths that the new code refers to and the old code does not; none if either is broken.

    A path that another one of these goes on from is not given.
    """
    try:
        old = {reference.path for reference in find_references(old_code)}
        new = {reference.path for reference in find_references(new_code)}
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(
        path for path in new - old if not any(item.startswith(f"{path}.") for item in new)
    )


def statement_at(code: str, line: int) -> tuple[int, int] | None:
    """First and last line of the innermost statement on a 1-based line; None where there is none.

    A compound statement counts by its head, so a line of its body is never answered with it.

    Raises:
        SyntaxError: the code does not parse.
    """
    best: tuple[int, int] | None = None
    for node in statements_of(tree_of(code)):
        start, end = head_span(node)
        if start <= line <= end and (best is None or end - start < best[1] - best[0]):
            best = (start, end)
    return best


def head_span(node: ast.stmt) -> tuple[int, int]:
    """Lines of a simple statement, or of a compound one up to its body; decorators included."""
    start, end = node.lineno, node.end_lineno or node.lineno
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        start = min([start, *(item.lineno for item in node.decorator_list)])
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if isinstance(body, list) and body:
        first = body[0].lineno if isinstance(body[0], ast.stmt) else body[0].pattern.lineno
        end = max(start, min(end, first - 1))
    return start, end


@dataclass(slots=True)
class _Scope:
    """Names of one module, function, class or comprehension: what each refers to here."""

    names: dict[str, Paths]
    parent: _Scope | None
    is_class: bool = False
    outer_names: frozenset[str] = frozenset()
    """Declared `global` or `nonlocal`: bound in a parent."""

    def look_up(self, name: str) -> Paths:
        if name in self.names:
            return self.names[name]
        scope = self.parent
        while scope is not None:
            if not scope.is_class and name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return _HIDDEN


@dataclass(slots=True)
class _Found:
    """What some statements refer to, and the nodes that do."""

    references: list[tuple[str, ast.expr | ast.alias]] = field(default_factory=list)
    attributes: list[ast.Attribute] = field(default_factory=list)


class _Resolver:
    """Visits as `ast.NodeVisitor` does, in half the time: most nodes have nothing to tell."""

    def __init__(
        self, star_names: Mapping[str, Collection[str]], names: Mapping[str, Paths]
    ) -> None:
        self._found = _Found()
        self._star_names = star_names
        self.names = dict(names)
        """What the names of the module mean, in the end."""
        self._scope = _Scope(self.names, None)
        self._branches = 0
        self._deferred: list[tuple[_FunctionNode, _Scope, _Found]] = []

    def take(self, statements: Iterable[ast.stmt]) -> _Found:
        """Run the next statements; what their functions' bodies refer to is there after `finish`."""
        self._found = found = _Found()
        self._visit_all(statements)
        return found

    def finish(self) -> None:
        """Read the bodies of functions, which run when all names of the module are bound."""
        while self._deferred:
            node, scope, self._found = self._deferred.pop(0)
            self._visit_function_body(node, scope)

    def visit(self, node: ast.AST) -> None:
        """What the method for this kind of node does; without one, its parts are visited."""
        _VISITS[type(node)](self, node)

    def generic_visit(self, node: ast.AST) -> None:
        """Visit the parts that have parts."""
        for name in HOLDING[type(node)]:
            value = getattr(node, name, None)
            if isinstance(value, list):
                self._visit_all(value)
            elif value is not None:
                _VISITS[type(value)](self, value)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Nothing."""

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                _VISITS[type(node)](self, node)

    # bindings

    def _bind(self, name: str, paths: Paths) -> None:
        scope = self._scope
        if name in scope.outer_names and scope.parent is not None:
            scope = scope.parent
        known = scope.names.get(name, _HIDDEN)
        if self._branches and known:
            paths = (*known, *(path for path in paths if path not in known))
        scope.names[name] = paths

    def _bind_target(self, target: ast.AST, paths: Paths = _HIDDEN) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, paths)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self._bind_target(item)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value)
        else:
            self.visit(target)  # `a.b = …`, `a[i] = …`: uses, no binding

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._refer(alias, alias.name)
            if alias.asname is not None:
                self._bind(alias.asname, (alias.name,))
            else:
                top = alias.name.partition(".")[0]
                self._bind(top, (top,))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                for name in self._star_names.get(node.module or "", ()):
                    self._bind(name, (f"{node.module}.{name}",))
                if not node.level:
                    self._refer(alias, str(node.module))
            elif node.level:
                self._bind(alias.asname or alias.name, _HIDDEN)
            else:
                path = f"{node.module}.{alias.name}"
                self._refer(alias, path)
                self._bind(alias.asname or alias.name, (path,))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        paths = self._paths_of(node.value)
        for target in node.targets:
            self._bind_target(target, paths)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all((node.annotation, node.value))
        if node.value is not None:
            self._bind_target(node.target, self._paths_of(node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self._refer_to_name(node.target)
        self._bind_target(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind_target(node.target, self._paths_of(node.value))

    def _visit_loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._bind_target(node.target)
        self._visit_all((*node.body, *node.orelse))

    visit_For = _visit_loop
    visit_AsyncFor = _visit_loop

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self._bind_target(node.optional_vars)

    def _visit_match_name(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self.generic_visit(node)
        if node.name is not None:
            self._bind(node.name, _HIDDEN)

    visit_MatchAs = _visit_match_name
    visit_MatchStar = _visit_match_name

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.generic_visit(node)
        if node.rest is not None:
            self._bind(node.rest, _HIDDEN)

    # branches: what either of them binds may be meant afterwards

    def _visit_branches(self, *branches: Iterable[ast.AST]) -> None:
        self._branches += 1
        for branch in branches:
            self._visit_all(branch)
        self._branches -= 1

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        self._visit_branches(node.body, node.orelse)

    def _visit_try(self, node: ast.Try) -> None:
        self._visit_branches(node.body, node.handlers, node.orelse)
        self._visit_all(node.finalbody)

    visit_Try = _visit_try
    visit_TryStar = _visit_try

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._visit_all((node.type,))
        if node.name is not None:
            self._bind(node.name, _HIDDEN)
        self._visit_all(node.body)

    # scopes

    def _visit_function(self, node: _FunctionNode) -> None:
        arguments = node.args
        self._visit_all((*arguments.defaults, *arguments.kw_defaults))
        for argument in _arguments(arguments):
            self._visit_all((argument.annotation,))
        if not isinstance(node, ast.Lambda):
            self._visit_all((*node.decorator_list, node.returns))
            self._bind(node.name, _HIDDEN)
        self._deferred.append((node, self._scope, self._found))

    visit_FunctionDef = _visit_function
    visit_AsyncFunctionDef = _visit_function
    visit_Lambda = _visit_function

    def _visit_function_body(self, node: _FunctionNode, parent: _Scope) -> None:
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
        outer = frozenset(
            name
            for part in _own_nodes(body)
            if isinstance(part, (ast.Global, ast.Nonlocal))
            for name in part.names
        )
        names = {argument.arg: _HIDDEN for argument in _arguments(node.args)}
        names.update({name: _HIDDEN for name in _assigned_names(body) if name not in outer})
        self._scope = _Scope(names, parent, outer_names=outer)
        self._visit_all(body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all((*node.decorator_list, *node.bases))
        self._visit_all(keyword.value for keyword in node.keywords)
        self._bind(node.name, _HIDDEN)
        outer, self._scope = self._scope, _Scope({}, self._scope, is_class=True)
        self._visit_all(node.body)
        self._scope = outer

    def _visit_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        outer, self._scope = self._scope, _Scope({}, self._scope)
        for generator in node.generators:
            self.visit(generator.iter)
            self._bind_target(generator.target)
            self._visit_all(generator.ifs)
        if isinstance(node, ast.DictComp):
            self._visit_all((node.key, node.value))
        else:
            self.visit(node.elt)
        self._scope = outer

    visit_ListComp = _visit_comprehension
    visit_SetComp = _visit_comprehension
    visit_GeneratorExp = _visit_comprehension
    visit_DictComp = _visit_comprehension

    # uses

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._refer_to_name(node)
        elif isinstance(node.ctx, ast.Del):
            self._bind(node.id, _HIDDEN)

    def _refer_to_name(self, node: ast.Name) -> None:
        for path in self._scope.look_up(node.id):
            self._refer(node, path)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        paths = self._paths_of(node)
        if paths:
            for path in paths:
                self._refer(node, path)
        else:
            self._found.attributes.append(node)
            self.visit(node.value)

    def _paths_of(self, node: ast.AST) -> Paths:
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return _HIDDEN
        return tuple(".".join((path, *reversed(names))) for path in self._scope.look_up(node.id))

    def _refer(self, node: ast.expr | ast.alias, path: str) -> None:
        self._found.references.append((path, node))


class _Visits(dict[type[ast.AST], Callable[[_Resolver, Any], None]]):
    def __missing__(self, kind: type[ast.AST]) -> Callable[[_Resolver, Any], None]:
        method: Callable[[_Resolver, Any], None]
        method = getattr(_Resolver, f"visit_{kind.__name__}", _Resolver.generic_visit)
        self[kind] = method
        return method


_VISITS = _Visits()
"""The method for each kind of node."""


class _Offsets:
    """Offsets in characters from the lines and UTF-8 columns that `ast` gives."""

    def __init__(self, code: str) -> None:
        # Lines as `ast` counts them; str.splitlines would also end one at \f and others.
        self._lines = _LINE_ENDS.split(code)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def offset(self, line: int, utf8_column: int) -> int:
        text = self._lines[line - 1]
        if text.isascii():
            return self._starts[line - 1] + utf8_column
        prefix = text.encode("utf-8", "surrogatepass")[:utf8_column]
        return self._starts[line - 1] + len(prefix.decode("utf-8", "replace"))


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    for argument in (arguments.vararg, arguments.kwarg):
        if argument is not None:
            yield argument


def _own_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Nodes of this scope; nested functions, classes and comprehensions only by their name."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _SCOPES):
            stack.extend(ast.iter_child_nodes(node))


def _assigned_names(body: Iterable[ast.AST]) -> Iterator[str]:
    for node in _own_nodes(body):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, _NAMING) and node.name:
            yield node.name

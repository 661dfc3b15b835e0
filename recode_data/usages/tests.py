"""Snippets out of test functions: the body as plain code, assertions as named results.

What the body needs of its module comes along by the same backward slice as for documentation:
imports, constants and helper functions, transitively, and no more than that. Tests that cannot be
told plainly are left out: fixtures that do more than return a value, `self` beyond attributes that
`setup_method` or the class set, generators, skips, expected failures.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from recode_data.references import mentions
from recode_data.syntax_trees import children_of, tree_of
from recode_data.usages.assertions import with_results
from recode_data.usages.edits import Spans
from recode_data.usages.fixtures import Fixture, fixtures_of, needed_fixtures
from recode_data.usages.importing import Setting, publicly_imported
from recode_data.usages.interest import Interest
from recode_data.usages.parametrize import parameter_sets
from recode_data.usages.sessions import parses
from recode_data.usages.slices import Statement, describe, parts_of, statements_of
from recode_data.usages.snippets import Snippet, names_of_interest, snippet_of
from recode_data.usages.unselfed import OwnerClass, Without

_TestNode = ast.FunctionDef | ast.AsyncFunctionDef
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_EXPECTED = re.compile(r"_?(expected|desired|expect|exp|tgt|want|wanted|control|correct|truth)")
"""How tests name what they compare with."""
_UNPLAIN = re.compile(r"\b(return|yield|await|global|nonlocal|skip|importorskip|xfail)\b")
"""One of these stands in every function that is not plain."""
_REFUSED_MARKS = frozenset({"skip", "skipif", "xfail", "slow", "expectedFailure", "network"})


@dataclass(frozen=True, slots=True)
class _Module:
    """A test file as a session: its own statements come before each test's."""

    text: str
    lines: tuple[str, ...]
    statements: tuple[Statement, ...]
    fixtures: dict[str, Fixture]
    shared: tuple[tuple[Statement, ...], ...]
    """Statements of the `conftest.py` files, nearest first."""


def snippets_of_tests(
    text: str, interest: Interest, setting: Setting, conftests: Sequence[str] = ()
) -> Iterator[Snippet]:
    """Snippets of one test file, in the order of its functions.

    Args:
        text: of the file.
        interest: what to look for.
        setting: where the file stands.
        conftests: texts of the `conftest.py` files above it, nearest first.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    lines = text.split("\n")
    statements = publicly_imported(tuple(_module_statements(lines, tree)), setting)
    shared, fixtures = _shared(tuple(conftests), _beside(setting))
    fixtures = {**fixtures, **fixtures_of(tree, text)}
    module = _Module(text, tuple(lines), statements, fixtures, shared)
    aliases = names_of_interest(tuple(chain(statements, *shared)), interest)
    for node, owner in _tests(tree, module):
        source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if not (interest.may_name(source) or not aliases.isdisjoint(_WORD.findall(source))):
            continue  # most tests of Django are about models of their own
        if _is_plain_function(node, source):
            yield from _function_snippets(node, owner, module, interest, setting)


def _beside(setting: Setting) -> Setting:
    """The same for all files of a folder."""
    package = (setting.module or "").rpartition(".")[0]
    return replace(setting, module=f"{package}.conftest" if package else None)


@lru_cache(maxsize=32)
def _shared(
    conftests: tuple[str, ...], setting: Setting
) -> tuple[tuple[tuple[Statement, ...], ...], dict[str, Fixture]]:
    """Statements of each `conftest.py`, and the fixtures of all; the nearest one counts."""
    statements: list[tuple[Statement, ...]] = []
    fixtures: dict[str, Fixture] = {}
    for number, text in enumerate(conftests, start=1):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            statements.append(())
            continue
        described = tuple(_module_statements(text.split("\n"), tree))
        statements.append(publicly_imported(described, setting))
        fixtures = {**fixtures_of(tree, text, number), **fixtures}
    return tuple(statements), fixtures


def _tests(
    tree: ast.Module, module: _Module
) -> Iterator[tuple[ast.FunctionDef, OwnerClass | None]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield node, None
        elif isinstance(node, ast.ClassDef):
            owner = OwnerClass(node, module.text, module.lines)
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name.startswith("test"):
                    yield item, owner


def _module_statements(lines: Sequence[str], tree: ast.Module) -> Iterator[Statement]:
    """Imports, constants and helpers of the file; tests, docstrings and effects left out."""
    for node in tree.body:
        is_test = isinstance(
            node, (ast.FunctionDef, ast.ClassDef)
        ) and node.name.lower().startswith("test")
        if is_test or isinstance(node, ast.Expr):
            continue
        start = node.lineno
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            start = min([start, *(item.lineno for item in node.decorator_list)])
        text = "\n".join(lines[start - 1 : node.end_lineno])
        statement = describe(node, text, start, -1)
        if ";" in text and parses(text) and len(tree_of(text).body) > 1:
            # `a = 1; b = 2`: each comes as the whole line
            statement = replace(statement, is_exact=False, nodes=tuple(tree_of(text).body))
        yield statement


def _function_snippets(
    node: ast.FunctionDef,
    owner: OwnerClass | None,
    module: _Module,
    interest: Interest,
    setting: Setting,
) -> Iterator[Snippet]:
    if owner is not None and _is_refused(owner.node):
        return
    decorators = [*(owner.node.decorator_list if owner else ()), *node.decorator_list]
    constants = {
        name: statement
        for statement in module.statements
        for name in statement.binds
        if not statement.is_import
    }
    sets = parameter_sets(decorators, module.text, constants)
    if sets is None:
        return
    _, bound = sets[0]
    try:
        told = _told(node, owner, module, interest)
        before = _before(told, module, bound)
        own = statements_of(told.body, told.line, 0)
        targets = _targets(before, own, interest)
        if not targets:
            return
        for assignments, _ in sets:
            session = [*before, *_assigned(assignments), *own]
            first_own = len(session) - len(own)
            positions = [first_own + position for position in targets]
            snippet = snippet_of(session, positions, interest, setting)
            if snippet is not None:
                yield replace(snippet, line=node.lineno)
    except (Without, SyntaxError, ValueError):
        return


def _is_plain_function(node: ast.FunctionDef, source: str) -> bool:
    arguments = node.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or _is_refused(node):
        return False
    if not _UNPLAIN.search(source):
        return True
    stack: list[ast.AST] = list(node.body)
    while stack:
        part = stack.pop()
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            if any(isinstance(inner, ast.Nonlocal) for inner in parts_of(part)):
                return False
            continue
        if isinstance(part, (ast.Return, ast.Yield, ast.YieldFrom, ast.Await, ast.Global)):
            return False
        if isinstance(part, ast.Attribute) and part.attr in ("skip", "importorskip", "xfail"):
            return False
        stack += children_of(part)
    return True


def _is_refused(node: ast.FunctionDef | ast.ClassDef) -> bool:
    for decorator in node.decorator_list:
        for part in parts_of(decorator):
            name = part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "")
            if name in _REFUSED_MARKS:
                return True
    return False


@dataclass(frozen=True, slots=True)
class _Told:
    """A test as plain code, whatever its parameters."""

    line: int
    parameters: tuple[str, ...]
    context: tuple[str, ...]
    """Statements that stand for its class."""
    body: str


def _told(
    node: ast.FunctionDef, owner: OwnerClass | None, module: _Module, interest: Interest
) -> _Told:
    words = interest.words

    def is_interesting(part: ast.AST) -> bool:
        return any(
            (isinstance(item, ast.Attribute) and item.attr in words)
            or (isinstance(item, ast.Name) and item.id in words)
            for item in parts_of(part)
        )

    parameters = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    context = owner.context_of(node) if owner is not None else None
    body = _body(node, module.lines, is_interesting)
    if context is not None:
        parameters = [name for name in parameters if name != context.receiver]
        body = context.plain(body)
    return _Told(node.lineno, tuple(parameters), context.statements if context else (), body)


def _before(told: _Told, module: _Module, bound: frozenset[str]) -> list[Statement]:
    """All statements that come before the test's own, whichever values its parameters have."""
    try:
        fixtures = list(
            needed_fixtures(
                [name for name in told.parameters if name not in bound], module.fixtures
            )
        )
    except (KeyError, RecursionError):
        raise Without from None
    session = [
        statement
        for number in sorted({item.source for item in fixtures} - {0}, reverse=True)
        for statement in module.shared[number - 1]
    ]
    session += module.statements
    for text in (*told.context, *(fixture.code for fixture in dict.fromkeys(fixtures))):
        session += statements_of(text, paragraph=-1)
    return session


def _assigned(assignments: Sequence[str]) -> Iterator[Statement]:
    for text in assignments:
        yield from statements_of(text, paragraph=-1)


def _body(
    node: ast.FunctionDef, lines: Sequence[str], is_interesting: Callable[[ast.AST], bool]
) -> str:
    """Statements of the test at the left margin, its assertions as results."""
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if not body or body[0].lineno == node.lineno:
        raise Without
    start = body[0].lineno
    if isinstance(body[0], (ast.FunctionDef, ast.ClassDef)):
        start = min([start, *(item.lineno for item in body[0].decorator_list)])
    code = textwrap.dedent("\n".join(lines[start - 1 : body[-1].end_lineno]))
    margin = body[0].col_offset
    if len(lines[start - 1]) - len(code.partition("\n")[0]) != margin:
        raise Without  # a line of a string or a comment keeps it from the left margin
    return with_results(code, body, Spans(code, start, margin), is_interesting)


def _targets(
    before: Sequence[Statement], own: Sequence[Statement], interest: Interest
) -> list[int]:
    """Own statements that touch a path of interest, and those that read what these bind."""
    imports = "\n".join(statement.code for statement in before if statement.is_import)
    touched = [
        interest.is_touched_by(item)
        for item in mentions(imports, [statement.nodes for statement in own])
    ]
    targets: list[int] = []
    influenced: set[str] = set()
    for position, statement in enumerate(own):
        if touched[position] or (statement.reads & influenced and not statement.is_import):
            targets.append(position)
            influenced |= statement.binds
    return [
        position
        for position in targets
        if touched[position] or not _is_leftover(own[position], own[position + 1 :])
    ]


def _is_leftover(statement: Statement, following: Sequence[Statement]) -> bool:
    """Whether the statement only prepares what a dropped assertion compared with."""
    return (
        bool(statement.binds)
        and all(_EXPECTED.match(name) for name in statement.binds)
        and not any(statement.binds & later.reads for later in following)
    )

"""Which lines, names and outputs of a snippet depend on a changed API.

A pair proves something only where an observed value depends on the change: equal results of
statements that never touch it say nothing. The analysis is static and over-approximates a little
(a statement that contains the call influences every name that it binds or might mutate).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from recode_data.records import ApiChange, Candidate, ObjectKind
from recode_data.references import attribute_names, find_references
from recode_data.syntax_trees import nodes_of, statements_of, tree_of
from recode_data.verify.arguments import concerns_calls, is_concerned, may_be_passed

_Span: TypeAlias = "tuple[int, int, int | None]"
"""First and last line of a statement, and the first of its body."""

_IMPORTS = (ast.Import, ast.ImportFrom)
_MEMBER_KINDS = frozenset({ObjectKind.METHOD, ObjectKind.PROPERTY, ObjectKind.ATTRIBUTE})


@dataclass(frozen=True, slots=True)
class Influence:
    """What depends on the change: 1-based lines of the touching statements, names, statements.

    `statement_lines` are the first lines of influenced top-level statements.
    """

    touching_lines: frozenset[int]
    names: frozenset[str]
    statement_lines: frozenset[int]

    @property
    def touches(self) -> bool:
        """Whether the snippet uses the API at all."""
        return bool(self.touching_lines)


def touching_lines(code: str, change: ApiChange) -> frozenset[int]:
    """Lines of the innermost statements that refer to the changed API.

    Where the change is about a parameter, a call that it cannot concern does not count: one that
    does not pass what was removed, or that passes what got another default.

    Raises:
        SyntaxError: the code does not parse.
    """
    calls = [node for node in nodes_of(code) if isinstance(node, ast.Call)]
    wanted = {
        line
        for reference in find_references(code)
        if _is_at_or_under(reference.path, change.old_api.removesuffix(".__init__"))
        for line in (reference.line, reference.end_line)
    }
    if change.object_kind in _MEMBER_KINDS:
        leaf = change.old_api.rpartition(".")[2]
        wanted |= {line for name, line in attribute_names(code) if name == leaf}
    if concerns_calls(change):
        wanted = set(_concerned_lines(calls, change, wanted))
    if change.parameter is not None and may_be_passed(change):
        wanted |= set(_keyword_lines(calls, change.parameter))
    covered: set[int] = set()
    spans = _statement_spans(code) if wanted else ()
    for line in wanted:
        start, end = _innermost_statement(spans, line)
        covered.update(range(start, end + 1))
    return frozenset(covered)


def _concerned_lines(
    calls: Sequence[ast.Call], change: ApiChange, wanted: set[int]
) -> Iterator[int]:
    for node in calls:
        end = node.func.end_lineno or node.lineno
        if wanted.intersection(range(node.lineno, end + 1)) and is_concerned(node, change):
            yield end


def _is_at_or_under(path: str, api: str) -> bool:
    return path == api or path.startswith(f"{api}.")


def _keyword_lines(calls: Sequence[ast.Call], parameter: str) -> Iterator[int]:
    for node in calls:
        if any(word.arg == parameter for word in node.keywords):
            yield node.lineno


def _statement_spans(code: str) -> tuple[_Span, ...]:
    found: list[_Span] = []
    for node in statements_of(tree_of(code)):
        start, end = node.lineno, node.end_lineno or node.lineno
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            start = min([start, *(item.lineno for item in node.decorator_list)])
        body = getattr(node, "body", None)
        found.append((start, end, body[0].lineno if isinstance(body, list) and body else None))
    return tuple(found)


def _innermost_statement(spans: Sequence[_Span], line: int) -> tuple[int, int]:
    best = (line, line)
    size: int | None = None
    for start, end, body in spans:
        if body is not None and line < body:
            end = min(end, body - 1)  # the head of a compound statement
        if start <= line <= end and (size is None or end - start < size):
            best, size = (start, end), end - start
    return best


def touches_its_change(candidate: Candidate) -> bool:
    """Whether the old code uses all that it is to be rid of: without that, nothing is proved."""
    changes = (candidate.change, *(item.change for item in candidate.further))
    try:
        return all(touching_lines(candidate.old_code, change) for change in changes)
    except (SyntaxError, ValueError, RecursionError):
        return False


def influence_of(code: str, *changes: ApiChange) -> Influence:
    """What of the snippet depends on the changed APIs; nothing where it does not use each of them.

    Raises:
        SyntaxError: the code does not parse.
    """
    touched = [touching_lines(code, change) for change in changes]
    lines = frozenset[int]().union(*touched) if all(touched) else frozenset[int]()
    names: set[str] = set()
    statements: set[int] = set()
    body = tree_of(code).body
    grown = True
    while grown:  # a loop or a function defined later may carry influence backwards
        before = (len(names), len(statements))
        for node in body:
            if _is_influenced(node, lines, names):
                statements.add(node.lineno)
                names |= _bound_names(node) | _mutated_names(node)
        grown = before != (len(names), len(statements))
    return Influence(lines, frozenset(names), frozenset(statements))


def without_touching(code: str, influence: Influence) -> str | None:
    """The snippet without the statements that use the changed API, every line where it was.

    Imports stay. None where one of the others is no bare expression: what it binds is needed.
    """
    lines = code.split("\n")
    for node in tree_of(code).body:
        span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if influence.touching_lines.isdisjoint(span) or isinstance(node, _IMPORTS):
            continue
        if not isinstance(node, ast.Expr):
            return None
        lines[span.start - 1 : span.stop - 1] = ["pass", *[""] * (len(span) - 1)]
    return "\n".join(lines)


def _is_influenced(node: ast.stmt, lines: frozenset[int], names: set[str]) -> bool:
    span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    if any(line in lines for line in span):
        return True
    return any(
        isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id in names
        for part in ast.walk(node)
    )


def _bound_names(node: ast.stmt) -> set[str]:
    names = {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        names = {node.name}
    if isinstance(node, _IMPORTS):
        names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return names


def _mutated_names(node: ast.stmt) -> set[str]:
    """Names whose objects an influenced statement may change in place: receivers and arguments."""
    mutated: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.ctx, ast.Store):
            mutated |= _root_name(part)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Attribute):
            mutated |= _root_name(call.func)
        for argument in call.args:
            mutated |= _root_name(argument)
    return mutated


def _root_name(node: ast.AST) -> set[str]:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()

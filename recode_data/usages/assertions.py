"""Assertions of a test become named results: what a test checks is what a snippet computes.

`assert_equal(np.prod(a), 6)` becomes `result = np.prod(a)`. Expectations of errors and warnings
(`pytest.raises`, `assert_warns`) are left out, and so is an assertion about a name alone: its
value is bound already.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from recode_data.usages.edits import Edit, Spans, edited
from recode_data.usages.slices import parts_of

_MARK = re.compile(r"__result_[0-9]+__")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_TROUBLE = ("raises", "warns", "deprecated", "no_warnings", "warning", "raisesregex")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ONE_VALUE = frozenset({"assert_", "assertTrue", "assertFalse", "assert_true", "assert_false"})


def with_results(
    code: str,
    body: Sequence[ast.stmt],
    spans: Spans,
    is_interesting: Callable[[ast.AST], bool],
) -> str:
    """The code with each assertion replaced by an assignment of what it is about.

    The names assigned to are marks; `with_names` turns those that are left in the end into names.

    Args:
        code: statements of a test's body at the left margin.
        body: what it parses to.
        spans: where in it they stand.
        is_interesting: whether an expression touches what the snippet is wanted for.
    """
    fresh = (f"__result_{number}__" for number in itertools.count(1))
    edits: list[Edit] = []
    for block in _blocks(body):
        texts = [_replacement(node, spans, is_interesting, fresh) for node in block]
        is_emptied = all(text == "" for text in texts)
        for node, text in zip(block, texts, strict=True):
            if text is not None:
                start, end = spans.of(node)
                edits.append(Edit(start, end, "pass" if is_emptied else text))
    if not edits:
        return code
    return "\n".join(line for line in edited(code, edits).split("\n") if line.strip())


def _blocks(block: Sequence[ast.stmt]) -> Iterator[Sequence[ast.stmt]]:
    """The block and all within it, those of nested definitions left out."""
    yield block
    for node in block:
        if hasattr(node, "body") and not isinstance(node, _DEFINITIONS):
            yield from _blocks_in(node)


def _blocks_in(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if block:
            yield from _blocks(block)
    for handler in getattr(node, "handlers", ()):
        yield from _blocks_in(handler)


def _replacement(
    node: ast.stmt,
    spans: Spans,
    is_interesting: Callable[[ast.AST], bool],
    fresh: Iterator[str],
) -> str | None:
    """Text to put in the statement's place; None: leave it, empty: leave it out."""
    if isinstance(node, ast.With):
        return "" if any(_expects_trouble(item.context_expr) for item in node.items) else None
    if isinstance(node, ast.Assert):
        subject = _subject_of_test(node.test, spans, is_interesting)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = _called_name(node.value)
        if not name.startswith(("assert", "raises", "warns")):
            return None
        if _expects_trouble(node.value) or not node.value.args:
            return ""
        subject = _subject_of_call(name, node.value, spans, is_interesting)
    else:
        return None
    return f"{next(fresh)} = {subject}" if subject else ""


def _expects_trouble(node: ast.expr) -> bool:
    name = _called_name(node).lower() if isinstance(node, ast.Call) else ""
    return any(word in name for word in _TROUBLE) and name not in ("suppress_warnings",)


def _called_name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _subject_of_call(
    name: str, call: ast.Call, spans: Spans, is_interesting: Callable[[ast.AST], bool]
) -> str:
    if name in _ONE_VALUE or len(call.args) == 1:
        return _subject_of_test(call.args[0], spans, is_interesting)
    return _subject_of_two(call.args[0], call.args[1], spans, is_interesting)


def _subject_of_test(
    test: ast.expr, spans: Spans, is_interesting: Callable[[ast.AST], bool]
) -> str:
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        return _subject_of_two(test.left, test.comparators[0], spans, is_interesting)
    if _is_plain(test):
        return ""
    return _in_parentheses(test, spans)


def _subject_of_two(
    actual: ast.expr,
    desired: ast.expr,
    spans: Spans,
    is_interesting: Callable[[ast.AST], bool],
) -> str:
    """Text of the value that an equality is about; empty where it is bound already."""
    if not isinstance(actual, (ast.Name, ast.Constant)) and is_interesting(actual):
        return _in_parentheses(actual, spans)
    if not isinstance(desired, ast.Name) and is_interesting(desired):
        if isinstance(desired, ast.Attribute) and not isinstance(actual, ast.Constant):
            return f"{_as_operand(actual, spans)} == {_as_operand(desired, spans)}"
        if isinstance(desired, ast.Call) and is_interesting(desired.func):
            return _in_parentheses(desired, spans)
    if not _is_plain(actual):
        return _in_parentheses(actual, spans)
    if isinstance(actual, ast.Constant) and not _is_plain(desired):
        return _in_parentheses(desired, spans)
    return ""


def _is_plain(node: ast.expr) -> bool:
    """A name, a literal, or a display of literals: nothing is computed."""
    return not any(
        isinstance(part, (ast.Call, ast.Attribute, ast.Subscript, ast.BinOp, ast.Compare))
        for part in parts_of(node)
    )


def with_names(code: str) -> str:
    """The code with the marks of `with_results` as names: `result`, `result_2`, … in order.

    Names that the code has already are passed over.
    """
    taken = set(_WORD.findall(code))
    fresh = (
        name
        for number in itertools.count(1)
        if (name := "result" if number == 1 else f"result_{number}") not in taken
    )
    names: dict[str, str] = {}
    for mark in _MARK.findall(code):
        if mark not in names:
            names[mark] = next(fresh)
    return _MARK.sub(lambda match: names[match.group()], code)


def _in_parentheses(node: ast.expr, spans: Spans) -> str:
    """The text as the right side of an assignment: lines within brackets stay as they are."""
    text = spans.text(node)
    if "\n" not in text and not isinstance(node, ast.NamedExpr):
        return text
    try:
        ast.parse(f"x = {text}")
    except SyntaxError:
        return f"({text})"
    return text


def _as_operand(node: ast.expr, spans: Spans) -> str:
    text = spans.text(node)
    if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List)):
        return text
    return f"({text})"

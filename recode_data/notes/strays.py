"""Edits of a proved row that its change does not call for: a note cannot explain them."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher

from recode_data.notes.reading import called_name, leaf_of
from recode_data.records import Candidate, Producer
from recode_data.references import attribute_names, taken_up
from recode_data.verify.influence import touching_lines

_IMPORTS = (ast.Import, ast.ImportFrom)
LONG_CALL = 12
"""Characters of a call that is worth a name where it is needed twice."""


def stray_edit(candidate: Candidate) -> str | None:
    """The first such edit, in words for a log, or None."""
    if candidate.producer is Producer.CONTROL:
        return None
    try:
        old, new = ast.parse(candidate.old_code), ast.parse(candidate.new_code)
        return (
            _two_names(old, new)
            or _doubled_call(old, new)
            or _made_alike(old, new)
            or _other_statement(candidate, old, new)
            or _other_text(candidate, old, new)
        )
    except (SyntaxError, ValueError, RecursionError):
        return "code that cannot be read"


def _two_names(old: ast.Module, new: ast.Module) -> str | None:
    """`import numpy as nx` beside `import numpy as np`, or one name imported twice."""
    before, after = _names_of_modules(old), _names_of_modules(new)
    found = (path for path, names in after.items() if len(names) > max(1, len(before[path])))
    doubled = Counter(_imported_names(new)) - Counter(_imported_names(old))
    twice = [name for name in doubled if _imported_names(new).count(name) > 1]
    return next((f"two names for {path}" for path in found), None) or next(
        (f"imported twice: {name}" for name in twice), None
    )


def _imported_names(tree: ast.Module) -> list[str]:
    """Names that the program's own level imports from modules."""
    return [
        item.asname or item.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for item in node.names
        if item.name != "*"
    ]


def _names_of_modules(tree: ast.Module) -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        for item in node.names if isinstance(node, ast.Import) else ():
            path = item.name if item.asname else item.name.partition(".")[0]
            names[path].add(item.asname or path)
    return names


def _doubled_call(old: ast.Module, new: ast.Module) -> str | None:
    """`f(x).view(f(x).dtype)` where the old code had one `f(x)`: a receiver written twice."""
    before, after = (
        [call for node in _statements(tree) for call in _repeated_calls(node)]
        for tree in (old, new)
    )
    long = [call for call in after if len(call) > LONG_CALL]
    return f"twice in one statement: {long[-1]}" if len(long) > len(before) else None


def _made_alike(old: ast.Module, new: ast.Module) -> str | None:
    """Calls for two values that are one call now: `is_dst=True` and `is_dst=False` both left out."""
    before, after = ([*map(_computed, _statements(tree))] for tree in (old, new))
    if len(before) != len(after):
        return None
    became: dict[str, str | None] = {}
    for was, now in zip(before, after, strict=True):
        if now is not None and became.setdefault(now, was) != was:
            return f"two calls became one: {now}"
    return None


def _computed(statement: ast.stmt) -> str | None:
    """The call with arguments whose value a statement shows or binds."""
    value = statement.value if isinstance(statement, (ast.Assign, ast.Expr)) else None
    has_any = isinstance(value, ast.Call) and (value.args or value.keywords)
    return ast.unparse(value) if value and has_any else None


def _repeated_calls(statement: ast.stmt) -> Iterator[str]:
    counts = Counter(ast.unparse(node) for node in _within(statement) if isinstance(node, ast.Call))
    return (call for call, count in counts.items() if count > 1)


def _other_statement(candidate: Candidate, old: ast.Module, new: ast.Module) -> str | None:
    """A statement that does not use the API, and is gone or another one in the new code."""
    if candidate.producer is not Producer.EVOLVED:  # all others edit what they know of
        return None
    touching = touching_lines(candidate.old_code, candidate.change)
    before, after = [*_statements(old)], [*_statements(new)]
    old_texts, new_texts = ([_text(node) for node in nodes] for nodes in (before, after))
    matcher = SequenceMatcher(None, old_texts, new_texts, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone = [node for node in before[start:end] if not isinstance(node, _IMPORTS)]
        come = [node for node in after[new_start:new_end] if not isinstance(node, _IMPORTS)]
        elsewhere = [node for node in gone if touching.isdisjoint(_lines(node))]
        if elsewhere or (come and not gone):
            return f"an edit elsewhere: {_text((elsewhere or come)[0])}"
    return None


def _other_text(candidate: Candidate, old: ast.Module, new: ast.Module) -> str | None:
    """A string that is another one, and is no argument of what the edit is about."""
    if candidate.producer is not Producer.EVOLVED:
        return None
    codes = (candidate.old_code, candidate.new_code)
    about = {leaf_of(candidate.change.old_api)}
    for one, other in (codes, codes[::-1]):
        about |= {leaf_of(path) for path in taken_up(one, other)}
        members, others = ({name for name, _ in attribute_names(code)} for code in (one, other))
        about |= others - members
    before, after = _texts(old, about), _texts(new, about)
    gone, come = before - after, after - before
    return f"another text: {min(come)}" if gone and come else None


def _texts(tree: ast.Module, about: set[str]) -> Counter[str]:
    """Strings that are no arguments of calls of these names."""
    inside = {
        id(node)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and called_name(call) in about
        for argument in (*call.args, *call.keywords)
        for node in ast.walk(argument)
    }
    return Counter(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
    )


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """All of them, those within others after them."""
    waiting = [*reversed(tree.body)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(_blocks(node)))


def _blocks(node: ast.AST) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            found.append(child)
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            found.extend(_blocks(child))
    return found


def _within(statement: ast.stmt) -> Iterator[ast.AST]:
    """Nodes of a statement, but not those of statements within it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
        )


def _text(statement: ast.stmt) -> str:
    """Its source; of one that holds others, the first line."""
    text = ast.unparse(statement)
    return text.partition("\n")[0] if _blocks(statement) else text


def _lines(statement: ast.stmt) -> range:
    inner = _blocks(statement)
    last = max(statement.lineno, inner[0].lineno - 1) if inner else statement.end_lineno
    return range(statement.lineno, (last or statement.lineno) + 1)

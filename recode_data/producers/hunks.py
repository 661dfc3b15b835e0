"""Two versions of one example, aligned statement by statement: what of it changed, and why.

Authors change more than one thing at a time. The least edit is the old example in which only the
statements that use the changed API are replaced by what stands in their place in the new one.
"""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from recode_data.records import ApiChange
from recode_data.syntax_trees import is_same, nodes_of, tree_of
from recode_data.verify.influence import touching_lines

_MOST_STATEMENTS = 60
"""Longer examples are aligned as a whole only: alignment is quadratic."""
_EXAMPLES_KEPT = 1024
"""Taken apart, of 20 kB each: every change that an example touches asks for it."""
_COMPARED_KEPT = 16384
"""Pairs of examples, of some lines each: every suspicion asks for them again."""
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class _Part:
    """A top-level statement with the comments above it."""

    text: str
    own_text: str
    """Of the statement itself; equal ones mean the same."""
    node: ast.stmt
    first: int
    last: int
    """1-based lines of the statement itself."""
    is_import: bool


def least_edit(old_code: str, new_code: str, change: ApiChange) -> str | None:
    """The old example with only those statements replaced that use the changed API.

    Imports that the replaced statements need come along, and those that nothing needs any more
    go. None where nothing can be told apart: the examples differ there alone, a statement that
    uses the API has no counterpart, or the result would not parse.
    """
    if not may_differ_at(old_code, new_code, change):
        return None
    try:
        old, new = _parts(old_code), _parts(new_code)
        touched = touching_lines(old_code, change)
    except (SyntaxError, ValueError, RecursionError):
        return None
    if max(len(old), len(new)) > _MOST_STATEMENTS:
        return None
    kept: list[_Part] = []
    for tag, ours, theirs in _blocks(old, new):
        if tag == "equal" or not any(_is_touched(part, touched) for part in ours):
            kept += ours
        elif len(theirs) < len(ours):
            return None  # a statement that is gone was no migration
        else:
            kept += theirs
    code = _with_imports(kept, old_code, new)
    return code if code is not None and code not in (old_code, new_code) else None


def may_differ_at(old_code: str, new_code: str, change: ApiChange) -> bool:
    """Whether a line that is gone or new holds the last part of the API's name (cheap).

    A statement over several lines may use the API in one and differ in another: these few are
    left out.
    """
    leaf = change.old_api.removesuffix(".__init__").rpartition(".")[2]
    return any(leaf in line for line in {*old_code.split("\n")} ^ {*new_code.split("\n")})


@lru_cache(maxsize=_COMPARED_KEPT)
def differing_lines(old_code: str, new_code: str) -> frozenset[int]:
    """1-based lines of the old statements that have no equal in the new example.

    Raises:
        SyntaxError: either does not parse.
        ValueError: two statements share a line.
    """
    old, new = _parts(old_code), _parts(new_code)
    if max(len(old), len(new)) > _MOST_STATEMENTS:
        return frozenset()
    return frozenset(
        line
        for tag, ours, _ in _blocks(old, new)
        if tag != "equal"
        for part in ours
        for line in range(part.first, part.last + 1)
    )


def differs_at(old_code: str, new_code: str, change: ApiChange) -> bool:
    """Whether a statement that uses the changed API is another one in the new example."""
    try:
        lines = differing_lines(old_code, new_code)
        return not lines.isdisjoint(touching_lines(old_code, change))
    except (SyntaxError, ValueError, RecursionError):
        return False


def _blocks(
    old: Sequence[_Part], new: Sequence[_Part]
) -> Iterator[tuple[str, Sequence[_Part], Sequence[_Part]]]:
    meanings = _meanings((*old, *new))
    ours, theirs = meanings[: len(old)], meanings[len(old) :]
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:  # statement for statement
            for offset in range(b - a):
                yield tag, old[a + offset : a + offset + 1], new[c + offset : c + offset + 1]
        else:
            yield tag, old[a:b], new[c:d]


def _is_touched(part: _Part, touched: frozenset[int]) -> bool:
    return not touched.isdisjoint(range(part.first, part.last + 1))


@lru_cache(maxsize=_EXAMPLES_KEPT)
def _parts(code: str) -> tuple[_Part, ...]:
    lines = code.split("\n")
    found: list[_Part] = []
    end = 0
    for node in tree_of(code).body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(item.lineno for item in decorators)])
        last = node.end_lineno or node.lineno
        if first <= end:
            raise ValueError("two statements on one line")
        found.append(
            _Part(
                "\n".join(lines[end:last]),
                "\n".join(lines[first - 1 : last]) if "\r" not in code else ast.dump(node),
                node,
                first,
                last,
                isinstance(node, (ast.Import, ast.ImportFrom)),
            )
        )
        end = last
    return tuple(found)


def _meanings(parts: Iterable[_Part]) -> list[int]:
    """A number for each, the same for those that differ by layout or comments alone.

    Two versions of an example have most statements in common, letter for letter.
    """
    by_text: dict[str, int] = {}
    by_kind: dict[type[ast.stmt], list[tuple[int, ast.stmt]]] = defaultdict(list)
    meanings: list[int] = []
    for part in parts:
        meaning = by_text.get(part.own_text)
        if meaning is None:
            alike = by_kind[type(part.node)]
            known = (number for number, node in alike if is_same(node, part.node))
            meaning = by_text[part.own_text] = next(known, len(by_text))
            alike.append((meaning, part.node))
        meanings.append(meaning)
    return meanings


def _with_imports(kept: Sequence[_Part], old_code: str, new: Sequence[_Part]) -> str | None:
    """The statements as code that imports what it reads; None where something stays unbound."""
    body = "\n".join(part.text for part in kept).strip("\n") + "\n"
    try:
        read = _read(body)
        wanted = _unbound(body) - _unbound(old_code)
        imports = [
            part.text.strip("\n")
            for part in new
            if part.is_import and wanted & _bound(part.text.strip())
        ]
        unused = {
            part.text for part in kept if part.is_import and not _bound(part.text.strip()) & read
        }
    except SyntaxError:
        return None
    rest = [part for part in kept if part.text not in unused]
    texts = [part.text.strip("\n") if index == 0 else part.text for index, part in enumerate(rest)]
    gap = [""] if imports and rest and not rest[0].is_import else []
    code = "\n".join([*imports, *gap, *texts]).strip("\n") + "\n"
    missing = wanted - {name for text in imports for name in _bound(text)}
    return None if missing else code


@lru_cache(maxsize=_EXAMPLES_KEPT)
def _unbound(code: str) -> frozenset[str]:
    return _read(code) - _bound(code) - _BUILTINS


def _read(code: str) -> frozenset[str]:
    return frozenset(
        node.id
        for node in nodes_of(code)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _bound(code: str) -> frozenset[str]:
    names: set[str] = set()
    for node in nodes_of(code):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return frozenset(names)


def forget_examples() -> None:
    """Give up what is remembered of the examples."""
    for remembered in (_parts, differing_lines, _unbound):
        remembered.cache_clear()

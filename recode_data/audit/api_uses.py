"""Which dotted names of a library a code uses, and what two versions say to them: nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recode_data.references import find_references
from recode_data.surface import Access

LONGEST_CODE = 100_000
"""Characters; longer codes are not looked at."""

_ASKS_FIRST = re.compile(r"hasattr|version|getattr|find_spec", re.IGNORECASE)
_GONE = re.compile(
    r"has no attribute|cannot import name|No module named|\b(?:moved|removed|renamed)\b"
)


@dataclass(frozen=True, slots=True)
class ApiUse:
    """One dotted name, with the keywords that the code gives where it calls it."""

    path: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What one environment says to the names that were asked for."""

    version: str
    accesses: Mapping[str, Access]
    keywords: Mapping[str, frozenset[str]]
    """Of callables whose keywords are certain; others are left out."""

    def has(self, path: str) -> bool | None:
        """Whether the name exists; None where the access failed for some other reason.

        A name that is there only to tell where it went (pydantic 2's `BaseSettings`) counts as gone.
        """
        access = self.accesses.get(path)
        if access is None:
            return None
        if access.resolves:
            return True
        kind = access.error_type or ""
        is_missing = kind == "AttributeError" or (
            ("ModuleNotFound" in kind or "ImportError" in kind) and _GONE.search(access.message)
        )
        named = access.failed_at.rpartition(".")[2]  # else it is something further in that lacks
        says_so = re.search(rf"\b{re.escape(named)}\b", access.message)
        return False if is_missing and says_so else None

    def takes(self, path: str, keyword: str) -> bool | None:
        """Whether a call of the name takes the keyword; None where that is not certain."""
        known = self.keywords.get(path)
        return None if known is None else keyword in known


def api_uses(code: str, import_names: Sequence[str]) -> tuple[ApiUse, ...]:
    """Dotted names of the library that the code relies on, sorted.

    Left out is what it only tries: names inside `try` with a handler, and behind an `if` that asks for
    a version or an attribute first.

    Raises:
        SyntaxError: the code does not parse.
    """
    tree = ast.parse(code)
    tried = frozenset(line for first, last in _tried(tree) for line in range(first, last + 1))
    keywords = _keywords(code, tree)
    found: dict[str, set[str]] = {}
    for reference in find_references(code):
        inside = any(f"{reference.path}.".startswith(f"{name}.") for name in import_names)
        if inside and reference.line not in tried:
            given = keywords.get((reference.line, code[reference.start : reference.end]), ())
            found.setdefault(reference.path, set()).update(given)
    return tuple(ApiUse(path, tuple(sorted(names))) for path, names in sorted(found.items()))


def _tried(tree: ast.AST) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        if (isinstance(node, ast.Try) and node.handlers) or (
            isinstance(node, (ast.If, ast.IfExp)) and _ASKS_FIRST.search(ast.unparse(node.test))
        ):
            yield node.lineno, node.end_lineno or node.lineno


def _keywords(code: str, tree: ast.AST) -> dict[tuple[int, str], set[str]]:
    """Keywords of calls, by line and text of what is called."""
    found: dict[tuple[int, str], set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.keywords:
            text = ast.get_source_segment(code, node.func)
            names = {item.arg for item in node.keywords if item.arg is not None}
            if text is not None:
                found.setdefault((node.func.lineno, text), set()).update(names)
    return found


def unknown_apis(
    codes: Sequence[tuple[str, Sequence[ApiUse]]], old: VersionFacts, new: VersionFacts
) -> list[str]:
    """What exists in neither version, in words; `codes` are the uses of each code with its name."""
    found: dict[str, None] = {}
    for name, uses in codes:
        for use in uses:
            if old.has(use.path) is False and new.has(use.path) is False:
                found[f"{name} code: `{use.path}` exists in neither version"] = None
            for keyword in use.keywords:
                if old.takes(use.path, keyword) is False and new.takes(use.path, keyword) is False:
                    text = f"`{use.path}` takes no `{keyword}` in either version"
                    found[f"{name} code: {text}"] = None
    return list(found)


def wrong_directions(
    old_uses: Sequence[ApiUse], new_uses: Sequence[ApiUse], old: VersionFacts, new: VersionFacts
) -> list[str]:
    """Where the new code uses what only the old version has, or the old code what only the new one
    has, in words."""
    return [
        *_only_elsewhere("new", new_uses, old, new),
        *_only_elsewhere("old", old_uses, new, old),
    ]


def _only_elsewhere(
    name: str, uses: Sequence[ApiUse], elsewhere: VersionFacts, here: VersionFacts
) -> Iterator[str]:
    for use in uses:
        where = f"in {elsewhere.version}, and not in {here.version}"
        if elsewhere.has(use.path) and here.has(use.path) is False:
            yield f"{name} code: `{use.path}` is {where}"
        for keyword in use.keywords:
            if elsewhere.takes(use.path, keyword) and here.takes(use.path, keyword) is False:
                yield f"{name} code: `{use.path}` takes `{keyword}` {where}"

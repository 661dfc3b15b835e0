"""The import statements of a session: from where users import, and only what is used."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from recode_data.usages.modules import absolute_module, public_module
from recode_data.usages.slices import Statement

IMPORTS_KEPT = 4096
"""Statements of about 0.5 kB each; a test file has some twenty, and its tests share them."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a file's snippets may take for granted."""

    library: str
    """Top-level import name."""
    module: str | None
    """Documented module, or the one that the file is."""
    roots: tuple[Path, ...]
    """Unpacked folders in which the library's modules lie."""


def publicly_imported(statements: Sequence[Statement], setting: Setting) -> tuple[Statement, ...]:
    """The session with each name imported from the shortest public module that has it.

    Tests reach into private modules (`from numpy.lib.arraysetops import in1d`, relative imports);
    users do not, and the private path changes for reasons of its own.
    """
    return tuple(
        _publicly_imported(item, setting) if item.is_import else item for item in statements
    )


def _publicly_imported(statement: Statement, setting: Setting) -> Statement:
    code, nodes = _public(statement.code, setting)
    return replace(statement, code=code, nodes=nodes)


def used_imports(
    imports: Sequence[Statement], used: frozenset[str]
) -> tuple[list[str], frozenset[str]]:
    """Import statements cut down to the names that are used, and the names that they bind.

    Each is given once, relative ones not at all.
    """
    lines: dict[str, None] = {}
    bound: set[str] = set()
    for statement in imports:
        for item in _imports_in(statement.code):
            kept = [alias for alias in item.aliases if alias.bound == "*" or alias.bound in used]
            if kept:
                lines[f"{item.start}{', '.join(alias.text for alias in kept)}"] = None
                bound.update(alias.bound for alias in kept)
    return list(lines), frozenset(bound)


@dataclass(frozen=True, slots=True)
class _Alias:
    """One name of an import statement, and how it is written there."""

    bound: str
    text: str


@dataclass(frozen=True, slots=True)
class _Import:
    """A `from` import, or one name of a plain one."""

    start: str
    aliases: tuple[_Alias, ...]


@lru_cache(maxsize=IMPORTS_KEPT)
def _imports_in(code: str) -> tuple[_Import, ...]:
    """The imports of a statement from where they are, in order: every test of a file asks anew."""
    found: list[_Import] = []
    for node in ast.parse(textwrap.dedent(code)).body:
        if isinstance(node, ast.Import):
            found += [_Import("import ", (_alias(alias),)) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__":
            found.append(_Import(f"from {node.module} import ", tuple(map(_alias, node.names))))
    return tuple(found)


def _alias(alias: ast.alias) -> _Alias:
    return _Alias(alias.asname or alias.name.partition(".")[0], ast.unparse(alias))


@lru_cache(maxsize=IMPORTS_KEPT)
def _public(code: str, setting: Setting) -> tuple[str, tuple[ast.stmt, ...]]:
    """An import statement as users write it: the test files of a folder begin alike."""
    nodes = tuple(_public_nodes(code, setting))
    return "\n".join(map(ast.unparse, nodes)), nodes


def _public_nodes(code: str, setting: Setting) -> Iterator[ast.stmt]:
    for node in ast.parse(textwrap.dedent(code)).body:
        if not isinstance(node, ast.ImportFrom):
            yield node
            continue
        module = _absolute(node, setting)
        by_module: dict[str, list[ast.alias]] = {}
        for alias in node.names:
            public = _public_module(module, alias.name, setting)
            if public is not None or not node.level:
                by_module.setdefault(public or module, []).append(alias)
        for name, aliases in by_module.items():
            yield ast.ImportFrom(name, aliases, 0)


def _absolute(node: ast.ImportFrom, setting: Setting) -> str:
    package = (setting.module or "").rpartition(".")[0]
    return absolute_module(node, package) if package or not node.level else ""


def _public_module(module: str, name: str, setting: Setting) -> str | None:
    if module.partition(".")[0] != setting.library or "." not in module or name == "*":
        return None
    for root in setting.roots:
        public = public_module(root, module, name)
        if public is not None and "tests" not in public.split("."):
            return public
    return None


def forget_imports_of_snippets() -> None:
    """Give up what is remembered of import statements."""
    _imports_in.cache_clear()
    _public.cache_clear()

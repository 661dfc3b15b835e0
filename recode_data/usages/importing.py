"""The import statements of a session: from where users import, and only what is used."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recode_data.usages.modules import absolute_module, public_module
from recode_data.usages.slices import Statement


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
        replace(item, code="\n".join(_public_lines(item, setting))) if item.is_import else item
        for item in statements
    )


def used_imports(imports: Sequence[Statement], used: set[str]) -> Iterator[str]:
    """Import statements cut down to the names that are used; each once, relative ones left out."""
    given: set[str] = set()
    for statement in imports:
        for node in ast.parse(textwrap.dedent(statement.code)).body:
            for line in _used_lines(node, used):
                if line not in given:
                    given.add(line)
                    yield line


def _used_lines(node: ast.stmt, used: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if _bound(alias) in used:
                yield ast.unparse(ast.Import([alias]))
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__":
        kept = [alias for alias in node.names if alias.name == "*" or _bound(alias) in used]
        if kept:
            yield ast.unparse(ast.ImportFrom(node.module, kept, 0))


def _public_lines(statement: Statement, setting: Setting) -> Iterator[str]:
    for node in ast.parse(textwrap.dedent(statement.code)).body:
        if not isinstance(node, ast.ImportFrom):
            yield ast.unparse(node)
            continue
        module = _absolute(node, setting)
        by_module: dict[str, list[ast.alias]] = {}
        for alias in node.names:
            public = _public(module, alias.name, setting)
            if public is not None or not node.level:
                by_module.setdefault(public or module, []).append(alias)
        for name, aliases in by_module.items():
            yield ast.unparse(ast.ImportFrom(name, aliases, 0))


def _absolute(node: ast.ImportFrom, setting: Setting) -> str:
    package = (setting.module or "").rpartition(".")[0]
    return absolute_module(node, package) if package or not node.level else ""


def _public(module: str, name: str, setting: Setting) -> str | None:
    if module.partition(".")[0] != setting.library or "." not in module or name == "*":
        return None
    for root in setting.roots:
        public = public_module(root, module, name)
        if public is not None and "tests" not in public.split("."):
            return public
    return None


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]

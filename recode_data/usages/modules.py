"""Where the names of a library's modules come from, by their text alone.

Enough of Python's import rules to say that `numpy.lib.arraysetops.in1d` is the same object as
`numpy.in1d`: own definitions, `from … import`, star imports with `__all__`, submodules. What a C
extension or a `__getattr__` provides stays unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

_DEPTH = 12
"""Re-exports are followed this far; longer chains do not occur outside import cycles."""


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """What a module's text binds at its top level."""

    own: frozenset[str]
    imported: Mapping[str, tuple[str, str]]
    """Name → module and name that it is imported from."""
    stars: tuple[str, ...]
    """Modules whose public names it takes, last one first."""
    exported: frozenset[str] | None
    """`__all__`, as far as it is told literally."""


def definition_of(root: Path, module: str, name: str) -> str | None:
    """Dotted path at which what `module.name` means is defined; None where the text cannot tell."""
    return _definition(root, module, name, _DEPTH)


@lru_cache(maxsize=65536)
def _definition(root: Path, module: str, name: str, depth: int) -> str | None:
    if depth == 0:
        return None
    facts = module_facts(root, module)
    if facts is None:
        return None
    if name in facts.own:
        return f"{module}.{name}"
    if name in facts.imported:
        target, target_name = facts.imported[name]
        found = _definition(root, target, target_name, depth - 1)
        if found is None and module_facts(root, target) is None:
            return f"{target}.{target_name}"  # outside the library, or compiled
        return found
    for star in facts.stars:
        exported = module_facts(root, star)
        if exported is None or name.startswith("_"):
            continue
        if exported.exported is not None and name not in exported.exported:
            continue
        found = _definition(root, star, name, depth - 1)
        if found is not None:
            return found
    submodule = f"{module}.{name}"
    return submodule if module_facts(root, submodule) is not None else None


@lru_cache(maxsize=65536)
def public_module(root: Path, module: str, name: str) -> str | None:
    """Shortest public module that gives the same object as `module.name`.

    None where no module without a leading underscore in its path does.
    """
    defined = definition_of(root, module, name)
    if defined is None:
        return None
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        shorter = ".".join(parts[:length])
        if parts[length - 1].startswith("_"):
            return None
        if shorter == module or definition_of(root, shorter, name) == defined:
            return shorter
    return None


@lru_cache(maxsize=8192)
def module_facts(root: Path, module: str) -> ModuleFacts | None:
    """Facts of one module; None where the release has no Python text of it."""
    folder = root.joinpath(*module.split("."))
    for source in (folder / "__init__.py", folder.parent / f"{folder.name}.py"):
        if source.is_file():
            package = module if source.name == "__init__.py" else module.rpartition(".")[0]
            digest = sha256(source.read_bytes()).digest()
            return _facts_of(_Source(digest, package, source))
    return None


@dataclass(frozen=True, slots=True)
class _Source:
    """A module's text; wheel and sdist, and the releases of a step, have most of them in common."""

    digest: bytes
    package: str
    path: Path = field(compare=False)


@lru_cache(maxsize=8192)
def _facts_of(source: _Source) -> ModuleFacts | None:
    try:
        return _facts(ast.parse(source.path.read_bytes()), source.package)
    except (SyntaxError, ValueError):
        return None


def _facts(tree: ast.Module, package: str) -> ModuleFacts:
    own: set[str] = set()
    imported: dict[str, tuple[str, str]] = {}
    stars: list[str] = []
    exported: set[str] | None = None
    for node in _top_level(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            own.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            source = absolute_module(node, package)
            for alias in node.names:
                if alias.name == "*":
                    stars.insert(0, source)
                else:
                    imported[alias.asname or alias.name] = (source, alias.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if "__all__" in names:
                exported = (exported or set()) | set(_strings(node.value))
            own |= names - {"__all__"}
    return ModuleFacts(
        frozenset(own - imported.keys()),
        imported,
        tuple(stars),
        None if exported is None else frozenset(exported),
    )


def absolute_module(node: ast.ImportFrom, package: str) -> str:
    """The module that a `from` import names, seen from a package."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run at import, those within `if`, `try` and `with` included."""
    for node in body:
        yield node
        for block in ("body", "orelse", "finalbody"):
            if isinstance(node, (ast.If, ast.Try, ast.With)):
                yield from _top_level(getattr(node, block, []))
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                yield from _top_level(handler.body)


def _strings(value: ast.expr | None) -> Iterator[str]:
    if value is not None:
        for part in ast.walk(value):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def forget_modules() -> None:
    """Give up what is remembered of modules' texts."""
    _facts_of.cache_clear()

"""The toolkit's own modules and what each imports, read by `ast` without importing anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE_FOLDERS = {
    "recode_data": CHECKOUT / "recode_data",
    "recode_bench": CHECKOUT / "recode_bench",
    "recode_trl": CHECKOUT / "adapters" / "recode_trl",
    "recode_verl": CHECKOUT / "adapters" / "recode_verl",
}


@dataclass(frozen=True)
class Import:
    """One imported name; `module` is dotted, `name` what is taken from it, if anything."""

    module: str
    name: str | None
    line: int
    at_module_level: bool
    """Runs when the module is imported; False in functions and under TYPE_CHECKING."""


@dataclass(frozen=True)
class Source:
    """One module of the toolkit."""

    path: Path
    module: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """Top-level package."""
        return self.module.partition(".")[0]

    @property
    def is_init(self) -> bool:
        """Whether this is a package's `__init__.py`."""
        return self.path.name == "__init__.py"

    @property
    def folder(self) -> str:
        """Dotted name of the package that the module lies in (its own, for `__init__.py`)."""
        return self.module if self.is_init else self.module.rpartition(".")[0]

    def __str__(self) -> str:
        return str(self.path.relative_to(CHECKOUT))


@lru_cache(maxsize=1)
def project_sources() -> tuple[Source, ...]:
    """Every module of the four packages, sorted by path."""
    found = []
    for package, root in PACKAGE_FOLDERS.items():
        for path in sorted(root.rglob("*.py")):
            parts = [package, *path.relative_to(root).with_suffix("").parts]
            if parts[-1] == "__init__":
                parts.pop()
            found.append(Source(path, ".".join(parts), ast.parse(path.read_text("utf-8"))))
    return tuple(found)


@lru_cache(maxsize=1)
def module_names() -> frozenset[str]:
    """Dotted names of all modules and packages."""
    return frozenset(source.module for source in project_sources())


def imports_of(source: Source) -> tuple[Import, ...]:
    """Every import statement, function-level ones too, and `import_module("...")` of a literal."""
    return tuple(_imports(source.tree.body, at_module_level=True))


def imported_modules(source: Source) -> frozenset[str]:
    """Modules of the toolkit that this one imports, as deep as they can be told."""
    found = set()
    for item in imports_of(source):
        deeper = f"{item.module}.{item.name}"
        found.add(deeper if deeper in module_names() else item.module)
    return frozenset(name for name in found if name.partition(".")[0] in PACKAGE_FOLDERS)


def _imports(nodes: list[ast.stmt], *, at_module_level: bool) -> Iterator[Import]:
    for node in nodes:
        yield from _imports_of_node(node, at_module_level)


def _imports_of_node(node: ast.AST, at_module_level: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, None, node.lineno, at_module_level)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield Import(node.module or "", alias.name, node.lineno, at_module_level)
    elif isinstance(node, ast.Call) and _is_import_call(node):
        argument = node.args[0]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield Import(argument.value, None, node.lineno, at_module_level)
    inside = at_module_level and not isinstance(
        node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    )
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        for child in node.body:
            yield from _imports_of_node(child, at_module_level=False)
        for child in node.orelse:
            yield from _imports_of_node(child, at_module_level=inside)
        return
    for below in ast.iter_child_nodes(node):
        yield from _imports_of_node(below, inside)


def _is_import_call(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in {"import_module", "__import__"} and bool(node.args)

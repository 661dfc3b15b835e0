"""What a warm server imports before snippets run in forks of it.

A large library takes a second to import the part of it that an example is about; a proof runs about
ten times. Servers have what the library's modules import of other packages, and leave out what warns
when imported (see `try_imports`); what is proved so is run once more without that. Of the library,
only what a snippet begins with importing is there for it, in a branch of the server.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from recode_data.records import Environment
from recode_data.sandbox import Leading, Limits, SandboxPool
from recode_data.syntax_trees import statements_of

FEWEST_SNIPPETS = 8
"""That import a module of the library, for what it imports of others to be worth having."""
MOST_MODULES = 40
"""Of the library, those that most snippets import."""

LAZILY = {"numpy": "numpy", "pandas": "pandas", "scipy": "scipy.sparse"}
"""Distribution → module."""

SOMETIMES_STANDARD = frozenset(
    {
        "_bootlocale", "asynchat", "asyncore", "binhex", "compression", "distutils", "formatter",
        "graphlib", "imp", "macpath", "macurl2path", "parser", "smtpd", "string", "symbol", "tomllib",
        "zoneinfo", "lib2to3", "aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "mailcap",
        "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu",
        "xdrlib", "annotationlib", "pathlib", "dummy_threading",
    }
)  # fmt: skip
"""Modules of the standard library of some interpreter from 3.7 to 3.14, but not of every one."""

BOUND_OFTEN = 0.1
"""Share of the snippets that bind a package itself, from which on no module of it is imported for them."""
DRIVER = Path(__file__).with_name("imports_driver.py")
IMPORTS_KEPT = 65536
"""Of all snippets of a step: they are gone through several times, one after the other, and fewer would be
forgotten before they are asked for again."""
HEADS_KEPT = 8192
LIMITS = Limits(cpu_seconds=60.0, wall_seconds=120.0, memory_bytes=4 << 30)

Modules: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preload:
    """What servers of a library's snippets have beside the library itself."""

    others: tuple[tuple[str, Modules], ...] = ()
    """By key of an environment, what the library's modules import of other packages there."""
    order: Modules = ()
    """Modules that several snippets begin with importing, the most frequent ones first."""

    def modules_for(self, code: str, environment: Environment) -> Modules:
        """What is there before the snippet runs."""
        others = () if self._does_without(code) else dict(self.others).get(environment.key, ())
        return tuple(dict.fromkeys((*imported_lazily(environment), *others)))

    def kind_of(self, code: str) -> tuple[bool, Leading]:
        """Snippets of one kind share servers: whether they do without `others`, and what they begin
        with importing."""
        return self._does_without(code), self.leading(code)

    def leading(self, code: str) -> Leading:
        """What a snippet begins with importing, what most others import first: so sorted, most of it is
        what the last one imported."""
        ranks = _ranks(self.order)
        imports = _imports(code)
        modules = {*imports.first, *(name for name in imports.perhaps if name in ranks)}
        return tuple(sorted(modules, key=lambda name: (ranks.get(name, len(ranks)), name)))

    def _does_without(self, code: str) -> bool:
        """That a package has a module as an attribute is seen where the package is bound."""
        packages = {name.partition(".")[0] for _, names in self.others for name in names}
        return not packages.isdisjoint(_bound(code))


NO_PRELOAD = Preload()


def modules_of(library: str, codes: Iterable[str]) -> Modules:
    """Of the library, the modules that snippets import most."""
    counts = Counter(
        name for code in codes for name in _imported(code) if name.startswith(f"{library}.")
    )
    often = sorted((-count, name) for name, count in counts.items() if count >= FEWEST_SNIPPETS)
    return tuple(sorted(name for _, name in often[:MOST_MODULES]))


def often_bound(codes: Sequence[str]) -> frozenset[str]:
    """Packages that so many snippets bind that their modules are not worth having for the rest."""
    counts = Counter(name for code in codes for name in _bound(code))
    return frozenset(name for name, count in counts.items() if count >= BOUND_OFTEN * len(codes))


def imported_of_others(
    environment: Environment, modules: Modules, but_not: Collection[str], sandboxes: SandboxPool
) -> Modules:
    """Packages of others that these modules of a library import, whoever imports the modules.

    Of the time that `import skimage.filters` takes, nine tenths go to SciPy.

    Args:
        environment: Where.
        modules: Of the library.
        but_not: Packages to leave out, the library's own among them.
        sandboxes: To import them in.
    """
    if not modules:
        return ()
    result = sandboxes.run(environment, DRIVER, {"modules": [*modules]}, limits=LIMITS)
    names = result.messages[-1] if result.messages else []
    left_out = {*but_not} | sys.stdlib_module_names | SOMETIMES_STANDARD
    found = {
        ".".join(parts[:2])
        for parts in (str(name).split(".") for name in (names if isinstance(names, list) else []))
        if parts[0] not in left_out and not any(part.startswith("_") for part in parts)
    }
    return _innermost(found)


def most_imported_first(codes: Iterable[str]) -> Modules:
    """Modules with which at least two of these snippets begin."""
    snippets = [_imports(code) for code in codes]
    modules = {name for imports in snippets for name in imports.first}
    counts = Counter(
        name
        for imports in snippets
        for name in {*imports.first, *modules.intersection(imports.perhaps)}
    )
    several = [name for name, count in counts.items() if count > 1]
    return tuple(sorted(several, key=lambda name: (-counts[name], name)))


@lru_cache(maxsize=2)
def _ranks(order: Modules) -> Mapping[str, int]:
    return {name: rank for rank, name in enumerate(order)}


def imported_lazily(environment: Environment) -> Modules:
    """What libraries import within functions, where it is installed.

    networkx asks NumPy, SciPy and pandas whether they made what a graph is made of: of a run of its
    examples, these imports take nine tenths.
    """
    installed = {pin.partition("==")[0] for pin in environment.requirements}
    return tuple(module for name, module in LAZILY.items() if name in installed)


def can_be_imported(code: str, environment: Environment) -> bool:
    """Whether there is something in the environment for each top-level import of a snippet.

    A library's tests import what only its developers have: of 13,561 candidates of 87 steps, 570 were
    proved in vain for that.
    """
    there = _top_level_modules(environment.root)
    wanted = {name.partition(".")[0] for name in _imported(code)} - SOMETIMES_STANDARD
    return not there or there.issuperset(wanted)


@lru_cache(maxsize=16)
def _top_level_modules(root: str) -> frozenset[str]:
    """Of what is installed in an environment."""
    folders = Path(root).glob("lib*/python*/site-packages")
    return frozenset(item.name.partition(".")[0] for folder in folders for item in folder.iterdir())


def _imported(code: str) -> Modules:
    """Parts of packages that top-level statements import; what they imply is not named."""
    return _imports(code).at_top


def _bound(code: str) -> frozenset[str]:
    """Packages to which the code binds a name: `import a`, `import a as b`, `import a.b`."""
    return _imports(code).bound


@dataclass(frozen=True, slots=True)
class _Imports:
    """As `_imported` and `_bound` give it."""

    at_top: Modules = ()
    bound: frozenset[str] = frozenset()
    first: Modules = ()
    """Modules of the import statements before which nothing else of the program runs, without those of
    the standard library: that they are there already is hardly to be seen by it."""
    perhaps: Modules = ()
    """What these statements take from modules, which may be modules."""


@lru_cache(maxsize=IMPORTS_KEPT)
def _imports(code: str) -> _Imports:
    head = _head(code)
    return _imports_in(head) or (_imports_in(code) if len(head) < len(code) else None) or _Imports()


def _head(code: str) -> str:
    """The code up to the end of the line that holds the last `import`: behind it no statement imports.

    Snippets are many and begin alike: pandas's 22,000 have 3,400 heads of 90 characters.
    """
    last = code.rfind("import")
    end = code.find("\n", last)
    return "" if last < 0 else code if end < 0 else code[:end]


@lru_cache(maxsize=HEADS_KEPT)
def _imports_in(code: str) -> _Imports | None:
    """None where it does not parse: a head may end within a statement."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # `from a import b`: perhaps a module, which the server finds out
            parts = {f"{node.module}.{alias.name}" for alias in node.names if alias.name.islower()}
            names.update(parts if "." not in node.module and parts else {node.module})
    outside = {*_outside(names)}
    bound = frozenset(
        alias.name.partition(".")[0]
        for node in statements_of(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.asname is None or "." not in alias.name
    )
    return _Imports(_innermost(outside), bound, *_first(tree))


def _first(tree: ast.Module) -> tuple[Modules, Modules]:
    """As `first` and `perhaps`. Later imports may depend on what is done before them."""
    modules: list[str] = []
    taken: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.append(node.module)
            taken += [f"{node.module}.{alias.name}" for alias in node.names]
        elif not _is_text(node):
            break
    return _outside(modules), _outside(taken)


def _outside(names: Iterable[str]) -> Modules:
    """Without those of the standard library, in their order."""
    return tuple(name for name in names if name.partition(".")[0] not in sys.stdlib_module_names)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def forget_imports() -> None:
    """Give up what is remembered of the snippets."""
    _imports.cache_clear()
    _imports_in.cache_clear()


def _with_packages(names: Iterable[str]) -> frozenset[str]:
    """The modules and the packages around them, which are imported with them."""
    parts = (name.split(".") for name in names)
    return frozenset(".".join(part[:end]) for part in parts for end in range(1, len(part) + 1))


def _innermost(names: Iterable[str]) -> Modules:
    """Without packages that others of these imply."""
    implied = {name.rpartition(".")[0] for name in _with_packages(names)}
    return tuple(sorted(set(names) - implied))

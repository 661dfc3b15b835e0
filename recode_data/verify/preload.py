"""What a warm server imports before snippets run in forks of it.

A large library takes a second to import the part of it that an example is about; a proof runs about
ten times. Only modules that a snippet itself imports first thing are imported for it, so it meets what
it would meet anyway; the server leaves out those that warn when imported (see `try_imports`).
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from recode_data.records import Environment

MOST_SETS = 3
"""Of each step: a server of each for both versions and both hash seeds, and as many servers are kept.
With ten sets, every round started them anew: 76 starts and 25 s for networkx 2.8.8 to 3.1, not 14 and 3 s."""
FEWEST_SNIPPETS = 8
"""To start a server costs as much as some snippets that import the same."""
MOST_COMPARED = 40
"""Different imports of snippets, the most frequent ones, among which sets are looked for."""

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

Modules: TypeAlias = tuple[str, ...]


def server_sets(codes: Iterable[str], always: Modules = ()) -> tuple[Modules, ...]:
    """Sets of modules, outside of the standard library, that save these snippets most imports.

    Each is what some snippets import or what two kinds of them have in common: of scikit-image's,
    few import the same, and most import `matplotlib.pyplot` beside something else.

    Args:
        codes: The snippets.
        always: What every server imports anyway.
    """
    anyway = _with_packages((*always, *LAZILY.values()))
    counts = Counter(_with_packages(_imported(code)) - anyway for code in codes)
    common = [names for names, _ in _most_frequent(counts)[:MOST_COMPARED]]
    possible = {one & other for one in common for other in common} - {frozenset()}
    chosen: list[frozenset[str]] = []
    had = dict.fromkeys(counts, 0)
    while possible and len(chosen) < MOST_SETS:
        gains: Counter[frozenset[str]] = Counter()
        for names in possible:
            served = {
                key: count
                for key, count in counts.items()
                if key >= names and had[key] < len(names)
            }
            if sum(served.values()) >= FEWEST_SNIPPETS:
                gains[names] = sum(count * (len(names) - had[key]) for key, count in served.items())
        if not gains:
            break
        best = _most_frequent(gains)[0][0]
        possible.discard(best)
        chosen.append(best)
        had |= {names: max(had[names], len(best)) for names in counts if names >= best}
    return tuple(sorted(_innermost(names) for names in chosen))


def _most_frequent(counts: Counter[frozenset[str]]) -> list[tuple[frozenset[str], int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], sorted(item[0])))


def preload_of(code: str, sets: Sequence[Modules]) -> Modules:
    """The largest of the sets of which this snippet imports every module."""
    if not sets:
        return ()
    imported = _with_packages(_imported(code))
    fitting = (modules for modules in sets if imported.issuperset(modules))
    return max(fitting, key=lambda modules: len(_with_packages(modules)), default=())


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


@lru_cache(maxsize=4096)
def _imported(code: str) -> Modules:
    """Parts of packages that top-level statements import; what they imply is not named."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # `from a import b`: perhaps a module, which the server finds out
            parts = {f"{node.module}.{alias.name}" for alias in node.names if alias.name.islower()}
            names.update(parts if "." not in node.module and parts else {node.module})
    outside = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    return _innermost(outside)


def _with_packages(names: Iterable[str]) -> frozenset[str]:
    """The modules and the packages around them, which are imported with them."""
    parts = (name.split(".") for name in names)
    return frozenset(".".join(part[:end]) for part in parts for end in range(1, len(part) + 1))


def _innermost(names: Iterable[str]) -> Modules:
    """Without packages that others of these imply."""
    implied = {name.rpartition(".")[0] for name in _with_packages(names)}
    return tuple(sorted(set(names) - implied))

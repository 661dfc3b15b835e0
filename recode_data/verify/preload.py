"""What a warm server imports before snippets run in forks of it.

A large library takes a second to import the part of it that an example is about; a proof runs eight
times. Only modules that a snippet itself imports first thing are imported for it, so it meets what
it would meet anyway; the server leaves out those that warn when imported (see `try_import`).
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

MOST_MODULES = 8
SMALLEST_SHARE = 0.02
"""Of the snippets; a module that fewer import is not worth a server with it."""


def often_imported(codes: Iterable[str]) -> tuple[str, ...]:
    """The modules, outside of the standard library, that many of these snippets import."""
    counts: Counter[str] = Counter()
    total = 0
    for code in codes:
        total += 1
        counts.update(_imported(code))
    often = [name for name, count in counts.items() if count >= max(2, SMALLEST_SHARE * total)]
    chosen = sorted(often, key=lambda name: (-counts[name], name))[:MOST_MODULES]
    return tuple(sorted(chosen))


def preload_of(code: str, often: Sequence[str]) -> tuple[str, ...]:
    """Those of the modules that this snippet imports."""
    if not often:
        return ()
    imported = _imported(code)
    return tuple(name for name in often if name in imported)


@lru_cache(maxsize=4096)
def _imported(code: str) -> frozenset[str]:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            # perhaps a module: the server finds out
            names.update(
                f"{node.module}.{alias.name}" for alias in node.names if alias.name.islower()
            )
    return frozenset(
        name for name in names if name.partition(".")[0] not in sys.stdlib_module_names
    )

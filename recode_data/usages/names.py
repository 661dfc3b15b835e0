"""Names that a snippet takes for granted, and the imports that documentation leaves out."""

from __future__ import annotations

import builtins
import symtable
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from recode_data.usages.modules import definition_of
from recode_data.usages.slices import Statement

NAMES_KEPT = 2048
"""Statements of about 1 kB each: of a few test files with all their helpers."""

CONVENTIONAL_IMPORTS: Mapping[str, str] = {
    "ak": "import awkward as ak",
    "da": "import dask.array as da",
    "dd": "import dask.dataframe as dd",
    "jnp": "import jax.numpy as jnp",
    "mpl": "import matplotlib as mpl",
    "nn": "import torch.nn as nn",
    "np": "import numpy as np",
    "npt": "import numpy.typing as npt",
    "nx": "import networkx as nx",
    "pa": "import pyarrow as pa",
    "pd": "import pandas as pd",
    "pl": "import polars as pl",
    "plt": "import matplotlib.pyplot as plt",
    "sm": "import statsmodels.api as sm",
    "smf": "import statsmodels.formula.api as smf",
    "sns": "import seaborn as sns",
    "tf": "import tensorflow as tf",
    "xr": "import xarray as xr",
}
"""What documentation means by an alias that it never imports."""

_NO_VARIABLE = frozenset({"copy", "string", "time", "types", "code", "token", "test", "select"})
_STANDARD_MODULES = (
    frozenset(name for name in sys.stdlib_module_names if not name.startswith("_")) - _NO_VARIABLE
)
"""Modules of the standard library, less those whose name is more often a variable's."""

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}


def unbound_names(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Names that the statements read and none of them binds, builtins left out; sorted.

    Raises:
        SyntaxError: the code of one does not compile.
    """
    read: set[str] = set()
    bound: set[str] = set()
    for statement in statements:
        if statement.is_exact:
            read |= statement.reads
            bound |= statement.binds
        else:
            names = _names_in(statement.code)
            read |= names.read
            bound |= names.bound
    return tuple(sorted(read - bound - _BUILTINS))


@dataclass(frozen=True, slots=True)
class _Names:
    """Of the module that a statement stands in."""

    read: frozenset[str]
    bound: frozenset[str]


@lru_cache(maxsize=NAMES_KEPT)
def _names_in(code: str) -> _Names:
    """What a statement does to the names of its module: many tests share a helper."""
    top = symtable.symtable(code, "snippet", "exec")
    bound = {item.get_name() for item in top.get_symbols() if _is_bound(item)}
    read: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables.extend(table.get_children())
        for symbol in table.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                bound.add(symbol.get_name())
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                read.add(symbol.get_name())
    return _Names(frozenset(read), frozenset(bound))


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def missing_imports(
    names: tuple[str, ...], documented_module: str | None, roots: tuple[Path, ...], library: str
) -> tuple[str, ...] | None:
    """Import statements that bind the names, sorted; None where a name stays unknown.

    Args:
        names: unbound names.
        documented_module: module whose documentation the snippet comes from, where known.
        roots: unpacked folders in which the library's modules lie.
        library: top-level import name.
    """
    lines: list[str] = []
    for name in names:
        line = _import_of(name, documented_module, roots, library)
        if line is None:
            return None
        lines.append(line)
    return tuple(sorted(set(lines), key=lambda line: (line.startswith("from "), line)))


def _import_of(
    name: str, documented_module: str | None, roots: tuple[Path, ...], library: str
) -> str | None:
    if name in CONVENTIONAL_IMPORTS:
        return CONVENTIONAL_IMPORTS[name]
    if name == library or name in _STANDARD_MODULES:
        return f"import {name}"
    for module in _public_first(documented_module, library):
        if any(definition_of(root, module, name) is not None for root in roots):
            return f"from {module} import {name}"
    return None


def _public_first(module: str | None, library: str) -> tuple[str, ...]:
    """`a`, `a.b`, `a.b.c`: the shortest path is what users write; private modules left out."""
    parts = (module or library).split(".")
    if parts[0] != library:
        return ()
    modules = []
    for length in range(1, len(parts) + 1):
        if parts[length - 1].startswith("_"):
            break
        modules.append(".".join(parts[:length]))
    return tuple(modules)

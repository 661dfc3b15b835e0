"""Rows of somebody else's file of pairs: as found, and mended where that is mechanical.

What is mended: the spelling of the library (`PyTorch` is `torch` on the package index), the version
(`0.17`, `==2.2.0`, `1.1.x`), and imports that the code takes for granted. Nothing else is: a value
made up for an unbound name would prove something about that value.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recode_data.audit import read_rows
from recode_data.audit.names import unbound_names
from recode_data.audit.rows import AuditRow, bare_version, distribution_of
from recode_data.curate.deduplicate import tokens_of
from recode_data.records import DropReason

CONVENTIONAL = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "mpl": "import matplotlib as mpl",
    "sns": "import seaborn as sns",
    "jnp": "import jax.numpy as jnp",
    "nn": "import torch.nn as nn",
    "tf": "import tensorflow as tf",
}
"""Names under which everybody imports a module."""

PLAIN = frozenset(
    [
        "numpy",
        "pandas",
        "matplotlib",
        "seaborn",
        "jax",
        "torch",
        "scipy",
        "sklearn",
        "scrapy",
        "math",
        "os",
        "sys",
        "re",
        "json",
        "random",
        "time",
        "datetime",
        "itertools",
        "functools",
        "collections",
        "warnings",
    ]
)
"""Modules that are imported under their own name, and whose name nobody gives to a value: `numbers`
and `string` are modules too, but in a snippet they are data."""


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """One row; codes and note are as found, empty where the file has none."""

    number: int
    """0-based position in its file."""
    library: str
    """Name on the package index."""
    version: str
    """New version without operators: `2.2.0`, or a series such as `1.1.x`."""
    update_info: str
    description: str
    old_code: str
    new_code: str
    repairs: tuple[str, ...] = ()
    """What was mended in the codes."""


def read_foreign_rows(source: Path) -> tuple[ForeignRow, ...]:
    """All rows in file order.

    Raises:
        MalformedInputError: not a file of pairs.
    """
    return tuple(_row(row) for row in read_rows(source))


def _row(row: AuditRow) -> ForeignRow:
    return ForeignRow(
        row.number,
        distribution_of(row.dependency),
        bare_version(row.new_version),
        row.update_info or "",
        row.description or "",
        row.old_code or "",
        row.new_code or "",
    )


def defect_of(row: ForeignRow, seen: set[tuple[str, str]]) -> tuple[DropReason, str] | None:
    """What rules a row out before anything runs; `seen` has the codes of earlier rows."""
    if not row.old_code.strip() or not row.new_code.strip():
        return DropReason.EMPTY_FIELD, "old or new code is missing"
    for name, code in (("old", row.old_code), ("new", row.new_code)):
        error = _syntax_error(code)
        if error is not None:
            return DropReason.UNPARSABLE, f"{name} code: {error}"
    codes = (row.old_code.strip(), row.new_code.strip())
    if codes in seen:
        return DropReason.DUPLICATE, "both codes stand in an earlier row"
    seen.add(codes)
    if tokens_of(codes[0]) == tokens_of(codes[1]):
        return DropReason.NO_EDIT, "old and new code have the same tokens"
    return None


def unbound_in(row: ForeignRow) -> tuple[DropReason, str] | None:
    """A name that a code reads and nothing binds: it cannot run, whatever the version."""
    for name, code in (("old", row.old_code), ("new", row.new_code)):
        missing = sorted(_unbound(code))
        if missing:
            return DropReason.UNBOUND_NAME, f"{name} code: {', '.join(missing[:6])}"
    return None


def mended(row: ForeignRow) -> ForeignRow:
    """The row with the imports that its codes take for granted; the same row where none lack."""
    repairs: list[str] = []
    codes = []
    for name, code, other in (
        ("old", row.old_code, row.new_code),
        ("new", row.new_code, row.old_code),
    ):
        lines = sorted(set(_missing_imports(code, other)))
        repairs.extend(f"{name}: {line}" for line in lines)
        codes.append("\n".join([*lines, code]) if lines else code)
    return ForeignRow(
        row.number,
        row.library,
        row.version,
        row.update_info,
        row.description,
        codes[0],
        codes[1],
        tuple(repairs),
    )


def _missing_imports(code: str, other: str) -> Iterator[str]:
    known = dict(_imports_of(other))
    for name in _unbound(code):
        if name in known:
            yield known[name]
        elif name in CONVENTIONAL:
            yield CONVENTIONAL[name]
        elif name in PLAIN:
            yield f"import {name}"


def _imports_of(code: str) -> Iterator[tuple[str, str]]:
    """Name → the import that binds it, of a code's top level."""
    for node in ast.parse(code).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], ast.unparse(ast.Import([alias]))
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                line = ast.unparse(ast.ImportFrom(node.module, [alias], 0))
                yield alias.asname or alias.name, line


def _unbound(code: str) -> frozenset[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in strings are not our findings
        return unbound_names(code)


def _syntax_error(code: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return str(error) or type(error).__name__
    return None

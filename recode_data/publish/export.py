"""A dataset in other people's formats: JSON Lines, and the schema of the ReCode paper's file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from recode_data.journal import write_atomically
from recode_data.publish.tables import pair_row, read_pairs
from recode_data.records import MigrationPair

PAPER_NAMES = {
    "torch": "PyTorch",
    "scikit-learn": "scikit-learn",
    "numpy": "Numpy",
    "scipy": "SciPy",
    "matplotlib": "Matplotlib",
    "seaborn": "Seaborn",
    "scrapy": "Scrapy",
    "jax": "JAX",
}
"""Libraries as the paper's file spells them; others keep the name of the package index."""


def paper_row(pair: MigrationPair) -> dict[str, str]:
    """The six columns of the paper's file; its scripts cut two characters off the version."""
    return {
        "dependency": PAPER_NAMES.get(pair.dependency.lower(), pair.dependency),
        "new_version": f"=={pair.new_version}",
        "description": pair.description,
        "update_info": pair.update_info,
        "old_code": pair.old_code,
        "new_code": pair.new_code,
    }


def export_rows(
    source: Path, out: Path, *, paper_schema: bool, splits: Collection[str] = ()
) -> int:
    """Write rows as JSON Lines in the dataset's order; returns how many.

    Args:
        source: a built folder, or a file of pairs.
        out: the file.
        paper_schema: the paper's six columns instead of all.
        splits: only these; empty means all.

    Raises:
        MalformedInputError: no pairs there.
    """
    pairs = [pair for pair in read_pairs(source) if not splits or pair.split in splits]
    shape: Callable[[MigrationPair], Mapping[str, Any]] = paper_row if paper_schema else pair_row
    write_atomically(out, _lines(map(shape, pairs)))
    return len(pairs)


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()

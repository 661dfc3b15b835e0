"""The same object at another place: `numpy.ComplexWarning` is in `numpy.exceptions` now."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.changes.renamed import identity_change, successor_by_identity
from recode_data.records import ApiChange, ChangeKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Vanished paths whose object keeps its last name elsewhere."""
    for gone in comparison.vanished:
        successor = successor_by_identity(comparison, gone)
        if successor is not None and successor.rpartition(".")[2] == gone.path.rpartition(".")[2]:
            yield identity_change(ChangeKind.MOVED, gone, successor, comparison)

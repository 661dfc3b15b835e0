"""A public name that is new: `numpy.isdtype` in numpy 2.0."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Paths that only the new version has."""
    for item in comparison.appeared:
        yield ApiChange(
            ChangeKind.ADDED,
            item.path,
            evidence=(Evidence(EvidenceKind.SURFACE, f"new {item.old.kind.value}"),),
            object_kind=item.old.kind,
            new_signature=item.old.signature,
            new_value=item.old.value,
        )

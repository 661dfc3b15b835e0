"""A deprecation that was taken back."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Objects that were marked as a whole in the old version and are not in the new one."""
    for pair in comparison.pairs:
        old = [mark for mark in pair.old.deprecations if mark.parameter is None]
        if old and not any(mark.parameter is None for mark in pair.new.deprecations):
            yield ApiChange(
                ChangeKind.UNDEPRECATED,
                pair.path,
                evidence=(Evidence(EvidenceKind.SURFACE, f"was: {old[0].message}"),),
                object_kind=pair.old.kind,
                old_signature=pair.old.signature,
                new_signature=pair.new.signature,
            )

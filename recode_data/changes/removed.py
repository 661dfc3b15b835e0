"""A public name that is gone, or that only raises: `numpy.set_numeric_ops` in numpy 2.0."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.changes.renamed import successor_by_identity
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind
from recode_data.surface.deprecations import REMOVED_NOW


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Vanished names with no other path to the same object, and stubs that raise."""
    for gone in comparison.vanished:
        if successor_by_identity(comparison, gone) is None:
            yield ApiChange(
                ChangeKind.REMOVED,
                gone.path,
                evidence=(
                    Evidence(
                        EvidenceKind.SURFACE,
                        f"{gone.old.kind.value} of {comparison.old.version}, not in "
                        f"{comparison.new.version}",
                    ),
                ),
                object_kind=gone.old.kind,
                old_signature=gone.old.signature,
                old_value=gone.old.value,
            )
    for pair in comparison.pairs:
        stubs = [
            mark
            for mark in pair.new.deprecations
            if mark.removal == REMOVED_NOW and mark.parameter is None
        ]
        was = any(
            mark.removal == REMOVED_NOW and mark.parameter is None for mark in pair.old.deprecations
        )
        if stubs and not was:
            yield ApiChange(
                ChangeKind.REMOVED,
                pair.path,
                evidence=(Evidence(EvidenceKind.SURFACE, "a stub that only raises"),),
                object_kind=pair.old.kind,
                old_signature=pair.old.signature,
                new_signature=pair.new.signature,
                message=stubs[0].message,
            )

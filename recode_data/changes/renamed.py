"""The same object under another name: `numpy.round_` was `numpy.round` all along."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison, Vanished
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Vanished paths whose object the new version has under another last name."""
    for gone in comparison.vanished:
        successor = successor_by_identity(comparison, gone)
        if successor is not None and _last(successor) != _last(gone.path):
            yield identity_change(ChangeKind.RENAMED, gone, successor, comparison)


def successor_by_identity(comparison: Comparison, gone: Vanished) -> str | None:
    """Another public path of the same object that the new version still has."""
    if gone.elsewhere:
        same = [path for path in gone.elsewhere if _last(path) == _last(gone.path)]
        return (same or list(gone.elsewhere))[0]
    return None


def identity_change(
    kind: ChangeKind, gone: Vanished, successor: str, comparison: Comparison
) -> ApiChange:
    """A change whose successor is the same object in the old version."""
    new = comparison.new_view[successor]
    return ApiChange(
        kind,
        gone.path,
        new_api=successor,
        evidence=(
            Evidence(
                EvidenceKind.IDENTITY,
                f"same object as {successor} in {comparison.old.version}",
            ),
        ),
        object_kind=gone.old.kind,
        old_signature=gone.old.signature,
        new_signature=new.signature,
        old_value=gone.old.value,
    )


def _last(path: str) -> str:
    return path.rpartition(".")[2]

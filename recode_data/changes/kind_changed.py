"""A name that is another kind of thing now: a method that became a property."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison, Pair
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind, ObjectKind

_CALLED = (ObjectKind.FUNCTION, ObjectKind.METHOD)
_READ = (ObjectKind.PROPERTY, ObjectKind.ATTRIBUTE)


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Kinds that users must write differently: called or read, class or function, module or not."""
    for pair in comparison.pairs:
        if _matters(pair):
            yield ApiChange(
                ChangeKind.KIND_CHANGED,
                pair.path,
                evidence=(
                    Evidence(
                        EvidenceKind.SURFACE, f"{pair.old.kind.value} -> {pair.new.kind.value}"
                    ),
                ),
                object_kind=pair.old.kind,
                old_signature=pair.old.signature,
                new_signature=pair.new.signature,
                old_value=pair.old.kind.value,
                new_value=pair.new.kind.value,
            )


def _matters(pair: Pair) -> bool:
    old, new = pair.old.kind, pair.new.kind
    if old in _CALLED:
        # An attribute may hold a callable that the source does not show.
        return new in (ObjectKind.PROPERTY, ObjectKind.MODULE)
    if old is ObjectKind.PROPERTY:
        return new in (*_CALLED, ObjectKind.CLASS, ObjectKind.MODULE)
    if old is ObjectKind.CLASS:
        return new in (*_CALLED, ObjectKind.MODULE)
    if old is ObjectKind.MODULE:
        return new is not ObjectKind.MODULE
    return new is ObjectKind.MODULE or (new in _CALLED and pair.old.value is not None)

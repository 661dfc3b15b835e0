"""All defects of a pair file, and what is left clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from recode_data.audit import defects
from recode_data.audit.rows import AuditRow
from recode_data.records import JsonValue

DEFECTS: tuple[tuple[str, Callable[[Sequence[AuditRow]], Iterator[int]]], ...] = (
    ("unparsable", defects.unparsable),
    ("unparsable_old", defects.unparsable_old),
    ("empty_field", defects.empty_field),
    ("unbound_name", defects.unbound_name),
    ("no_op", defects.no_op),
    ("mangled_version", defects.mangled_version),
    ("duplicate", defects.duplicate),
    ("near_duplicate_across_splits", defects.near_duplicate_across_splits),
)
"""Every kind of defect, in the order in which it is reported."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Findings of one file; row numbers are 0-based positions in it."""

    rows: int
    defects: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def clean(self) -> int:
        """Rows without any defect."""
        return self.rows - len({number for _, numbers in self.defects for number in numbers})

    def document(self) -> dict[str, JsonValue]:
        """The JSON document of `recode-data audit --json`."""
        return {
            "rows": self.rows,
            "clean": self.clean,
            "defects": {kind: list(numbers) for kind, numbers in self.defects},
        }


def audit_rows(rows: Sequence[AuditRow]) -> Audit:
    """Look for every kind of defect; a row may have several."""
    return Audit(len(rows), tuple((kind, tuple(find(rows))) for kind, find in DEFECTS))

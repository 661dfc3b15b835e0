"""All defects of a pair file, and what is left clean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

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


MEANINGS = {
    name: (find.__doc__ or "").strip().partition("\n")[0].replace("`", "") for name, find in DEFECTS
}
"""What each kind means, in a sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect that asking found, with the words that say which."""

    kind: str
    row: int
    words: str


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Rows that could not be asked about, and why."""

    reason: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """Findings of one file; row numbers are 0-based positions in it."""

    rows: int
    defects: tuple[tuple[str, tuple[int, ...]], ...]
    """Kinds that were looked for; a kind that is not listed was not."""
    findings: tuple[Finding, ...] = ()
    """The words of those kinds that have any."""
    not_checked: tuple[NotChecked, ...] | None = None
    """None: no environment was asked."""

    @property
    def clean(self) -> int:
        """Rows without any defect."""
        return self.rows - len({number for _, numbers in self.defects for number in numbers})

    def words(self, kind: str, row: int) -> tuple[str, ...]:
        """What was found about a row, where the kind says more than its name."""
        return tuple(item.words for item in self.findings if (item.kind, item.row) == (kind, row))

    def extended(self, kinds: Iterable[str], findings: Iterable[Finding]) -> Audit:
        """With further kinds, whether or not anything was found."""
        found = tuple(findings)
        further = tuple(
            (kind, tuple(sorted({item.row for item in found if item.kind == kind})))
            for kind in kinds
        )
        return replace(self, defects=(*self.defects, *further), findings=(*self.findings, *found))

    def document(self) -> dict[str, JsonValue]:
        """The JSON document of `recode-data audit --json`."""
        details: dict[str, dict[str, list[JsonValue]]] = {}
        for item in self.findings:
            details.setdefault(item.kind, {}).setdefault(str(item.row), []).append(item.words)
        document: dict[str, JsonValue] = {
            "rows": self.rows,
            "clean": self.clean,
            "defects": {kind: list(numbers) for kind, numbers in self.defects},
            "details": {kind: {**rows} for kind, rows in details.items()},
        }
        if self.not_checked is not None:
            document["not_checked"] = [
                {"reason": item.reason, "rows": list(item.rows)} for item in self.not_checked
            ]
        return document


def audit_rows(rows: Sequence[AuditRow]) -> Audit:
    """Look for every mechanical defect; a row may have several."""
    return Audit(len(rows), tuple((kind, tuple(find(rows))) for kind, find in DEFECTS))

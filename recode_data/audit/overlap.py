"""Rows that overlap with the test sets that a user names."""

from __future__ import annotations

from collections.abc import Sequence

from recode_data.audit.report import Finding
from recode_data.audit.rows import AuditRow
from recode_data.curate.benchmarks import Benchmark
from recode_data.curate.decontaminate import Texts, find_overlapping

TEST_SET_OVERLAP = "test_set_overlap"
KINDS = {TEST_SET_OVERLAP: "The row holds most of a task of a test set, or a run of its words."}


def overlaps(rows: Sequence[AuditRow], test_sets: Sequence[Benchmark]) -> tuple[Finding, ...]:
    """Findings in file order, one for a row: its largest overlap."""
    texts = (
        Texts(
            str(row.number),
            (row.old_code or "", row.new_code or ""),
            (row.update_info or "", row.description or ""),
        )
        for row in rows
    )
    found = find_overlapping(texts, test_sets)
    return tuple(
        Finding(
            TEST_SET_OVERLAP,
            int(row),
            f"{overlap.how} of {overlap.task} in {overlap.benchmark}, share {overlap.share}",
        )
        for row, overlap in sorted(found.items(), key=lambda item: int(item[0]))
    )

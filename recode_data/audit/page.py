"""The findings of an audit as one HTML page: counts, and every finding with its row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recode_data.audit import execution, overlap, report
from recode_data.audit.report import Audit
from recode_data.audit.rows import AuditRow
from recode_data.explorer import Listing, Markup, Page, Section, fragment, tag, write_page
from recode_data.explorer.code_views import diff_table
from recode_data.explorer.collection import Collection, Detail
from recode_data.explorer.listings import Column
from recode_data.explorer.words import counted, percent, plain
from recode_data.records import JsonValue

MEANINGS = {**report.MEANINGS, **execution.KINDS, **overlap.KINDS}


def audit_page(audit: Audit, rows: Sequence[AuditRow], name: str) -> Page:
    """The page of a file's audit; `name` is the file's, without folders."""
    return Page(
        title=f"Audit of {name}",
        summary=f"{counted(audit.rows, 'row')}, {audit.clean:,} of them without a defect.",
        views=[Section("overview", "Overview", _overview(audit)), _findings(audit, rows)],
    )


def write_audit_page(audit: Audit, rows: Sequence[AuditRow], name: str, out: Path) -> None:
    """Write the page as one file that needs no other."""
    write_page(audit_page(audit, rows, name), out)


def _overview(audit: Audit) -> Markup:
    lines: list[tuple[str, str, int]] = [
        (kind, MEANINGS[kind], len(numbers)) for kind, numbers in audit.defects
    ]
    lines.append(("clean", "No defect of these kinds.", audit.clean))
    return fragment(_counts(audit, lines), _not_checked(audit))


def _counts(audit: Audit, lines: Sequence[tuple[str, str, int]]) -> Markup:
    return tag(
        "table",
        {"class": "plain"},
        tag("caption", {}, "A row may have several defects."),
        tag(
            "thead",
            {},
            tag(
                "tr",
                {},
                (
                    tag("th", {"scope": "col"}, text)
                    for text in ("Defect", "What it means", "Rows", "Share")
                ),
            ),
        ),
        tag("tbody", {}, (_line(kind, words, count, audit.rows) for kind, words, count in lines)),
    )


def _line(kind: str, words: str, count: int, rows: int) -> Markup:
    listed = kind != "clean" and count
    label = plain(kind)
    name = tag("a", {"href": f"#findings&defect={label.replace(' ', '+')}"}, label) if listed else label  # fmt: skip
    return tag(
        "tr",
        {},
        tag("th", {"scope": "row"}, name),
        tag("td", {}, words),
        tag("td", {"class": "count"}, f"{count:,}"),
        tag("td", {"class": "count"}, percent(count / rows) if rows else ""),
    )


def _not_checked(audit: Audit) -> Markup | None:
    """Rows about whose APIs no environment could be asked; None where all could be."""
    if not audit.not_checked:
        return None
    head = (tag("th", {"scope": "col"}, text) for text in ("Why", "Rows"))
    lines = (
        tag(
            "tr",
            {},
            tag("th", {"scope": "row"}, item.reason),
            tag("td", {"class": "count"}, f"{len(item.rows):,}"),
        )
        for item in audit.not_checked
    )
    return tag(
        "table",
        {"class": "plain"},
        tag("caption", {}, "APIs of these rows were not checked."),
        tag("thead", {}, tag("tr", {}, head)),
        tag("tbody", {}, lines),
    )


def _findings(audit: Audit, rows: Sequence[AuditRow]) -> Listing:
    by_number = {row.number: row for row in rows}
    found = [(kind, by_number[number]) for kind, numbers in audit.defects for number in numbers]
    columns: dict[str, Sequence[JsonValue]] = {
        "id": [f"{kind}-{row.number}" for kind, row in found],
        "defect": [plain(kind) for kind, _ in found],
        "old_api": [f"row {row.number}" for _, row in found],
        "library": [row.dependency for _, row in found],
        "version": [row.new_version for _, row in found],
    }
    return Listing(
        name="findings",
        label="Findings",
        noun="finding",
        introduction=Markup("Every defect with the row that has it; rows are numbered from 0."),
        collection=Collection(
            "findings", columns, [_detail(audit, kind, row) for kind, row in found]
        ),
        columns=(
            Column("Row", "old_api", "link"),
            Column("Defect", "defect"),
            Column("Library", "library"),
            Column("Version", "version"),
        ),
        filters=(("defect", "Defect"), ("library", "Library")),
    )


def _detail(audit: Audit, kind: str, row: AuditRow) -> Detail:
    old_code, new_code = row.old_code or "", row.new_code or ""
    article = fragment(
        tag("p", {"class": "note"}, tag("strong", {}, plain(kind)), ": ", MEANINGS[kind]),
        *(tag("p", {}, words) for words in audit.words(kind, row.number)),
        diff_table(old_code, new_code, "Old code", "New code"),
        tag("p", {}, row.update_info) if row.update_info else None,
    )
    return Detail(article, row.update_info or "", old_code, new_code)

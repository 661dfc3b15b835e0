"""Code on a page: side-by-side differences and plain listings."""

from __future__ import annotations

from collections.abc import Sequence

from recode_data.explorer.diff import DiffRow, Spans, diff_rows, lines_of
from recode_data.explorer.markup import Child, Markup, tag


def diff_table(
    old_code: str, new_code: str, old_title: str, new_title: str, fault_line: int | None = None
) -> Markup:
    """Old and new code side by side; one below the other where the page is narrow.

    Args:
        old_code: shown on the left.
        new_code: shown on the right.
        old_title: heading of the old side, e.g. `numpy 1.26.4`.
        new_title: heading of the new side.
        fault_line: 1-based line of the old code that breaks or warns.
    """
    old, new = lines_of(old_code), lines_of(new_code)
    return tag(
        "table",
        {"class": "diff"},
        tag("caption", {"class": "visually-hidden"}, f"{old_title} and {new_title}, line by line"),
        tag("colgroup", {}, [tag("col", {"class": "n"}), tag("col")] * 2),
        tag(
            "thead",
            {},
            tag(
                "tr",
                {},
                tag("th", {"scope": "col", "colspan": 2}, old_title),
                tag("th", {"scope": "col", "colspan": 2}, new_title),
            ),
        ),
        tag(
            "tbody", {}, (_row(row, old, new, fault_line) for row in diff_rows(old_code, new_code))
        ),
    )


def _row(row: DiffRow, old: Sequence[str], new: Sequence[str], fault_line: int | None) -> Markup:
    same = row.old is not None and row.new is not None and not row.edited
    fault = row.old is not None and row.old + 1 == fault_line
    return tag(
        "tr",
        {"class": "same" if same else "changed"},
        _side("old", row.old, old, row.old_spans, changed=not same, fault=fault),
        _side("new", row.new, new, row.new_spans, changed=not same, fault=False),
    )


def _side(
    side: str, number: int | None, lines: Sequence[str], spans: Spans, *, changed: bool, fault: bool
) -> list[Child]:
    if number is None:
        return [tag("td", {"class": f"n {side} none"}), tag("td", {"class": f"c {side} none"})]
    sign = {"old": "del", "new": "ins"}[side]
    text = _marked(lines[number], spans)
    # The numbers are drawn by the style sheet, so that selecting code leaves them out.
    return [
        tag("td", {"class": f"n {side}", "data-n": number + 1}),
        tag(
            "td",
            {
                "class": f"c {side}{' fault' if fault else ''}",
                "title": "here it happens" if fault else None,
            },
            tag(sign, {}, text) if changed else text,
        ),
    ]


def _marked(line: str, spans: Spans) -> list[Child]:
    parts: list[Child] = []
    at = 0
    for start, end in spans:
        parts += [line[at:start], tag("mark", {}, line[start:end])]
        at = end
    return [*parts, line[at:]]


def listing(code: str, title: str | None = None) -> Markup:
    """One code in a box."""
    heading = tag("figcaption", {}, title) if title else None
    return tag(
        "figure", {"class": "listing"}, heading, tag("pre", {"tabindex": 0}, tag("code", {}, code))
    )

"""Many rows of one kind for a page: a small index, and details in chunks.

The index is what lists show and filters look at; a page decodes it before it draws a list. The
details (code, proofs) are decoded chunk by chunk in idle time, or when a row is opened: those of
10,000 pairs are some 80 MB, which nobody should wait for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recode_data.explorer.markup import Markup
from recode_data.records import JsonValue

CHUNK_BYTES = 256 * 1024
"""JSON bytes of one chunk of details: decodes in about 5 ms."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What a page shows when a row is opened, and what its search looks at."""

    article: Markup
    search: str
    """Beside the values of the columns and the codes."""
    old_code: str
    """For the clipboard; empty where there is none."""
    new_code: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Rows by column, and as many details in the same order.

    The column `id` is the address of each row in the page: other than all others'.
    """

    name: str
    columns: Mapping[str, Sequence[JsonValue]]
    details: Sequence[Detail]

    def blocks(self) -> dict[str, JsonValue]:
        """The index, named like the collection, and the details as `name-0`, `name-1` and so on.

        The index has `count`, `columns` and `starts`, the number of each chunk's first row.
        """
        starts: list[JsonValue] = []
        chunks: dict[str, JsonValue] = {}
        rows: list[JsonValue] = []
        size = CHUNK_BYTES
        for number, detail in enumerate(self.details):
            if size >= CHUNK_BYTES:
                rows, size = [], 0
                chunks[f"{self.name}-{len(starts)}"] = rows
                starts.append(number)
            row: list[JsonValue] = [detail.article, detail.search, detail.old_code, detail.new_code]
            rows.append(row)
            size += len(json.dumps(row))
        columns: dict[str, JsonValue] = {
            name: _column(values) for name, values in self.columns.items()
        }
        index: JsonValue = {"count": len(self.details), "columns": columns, "starts": starts}
        return {self.name: index, **chunks}


def _column(values: Sequence[JsonValue]) -> JsonValue:
    """Repeated texts once, with a number per row; other values as they are."""
    numbers: dict[str | None, int] = {}
    codes: list[JsonValue] = []
    for value in values:
        if value is not None and not isinstance(value, str):
            return list(values)
        codes.append(numbers.setdefault(value, len(numbers)))
    if 2 * len(numbers) > len(values):
        return list(values)
    return {"values": list(numbers), "codes": codes}

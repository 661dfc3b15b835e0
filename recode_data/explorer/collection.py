"""Many rows of one kind for a page: a small index, and details in chunks.

The index is what lists show and filters look at; a page decodes it before it draws anything. The
details (code, proofs) are decoded chunk by chunk in idle time, or when a row is opened: 10,000
pairs are some 50 MB of JSON, which nobody should wait for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recode_data.records import JsonValue

CHUNK_BYTES = 256 * 1024
"""JSON bytes of one chunk of details: decodes in about 5 ms."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Rows by column, and as many details in the same order."""

    name: str
    columns: Mapping[str, Sequence[JsonValue]]
    details: Sequence[JsonValue]

    def blocks(self) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
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
            rows.append(detail)
            size += len(json.dumps(detail))
        columns: dict[str, JsonValue] = {
            name: _column(values) for name, values in self.columns.items()
        }
        index: JsonValue = {"count": len(self.details), "columns": columns, "starts": starts}
        return {self.name: index}, chunks


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

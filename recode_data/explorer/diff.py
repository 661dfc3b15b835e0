"""Align two texts line by line, and mark what differs within a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rapidfuzz.distance import Indel

ALIKE = 0.4
"""Similarity in [0, 1] from which two lines are one line that was edited; below, the eye sees no
relation and marks within the line only disturb."""
LARGEST_BLOCK = 10_000
"""Pairs of lines in one changed block that are compared with each other; beyond, in their order."""

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")

Spans: TypeAlias = "tuple[tuple[int, int], ...]"


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One row of a side-by-side view; a side that has no line here is None.

    Rows with both sides are the same line where `edited` is false. Spans are half-open ranges of
    characters that only this side has, in order.
    """

    old: int | None
    """0-based line number."""
    new: int | None
    edited: bool = False
    old_spans: Spans = ()
    new_spans: Spans = ()


def lines_of(code: str) -> list[str]:
    """Lines without their ends; a last empty one is none."""
    return code.removesuffix("\n").split("\n")


def diff_rows(old: str, new: str) -> tuple[DiffRow, ...]:
    """Rows that show every line of both texts once, in order."""
    return tuple(_rows(lines_of(old), lines_of(new)))


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffRow]:
    old_from = new_from = 0
    ends = [
        (code.src_start, code.dest_start, code.src_end - code.src_start)
        for code in Indel.opcodes(old, new)
        if code.tag == "equal"
    ]
    for old_at, new_at, length in [*ends, (len(old), len(new), 0)]:
        yield from _changed(old, new, range(old_from, old_at), range(new_from, new_at))
        for offset in range(length):
            yield DiffRow(old_at + offset, new_at + offset)
        old_from, new_from = old_at + length, new_at + length


def _changed(
    old: Sequence[str], new: Sequence[str], old_range: range, new_range: range
) -> Iterator[DiffRow]:
    """Rows of a block in which no line is the same."""
    partners = _partners([old[i] for i in old_range], [new[j] for j in new_range])
    new_next = new_range.start
    for number, i in enumerate(old_range):
        partner = partners.get(number)
        if partner is None:
            yield DiffRow(i, None)
            continue
        j = new_range.start + partner
        for added in range(new_next, j):
            yield DiffRow(None, added)
        yield DiffRow(i, j, True, *_spans(old[i], new[j]))
        new_next = j + 1
    for added in range(new_next, new_range.stop):
        yield DiffRow(None, added)


def _partners(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which old line became which new one: in order, as alike as possible in sum."""
    if len(old) * len(new) > LARGEST_BLOCK:
        return {number: number for number in range(min(len(old), len(new)))}
    # best[i][j]: largest sum over old[i:] and new[j:].
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(a, b) for b in new] for a in old]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            both = best[i + 1][j + 1] + alike[i][j] if alike[i][j] else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], both)
    partners = {}
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            partners[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return partners


def _alike(old: str, new: str) -> float:
    """Similarity in [0, 1] without regard to indentation; 0 where it says nothing."""
    share = Indel.normalized_similarity(old.strip(), new.strip())
    return share if share >= ALIKE else 0.0


def _spans(old: str, new: str) -> tuple[Spans, Spans]:
    old_tokens, new_tokens = _TOKEN.findall(old), _TOKEN.findall(new)
    codes = Indel.opcodes(old_tokens, new_tokens)
    old_starts, new_starts = _starts(old_tokens), _starts(new_tokens)
    return (
        tuple((old_starts[c.src_start], old_starts[c.src_end]) for c in codes if c.tag == "delete"),
        tuple(
            (new_starts[c.dest_start], new_starts[c.dest_end]) for c in codes if c.tag == "insert"
        ),
    )


def _starts(tokens: Sequence[str]) -> list[int]:
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token))
    return starts

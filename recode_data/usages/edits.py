"""Replacing spans of a text that `ast` nodes of it mark."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


class Spans:
    """Offsets in characters of the nodes of one text (lines end at LF)."""

    def __init__(self, code: str, line: int = 1, margin: int = 0) -> None:
        """`code` may be a part of the text: from which line on, and how far moved to the left."""
        self._code = code
        self._line, self._margin = line, margin
        self._lines = code.split("\n")
        self._starts = [0]
        for text in self._lines:
            self._starts.append(self._starts[-1] + len(text) + 1)

    def of(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> tuple[int, int]:
        """Where the node begins and ends."""
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset),
        )

    def text(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> str:
        """The node's own text."""
        start, end = self.of(node)
        return self._code[start:end]

    def _offset(self, line: int, column: int) -> int:
        line, column = line - self._line, column - self._margin
        text = self._lines[line]
        if not text.isascii():
            column = len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))
        return self._starts[line] + column


def edited(code: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; an edit within another one is dropped."""
    parts: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda item: (item.start, -item.end)):
        if edit.start < position:
            continue
        parts += [code[position : edit.start], edit.text]
        position = edit.end
    parts.append(code[position:])
    return "".join(parts)

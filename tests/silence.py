"""Progress that is kept to itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

ItemT = TypeVar("ItemT")


class Silence:
    """Shows nothing, and remembers the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:
        return iter(items)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def downloaded(self, filename: str, done: int, total: int | None) -> None:
        pass

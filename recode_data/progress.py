"""Progress of long work, on stderr: bars on a terminal, silence elsewhere; notes always."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

import click

ItemT = TypeVar("ItemT")


class Progress(Protocol):
    """How a step tells how far it is."""

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:
        """The items, one by one, while a bar fills."""
        ...

    def note(self, text: str) -> None:
        """One line about what was found or done."""
        ...


class TerminalProgress:
    """Bars and notes on stderr; no bar where stderr is not a terminal."""

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:
        """The items, one by one, while a bar fills."""
        if not sys.stderr.isatty() or total == 0:
            yield from items
            return
        with click.progressbar(
            length=total, label=f"{label:<24}", file=sys.stderr, show_pos=True
        ) as bar:
            for item in items:
                yield item
                bar.update(1)

    def note(self, text: str) -> None:
        """One line on stderr."""
        click.echo(text, err=True)


class SilentProgress:
    """For libraries and tests."""

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:
        """The items, unchanged."""
        return iter(items)

    def note(self, text: str) -> None:
        """Nothing."""

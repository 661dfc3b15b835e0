"""Progress of long work, on stderr: bars on a terminal, silence elsewhere; notes always."""

from __future__ import annotations

import sys
import threading
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

    def downloaded(self, filename: str, done: int, total: int | None) -> None:
        """So many bytes of a file are here, of `total` where the server tells; from any thread."""
        ...


class TerminalProgress:
    """Bars and notes on stderr; no bar where stderr is not a terminal."""

    def __init__(self) -> None:
        self._downloads: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

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

    def downloaded(self, filename: str, done: int, total: int | None) -> None:
        """One line for all files that are on their way, written over and over."""
        if not sys.stderr.isatty():
            return
        with self._lock:
            self._downloads[filename] = (done, total or done)
            here, in_all = (sum(sizes) for sizes in zip(*self._downloads.values(), strict=True))
            text = f"\r{'downloading':<24}  {here / 2**20:6.1f} of {in_all / 2**20:.1f} MiB"
            if here >= in_all:
                self._downloads.clear()
                text += "\n"
            click.echo(text, err=True, nl=False)


class SilentProgress:
    """For libraries and tests."""

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:
        """The items, unchanged."""
        return iter(items)

    def note(self, text: str) -> None:
        """Nothing."""

    def downloaded(self, filename: str, done: int, total: int | None) -> None:
        """Nothing."""

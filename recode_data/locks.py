"""Locks between processes, one file per key; a killed holder frees its lock."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[int | None]:
    """Hold the lock of this file; yields its descriptor, or None where another process holds it.

    A process that inherits the descriptor holds the lock as well: a program that is started under
    it keeps it even when its starter is killed. The file stays: removing it would let two holders
    lock two different files of one name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield None
            return
        yield file.fileno()

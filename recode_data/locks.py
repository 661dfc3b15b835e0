"""Locks between processes; a killed holder frees its lock."""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, *, wait: bool = True, shared: bool = False) -> Iterator[int | None]:
    """Hold the lock of this file; yields its descriptor, or None where another process holds it.

    A process that inherits the descriptor holds the lock as well: a program that is started under
    it keeps it even when its starter is killed. The file stays: removing it would let two holders
    lock two different files of one name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, kind | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield None
            return
        yield file.fileno()


class Claims:
    """Keys of what one user of a folder works with, known to all who open the same file.

    Each key is one byte of that file's range, locked for as long as it is claimed: any number of keys
    takes one descriptor, and the file stays empty. A program that inherits `descriptor` goes on
    holding them all.
    """

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self.close: Callable[[], object] = weakref.finalize(self, os.close, self.descriptor)
        """Give up every claim; at the latest they end with this object."""
        self._keys: set[str] = set()

    def claim(self, key: str) -> None:
        """Until it is given up, nobody removes what has this key; look for it afterwards."""
        if key not in self._keys:
            self._lock(key, fcntl.F_RDLCK, fcntl.F_OFD_SETLKW)
            self._keys.add(key)

    def give_up_all_but(self, kept: Collection[str]) -> None:
        """Only the claims on `kept` keys stay."""
        for key in self._keys.difference(kept):
            self._lock(key, fcntl.F_UNLCK, fcntl.F_OFD_SETLK)
            self._keys.remove(key)

    @contextmanager
    def alone_with(self, key: str) -> Iterator[bool]:
        """Whether nobody claims the key, nor will before the end of this: whoever does so waits.

        Other threads that claim through this object do not wait.
        """
        if key in self._keys:
            yield False
            return
        try:
            self._lock(key, fcntl.F_WRLCK, fcntl.F_OFD_SETLK)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            self._lock(key, fcntl.F_UNLCK, fcntl.F_OFD_SETLK)

    def _lock(self, key: str, kind: int, command: int) -> None:
        # of the open file, not of the process: two users in one process are two users
        offset = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little") >> 2
        fcntl.fcntl(
            self.descriptor, command, struct.pack("hhqqi4x", kind, os.SEEK_SET, offset, 1, 0)
        )

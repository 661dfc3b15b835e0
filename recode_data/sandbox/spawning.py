"""Starts servers from a thread that lives as long as this process.

A server asks the kernel to be ended with its parent, which to the kernel is the thread that started
it (prctl(2), PR_SET_PDEATHSIG): one that a short-lived worker thread starts would end with it.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue

_Start = Callable[[], "subprocess.Popen[bytes]"]
_Started = Future["subprocess.Popen[bytes]"]


class _Spawner:
    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """In a fork of this process, which has no other threads."""
        self._lock = threading.Lock()
        self._asked: SimpleQueue[tuple[_Start, _Started]] | None = None

    def spawn(self, start: _Start) -> subprocess.Popen[bytes]:
        """Call `start` in that thread; interrupted, the caller still waits until it was called.

        Raises:
            OSError, ValueError: as `subprocess.Popen` does.
        """
        with self._lock:
            if self._asked is None:
                asked: SimpleQueue[tuple[_Start, _Started]] = SimpleQueue()
                threading.Thread(
                    target=_work, args=(asked,), name="recode-spawner", daemon=True
                ).start()
                self._asked = asked
        started: _Started = Future()
        self._asked.put((start, started))
        try:
            return started.result()
        except BaseException:  # the descriptors that `start` hands on are closed next
            wait([started])
            if started.exception() is None:
                process = started.result()
                process.kill()
                process.wait()
            raise


def _work(asked: SimpleQueue[tuple[_Start, _Started]]) -> None:
    while True:
        start, started = asked.get()
        try:
            started.set_result(start())
        except BaseException as error:  # noqa: BLE001 - it is the caller's; this thread goes on
            started.set_exception(error)
        del start, started


_SPAWNER = _Spawner()
spawn = _SPAWNER.spawn
os.register_at_fork(after_in_child=_SPAWNER.forget)

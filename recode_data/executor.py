"""The seam through which all parallel work goes: a local process pool (Ray joins it here).

Work functions are module-level and picklable; results come as they finish, in any order, so the
caller sorts wherever bytes depend on order.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from recode_data.errors import RecodeError, UsageError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

_PR_SET_PDEATHSIG = 1
_OUTSTANDING_PER_JOB = 3
"""Enough to keep workers busy; few enough that an interruption loses little."""


class Executor(Protocol):
    """Maps a function over items; used as a context manager."""

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT]
    ) -> Iterator[ResultT]:
        """Results in the order in which they finish."""
        ...

    def close(self) -> None:
        """Stop the workers; results not yet taken are lost."""
        ...


class InProcessExecutor:
    """One item after the other in this process; for `--jobs 1` and tests."""

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT]
    ) -> Iterator[ResultT]:
        """Results in the order of the items."""
        return map(function, items)

    def close(self) -> None:
        """Nothing to stop."""


class LocalExecutor:
    """A pool of worker processes that end with this one, however it ends."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT]
    ) -> Iterator[ResultT]:
        """Results in the order in which they finish.

        A worker that dies takes no result with it: its items are given out once more.

        Raises:
            RecodeError: workers keep dying.
        """
        pending: dict[Future[ResultT], ItemT] = {}
        waiting = iter(items)
        deaths = 0
        exhausted = False
        while True:
            while not exhausted and len(pending) < self._jobs * _OUTSTANDING_PER_JOB:
                try:
                    item = next(waiting)
                except StopIteration:
                    exhausted = True
                    break
                pending[self._workers().submit(function, item)] = item
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            try:
                for future in done:
                    result = future.result()
                    del pending[future]
                    yield result
            except BrokenProcessPool as error:
                deaths += 1
                if deaths > 3:
                    raise RecodeError(
                        "worker processes keep dying (out of memory?); try fewer --jobs"
                    ) from error
                lost = list(pending.values())
                self.close()
                pending = {self._workers().submit(function, item): item for item in lost}

    def close(self) -> None:
        """Stop the workers without waiting for queued items."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start_worker,
                initargs=(os.getpid(),),
            )
        return self._pool


def make_executor(jobs: int, spec: str = "local") -> Executor:
    """The executor for `--executor` and `--jobs`; workers number `jobs`.

    Raises:
        UsageError: there is no executor of that name.
    """
    if spec != "local":
        raise UsageError(f"no executor {spec!r}; there is `local`")
    return InProcessExecutor() if jobs <= 1 else LocalExecutor(jobs)


def _start_worker(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when the parent ends, even by SIGKILL."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)

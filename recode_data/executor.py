"""The seam through which all parallel work goes: a local process pool, or Ray.

Work functions are module-level and picklable; results come as they finish, in any order, so the
caller sorts wherever bytes depend on order.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from enum import Enum
from typing import Protocol, TypeVar

from recode_data.errors import RecodeError, UsageError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

_PR_SET_PDEATHSIG = 1


class NotYet(Enum):
    """Stands where an item would be: there may be one once a further result is there."""

    NOT_YET = "not yet"


OUTSTANDING_PER_JOB = 3
"""Enough to keep workers busy; few enough that an interruption loses little."""


class Executor(Protocol):
    """Maps a function over items, in whatever processes."""

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT | NotYet]
    ) -> Iterator[ResultT]:
        """Results in the order in which they finish.

        Args:
            function: Of a module, and picklable.
            items: Asked for when workers need more; after each result that was taken, if it was
                `NOT_YET`. It may be only while results are outstanding.
        """
        ...

    def close(self) -> None:
        """Stop the workers; results not yet taken are lost."""
        ...


class InProcessExecutor:
    """One item after the other in this process; for `--jobs 1` and tests."""

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT | NotYet]
    ) -> Iterator[ResultT]:
        """Results in the order of the items."""
        return (function(item) for item in items if not isinstance(item, NotYet))

    def close(self) -> None:
        """Nothing to stop."""


class LocalExecutor:
    """A pool of worker processes that end with this one, however it ends."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._is_working = False
        self._is_closed = False
        self._lock = threading.Lock()

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT | NotYet]
    ) -> Iterator[ResultT]:
        """Results in the order in which they finish.

        A worker that dies takes no result with it: its items are given out once more.

        Raises:
            RecodeError: workers keep dying, or another thread has closed the executor.
        """
        pending: dict[Future[ResultT], ItemT] = {}
        waiting = iter(items)
        deaths = 0
        exhausted = False
        self._is_working = True
        while True:
            while not exhausted and len(pending) < self.jobs * OUTSTANDING_PER_JOB:
                try:
                    item = next(waiting)
                except StopIteration:
                    exhausted = True
                    break
                if isinstance(item, NotYet):
                    break
                pending[self._workers().submit(function, item)] = item
            if not pending:
                self._is_working = False
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            try:
                for future in done:
                    result = future.result()
                    del pending[future]
                    yield result
            except (BrokenProcessPool, CancelledError) as error:
                deaths += 1
                if deaths > 3:
                    raise RecodeError(
                        "worker processes keep dying (out of memory?); try fewer --jobs"
                    ) from error
                lost = list(pending.values())
                self._stop()
                pending = {self._workers().submit(function, item): item for item in lost}

    def close(self) -> None:
        """End the workers, in the middle of an item if need be: Ctrl-C is not to wait for it."""
        self._is_closed = True
        self._stop()

    def _stop(self) -> None:
        with self._lock:  # two threads must not shut down one pool
            pool, self._pool = self._pool, None
        if pool is not None:
            if self._is_working:  # the pool itself can end them only from Python 3.14 on
                for worker in tuple((pool._processes or {}).values()):
                    worker.terminate()
            pool.shutdown(wait=True, cancel_futures=True)

    def _workers(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._is_closed:
                raise RecodeError("the executor is closed")
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self.jobs,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_start_worker,
                    initargs=(os.getpid(),),
                )
            return self._pool


def make_executor(jobs: int, spec: str = "local") -> Executor:
    """The executor for `--executor` and `--jobs`.

    Args:
        jobs: Worker processes; of a Ray cluster that runs already, all CPUs are used.
        spec: `local`, `ray` (a cluster of this machine alone) or `ray:ADDRESS`.

    Raises:
        UsageError: there is no executor of that name.
        EnvironmentLacksError: Ray is not installed, or no cluster answers at the address.
    """
    if spec == "local":
        return InProcessExecutor() if jobs <= 1 else LocalExecutor(jobs)
    name, colon, address = spec.partition(":")
    if name != "ray" or (colon and not address):
        raise UsageError(f"no executor {spec!r}; there are `local`, `ray` and `ray:ADDRESS`")
    from recode_data.ray_executor import RayExecutor

    return RayExecutor(jobs, address or None)


def _start_worker(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when the parent ends, even by SIGKILL."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)

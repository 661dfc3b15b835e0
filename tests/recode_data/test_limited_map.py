"""Work of many steps in a cache of limited size: when it is swept, and what waits for that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import pytest

from recode_data.cache_room import CacheRoom
from recode_data.environments import RECORD
from recode_data.executor import (
    OUTSTANDING_PER_JOB,
    Executor,
    InProcessExecutor,
    LocalExecutor,
    NotYet,
)
from recode_data.limited_map import LEFT_AFTER_A_SWEEP, map_within_limit
from recode_data.records import VersionStep
from recode_data.workspace import Workspace

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
KILOBYTE = 1024


@dataclass(frozen=True)
class Task:
    """A step that needs so much room."""

    number: int
    size: int = 1

    @property
    def step(self) -> VersionStep:
        return VersionStep("toy", str(self.number), str(self.number + 1))


class Cache:
    """Each task leaves its size in it; a sweep takes what no task is kept for."""

    def __init__(self, limit: int, left: int = 0) -> None:
        self.limit = limit
        self.held = {"left": left} if left else {}
        self.events: list[str] = []
        self.most = 0

    def is_over_limit(self) -> bool:
        return sum(self.held.values()) > self.limit

    def keep_within_limit(self, kept: Collection[str], share: float) -> None:
        assert share == LEFT_AFTER_A_SWEEP
        self.held = {key: size for key, size in self.held.items() if key in kept}
        self.events.append("sweep")

    def make_ready(self, task: Task) -> Collection[str]:
        self.held[str(task.number)] = task.size
        self.most = max(self.most, sum(self.held.values()))
        return {str(task.number)}

    def work(self, task: Task) -> Task:
        self.events.append(str(task.number))
        return task


class TwoWorkers:
    """Two items at a time; the later one of them is the first to end."""

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT | NotYet]
    ) -> Iterator[ResultT]:
        """As an executor does it."""
        waiting = iter(items)
        pending: list[ItemT] = []
        while True:
            while len(pending) < 2:
                item = next(waiting, None)
                if item is None or isinstance(item, NotYet):
                    break
                pending.append(item)
            if not pending:
                return
            yield function(pending.pop())

    def close(self) -> None:
        """Nothing to stop."""


def run(cache: Cache, tasks: Sequence[Task], executor: Executor | None = None) -> list[int]:
    workspace = cast(Workspace, cache)
    results = map_within_limit(
        cache.work, tasks, workspace, executor or InProcessExecutor(), cache.make_ready
    )
    return [task.number for task in results]


def test_every_task_ends_once_however_often_the_cache_is_full() -> None:
    cache = Cache(limit=2)
    assert run(cache, [Task(number) for number in range(7)]) == [*range(7)]
    assert cache.events == ["0", "1", "2", "sweep", "3", "4", "5", "sweep", "6"]


def test_what_an_earlier_build_left_makes_room_first() -> None:
    cache = Cache(limit=2, left=9)
    assert run(cache, [Task(0), Task(1)]) == [0, 1]
    assert cache.events == ["sweep", "0", "1"]


def test_a_cache_that_is_full_at_the_end_is_left_within_its_limit() -> None:
    cache = Cache(limit=2)
    run(cache, [Task(0), Task(1), Task(2)])
    assert cache.events == ["0", "1", "2", "sweep"]
    assert not cache.held


def test_small_steps_go_on_beside_a_large_one() -> None:
    """The large one stays outstanding to the end; of the others' room, what they left is taken."""
    cache = Cache(limit=10)
    tasks = [Task(0, size=9), *(Task(number) for number in range(1, 6))]
    assert run(cache, tasks, TwoWorkers()) == [1, 2, 3, 4, 5, 0]
    assert cache.most == 11
    assert {*cache.held} == {"0", "5"}


@pytest.mark.parametrize("executor", [InProcessExecutor(), TwoWorkers()], ids=["one", "two"])
def test_a_step_larger_than_the_cache_is_worked_on_alone(executor: Executor) -> None:
    cache = Cache(limit=10)
    assert run(cache, [Task(number, size=20) for number in range(3)], executor) == [0, 1, 2]
    assert cache.most == 20


@dataclass(frozen=True)
class RealTask:
    """A step in worker processes, that uses an entry of a real cache until another step has ended."""

    number: int
    cache: Path
    waits_for: int | None = None

    @property
    def step(self) -> VersionStep:
        return VersionStep("toy", str(self.number), str(self.number + 1))

    @property
    def key(self) -> str:
        return f"key{self.number}"


def use_entry(task: RealTask) -> RealTask:
    """Makes an entry of 400 KB, which must be there until the end."""
    room = CacheRoom(task.cache)
    room.claims.claim(task.key)
    entry = task.cache / "environments" / task.key
    entry.mkdir(parents=True)
    (entry / RECORD).write_bytes(b"{}")
    (entry / "file").write_bytes(bytes(400 * KILOBYTE))
    deadline = time.monotonic() + 60
    while task.waits_for is not None and not (task.cache / f"ended-{task.waits_for}").exists():
        assert time.monotonic() < deadline, "the others do not go on"
        time.sleep(0.02)
    assert (entry / "file").stat().st_size == 400 * KILOBYTE
    (task.cache / f"ended-{task.number}").touch()
    room.claims.close()
    return task


def test_nothing_that_a_worker_uses_is_removed_and_the_others_go_on(tmp_path: Path) -> None:
    """What the workers make is known to themselves alone; the first waits for the last."""
    workspace = Workspace(tmp_path, max_bytes=900 * KILOBYTE)
    tasks = [RealTask(0, tmp_path, 29), *(RealTask(n, tmp_path) for n in range(1, 30))]
    most = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        room = CacheRoom(tmp_path)
        while not done.wait(0.02):
            most = max(most, room.size())

    watching = threading.Thread(target=watch)
    watching.start()
    executor = LocalExecutor(2)
    try:
        ended = [task.number for task in map_within_limit(use_entry, tasks, workspace, executor)]
    finally:
        executor.close()
        done.set()
        watching.join()
    assert sorted(ended) == [*range(30)]
    assert not workspace.is_over_limit()
    # within the limit are two; what is outstanding may all have ended before the caller is awake
    assert most < (2 + 2 * OUTSTANDING_PER_JOB + 2) * 400 * KILOBYTE

"""Work of many steps in a cache of limited size: when it is swept, and what waits for that."""

from __future__ import annotations

from typing import cast

from recode_data.executor import InProcessExecutor
from recode_data.limited_map import LEFT_AFTER_A_SWEEP, map_within_limit
from recode_data.workspace import Workspace


class Cache:
    """Each task leaves one thing in it; a sweep leaves none."""

    def __init__(self, held: int, limit: int) -> None:
        self.held, self.limit = held, limit
        self.events: list[str] = []

    def is_over_limit(self) -> bool:
        return self.held > self.limit

    def keep_within_limit(self, share: float) -> None:
        assert share == LEFT_AFTER_A_SWEEP
        self.held = 0
        self.events.append("sweep")

    def work(self, task: int) -> int:
        self.held += 1
        self.events.append(str(task))
        return task


def run(cache: Cache, tasks: int) -> list[int]:
    workspace = cast(Workspace, cache)
    return [*map_within_limit(cache.work, range(tasks), workspace, InProcessExecutor())]


def test_every_task_ends_once_however_often_the_cache_is_full() -> None:
    cache = Cache(held=0, limit=2)
    assert run(cache, 7) == [*range(7)]
    assert cache.events == ["0", "1", "2", "sweep", "3", "4", "5", "sweep", "6"]


def test_what_an_earlier_build_left_makes_room_first() -> None:
    cache = Cache(held=9, limit=2)
    assert run(cache, 2) == [0, 1]
    assert cache.events == ["sweep", "0", "1"]


def test_a_cache_that_is_full_at_the_end_is_left_within_its_limit() -> None:
    cache = Cache(held=0, limit=2)
    run(cache, 3)
    assert cache.events == ["0", "1", "2", "sweep"]

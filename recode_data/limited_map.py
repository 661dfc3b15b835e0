"""Work of many steps, whose environments together are more than the cache may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from recode_data.executor import Executor
from recode_data.workspace import Workspace

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")

LEFT_AFTER_A_SWEEP = 0.5
"""Of the cache's limit. The fewer sweeps, the less workers wait for each other."""


def map_within_limit(
    function: Callable[[TaskT], ResultT],
    tasks: Sequence[TaskT],
    workspace: Workspace,
    executor: Executor,
    before: Callable[[TaskT], None] = lambda task: None,
) -> Iterator[ResultT]:
    """Results in the order in which they finish; whenever the cache is full, it is swept.

    Tasks make environments and use them, so nothing may be removed while one is at work: the workers
    finish what they have first. A task opens a workspace of its own, and gives it up at its end.

    Args:
        function: What a worker does.
        tasks: In the order in which they are given out.
        workspace: Of the same cache.
        executor: Where the work runs.
        before: Called in this process for each task before it is given out.
    """
    waiting = list(reversed(tasks))

    def until_full() -> Iterator[TaskT]:
        while waiting:
            task = waiting.pop()
            before(task)
            yield task
            if workspace.is_over_limit():
                return

    while True:
        if workspace.is_over_limit():  # of an earlier build, at first
            workspace.keep_within_limit(share=LEFT_AFTER_A_SWEEP)
        if not waiting:
            return
        yield from executor.map(function, until_full())

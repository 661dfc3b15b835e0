"""Work of many steps, whose environments together are more than the cache may hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol, TypeVar

from recode_data.executor import Executor, NotYet
from recode_data.records import VersionStep
from recode_data.workspace import Workspace


class _OfStep(Protocol):
    @property
    def step(self) -> VersionStep: ...


TaskT = TypeVar("TaskT", bound=_OfStep)
ResultT = TypeVar("ResultT", bound=_OfStep)

LEFT_AFTER_A_SWEEP = 0.5
"""Of the cache's limit: fewer sweeps, and what their steps share is used by more of them."""


def map_within_limit(
    function: Callable[[TaskT], ResultT],
    tasks: Sequence[TaskT],
    workspace: Workspace,
    executor: Executor,
    before: Callable[[TaskT], Collection[str]] = lambda task: (),
) -> Iterator[ResultT]:
    """Results in the order in which they finish; whenever the cache is full, it is swept.

    What a step works with stays: a task opens a workspace of its own, which claims that, and gives it
    up at its end. Where what is at work fills the cache alone, no further task is given out until one
    has finished; a step that is larger than the cache itself is worked on alone.

    Args:
        function: What a worker does.
        tasks: In the order in which they are given out, of one step each.
        workspace: Of the same cache.
        executor: Where the work runs.
        before: Called in this process for each task before it is given out; the keys of what it made
            for the task, which stays until the task's result is there.
    """
    at_work: dict[VersionStep, Collection[str]] = {}

    def is_full() -> bool:
        if not workspace.is_over_limit():
            return False
        kept = {key for keys in at_work.values() for key in keys}
        workspace.keep_within_limit(kept, share=LEFT_AFTER_A_SWEEP)
        return workspace.is_over_limit()

    def given_out() -> Iterator[TaskT | NotYet]:
        for task in tasks:
            while is_full() and at_work:
                yield NotYet.NOT_YET
            at_work[task.step] = before(task)
            yield task

    for result in executor.map(function, given_out()):
        at_work.pop(result.step, None)
        yield result
    is_full()

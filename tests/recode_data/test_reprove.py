"""Which environments stay in the cache while rows of many steps are proved again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import cast

import pytest

from recode_data import reprove
from recode_data.executor import Executor
from recode_data.progress import SilentProgress
from recode_data.records import Environment, MigrationPair
from recode_data.reprove import ROWS_PER_TASK, ReproofTask, Reproved
from recode_data.workspace import Workspace
from tests.making import make_pair


class TwoAhead:
    """An executor that takes two items before it gives the first result."""

    def map(
        self, function: Callable[[ReproofTask], Reproved], items: Iterable[ReproofTask]
    ) -> Iterator[Reproved]:
        taken: list[ReproofTask] = []
        for item in items:
            taken.append(item)
            if len(taken) == 2:
                yield function(taken.pop(0))
        yield from map(function, taken)


class Notebook:
    """A workspace that writes down what it is told to keep."""

    def __init__(self) -> None:
        self.kept: list[set[str]] = []

    def keep_within_limit(self, kept: Collection[str]) -> int:
        self.kept.append(set(kept))
        return 0

    def environment(self, pins: tuple[str, ...], python: str) -> Environment:
        return Environment(pins[0], "python", "root", python, pins)


def rows(library: str, count: int) -> list[MigrationPair]:
    return [
        make_pair(
            id=f"{library}{number:02}",
            old_requirements=(f"{library}==1",),
            new_requirements=(f"{library}==2",),
        )
        for number in range(count)
    ]


def test_environments_stay_until_the_last_task_that_needs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        reprove, "reprove_rows", lambda task: Reproved((task.old.key, task.new.key), ())
    )
    notebook = Notebook()
    pairs = [*rows("a", 2 * ROWS_PER_TASK), *rows("b", 1), *rows("c", 1), *rows("d", 1)]
    failures = reprove.reprove(
        pairs, cast(Workspace, notebook), cast(Executor, TwoAhead()), SilentProgress()
    )
    assert failures == ()
    assert notebook.kept == [set(), {"a==1", "a==2"}, {"b==1", "b==2"}, {"c==1", "c==2"}]

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from recode_data import step_usages
from recode_data.executor import InProcessExecutor, ItemT, ResultT
from recode_data.progress import SilentProgress
from recode_data.records import Environment, Release, StepContext, VersionStep
from recode_data.releases.index import IndexSettings
from recode_data.step_usages import read_usages, sources_of
from recode_data.usages import find_usages
from recode_data.workspace import Workspace
from tests.toy_index import VERSIONS


class Backwards(InProcessExecutor):
    """Finishes the last task first, as a pool might."""

    def __init__(self) -> None:
        self.tasks = 0

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT]
    ) -> Iterator[ResultT]:
        given = list(items)
        self.tasks += len(given)
        return map(function, reversed(given))


@pytest.fixture
def workspace(toy_index: Path, tmp_path: Path) -> Workspace:
    settings = IndexSettings(no_index=True, find_links=(str(toy_index),))
    return Workspace(tmp_path / "cache", index=settings)


def context(workspace: Workspace) -> StepContext:
    old, new = (workspace.release("toylib", version) for version in VERSIONS)
    nowhere = Environment("k", "/python", "/", "3.11.7", ())
    return StepContext(VersionStep("toylib", *VERSIONS), old, new, nowhere, nowhere)


def whole(workspace: Workspace, release: Release) -> object:
    return find_usages(sources_of(workspace, release), None)


def test_parts_in_any_order_make_the_whole(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_usages, "FILES_PER_TASK", 2)
    step = context(workspace)
    executor = Backwards()
    old, new = read_usages(step, workspace, executor, SilentProgress())
    assert executor.tasks > 4
    assert len(old) > 20
    assert (old, new) == (whole(workspace, step.old), whole(workspace, step.new))


def test_they_are_read_once(workspace: Workspace) -> None:
    step = context(workspace)
    first = read_usages(step, workspace, InProcessExecutor(), SilentProgress())
    executor = Backwards()
    assert read_usages(step, workspace, executor, SilentProgress()) == first
    assert executor.tasks == 0


def test_a_torn_entry_is_read_again(workspace: Workspace) -> None:
    step = context(workspace)
    first = read_usages(step, workspace, InProcessExecutor(), SilentProgress())
    for path in (workspace.cache / "usages").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:100])
    assert read_usages(step, workspace, InProcessExecutor(), SilentProgress()) == first

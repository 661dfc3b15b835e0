"""A build of several steps, some of which cannot be mined."""

from __future__ import annotations

from pathlib import Path

import pytest

from recode_data import pipeline, step_workers
from recode_data.environments import NoResolutionError
from recode_data.errors import (
    DefectError,
    DiskFullError,
    EnvironmentLacksError,
    IndexUnreachableError,
    RecodeError,
    SandboxError,
    UnknownReleaseError,
)
from recode_data.executor import InProcessExecutor
from recode_data.journal import BuildFolder
from recode_data.progress import SilentProgress
from recode_data.records import BuildOptions, VersionStep
from recode_data.step_mining import Clock, Mining
from recode_data.uv_runner import UvError
from recode_data.workspace import Workspace

STEPS = tuple(VersionStep(name, "1.0", "2.0") for name in "abc")


class Idle:
    """Gets nothing ready."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def start(self, step: VersionStep) -> None: ...

    def wait(self) -> None: ...


def mine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *failures: Exception | None
) -> tuple[list[object], dict[str, object]]:
    """`mine_steps`, in which each step raises its failure, or gives its name where that is None."""

    def prepare(step: VersionStep, *_: object) -> VersionStep:
        failure = failures[STEPS.index(step)]
        if failure is not None:
            raise failure
        return step

    monkeypatch.setattr(pipeline, "prepare", prepare)
    monkeypatch.setattr(pipeline, "mine_step", lambda step, *_: step.library)
    monkeypatch.setattr(pipeline, "StepAhead", Idle)
    mining = Mining(
        BuildFolder(tmp_path),
        Workspace.default(tmp_path),
        InProcessExecutor(),
        SilentProgress(),
        BuildOptions(),
        Clock(),
    )
    return pipeline.mine_steps(  # type: ignore[return-value]  # stand-ins for results
        STEPS[: len(failures)], mining
    )


@pytest.mark.parametrize(
    "failure",
    [
        UnknownReleaseError("no b 2.0"),
        EnvironmentLacksError("no b 2.0", "install Python 3.8"),
        SandboxError("no b 2.0"),
        NoResolutionError("no b 2.0"),
        UvError("no b 2.0"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: RecodeError
) -> None:
    assert mine(monkeypatch, tmp_path, None, failure, None) == (
        ["a", "c"],
        {"b:1.0:2.0": "no b 2.0"},
    )


@pytest.mark.parametrize(
    "failure",
    [
        IndexUnreachableError("no network", "connect"),
        DiskFullError("no room", "make some"),
        RecodeError("a defect"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_would_stop_all_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: RecodeError
) -> None:
    with pytest.raises(type(failure)):
        mine(monkeypatch, tmp_path, None, failure, None)


def test_a_build_without_any_step_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(UnknownReleaseError, match="no a"):
        mine(monkeypatch, tmp_path, UnknownReleaseError("no a"))


def test_a_defect_leaves_out_its_step_and_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    results, failed = mine(monkeypatch, tmp_path, None, KeyError("key"), None)
    assert results == ["a", "c"]
    (said,) = failed.values()
    assert str(said).startswith("KeyError (test_failing_steps.py:")
    assert "'key'; a defect of the toolkit" in str(said)


def test_a_defect_in_a_worker_ends_no_other_step(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division")

    monkeypatch.setattr(step_workers, "catalogued_context", fails)
    task = step_workers.StepTask(STEPS[0], tmp_path / "out", tmp_path / "cache", BuildOptions())
    mined = step_workers.mine_alone(task)
    assert mined.result is None
    assert isinstance(mined.error, DefectError)
    assert "ZeroDivisionError (test_failing_steps.py:" in str(mined.error)


@pytest.mark.parametrize("failure", [OSError(28, "no room"), MemoryError()], ids=["disk", "memory"])
def test_what_the_machine_lacks_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise failure

    with pytest.raises(type(failure)):
        mine(monkeypatch, tmp_path, None, failure, None)
    monkeypatch.setattr(step_workers, "catalogued_context", fails)
    task = step_workers.StepTask(STEPS[0], tmp_path / "out", tmp_path / "cache", BuildOptions())
    with pytest.raises(type(failure)):
        step_workers.mine_alone(task)

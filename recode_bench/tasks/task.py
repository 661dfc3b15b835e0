"""What every task offers to the runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from recode_bench.models.completing import Completion, Sampling
from recode_bench.problems import Problem, ScoringJob
from recode_data.progress import Progress
from recode_data.records import JsonValue
from recode_data.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """What a task may need beside its own data."""

    workspace: Workspace
    allow_weak: bool = False
    """Score where only resource limits hold the code in."""
    split: str | None = None
    """Only this split, for tasks that have splits."""
    cpu_seconds: float | None = None
    """CPU limit of one run; None for the task's own."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a task is evaluated where the user says nothing else."""

    samples: int
    sampling: Sampling
    prompt: str
    """Name of one of its prompt templates."""


class Task(Protocol):
    """Problems, and how a completion of one is scored.

    A task is one file: its class, and `open_task(path, settings)` beside it.
    """

    @property
    def templates(self) -> str:
        """Folder of its prompt templates in `recode_bench/prompts`."""
        ...

    @property
    def profile(self) -> Profile:
        """Its defaults."""
        ...

    def problems(self) -> Sequence[Problem]:
        """All of them, in a fixed order.

        Raises:
            MalformedInputError: the data is not what it must be.
        """
        ...

    def identity(self) -> Mapping[str, JsonValue]:
        """What its scores depend on: hash of the data, pins; recorded in the results."""
        ...

    def prepare(self, problems: Sequence[Problem], progress: Progress) -> None:
        """Make the environments that these problems need; called once before scoring.

        Raises:
            EnvironmentLacksError: one cannot be made.
        """
        ...

    def job(self, problem: Problem, completion: Completion) -> ScoringJob:
        """The completion, ready to be scored; call `prepare` first."""
        ...


class OpensTask(Protocol):
    """How a task is opened from what follows its name in `--task NAME:PATH`."""

    def __call__(self, path: Path | None, settings: TaskSettings) -> Task:
        """The task.

        Raises:
            UsageError: the path is missing or is no such data.
        """
        ...

"""Whole version steps side by side, each in one worker process: for builds of many steps.

A step has parts that only one core can do (the comparison, the proposals) and waits for downloads:
side by side, steps keep all cores at work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recode_data.cache_room import keys_of
from recode_data.errors import OF_THE_MACHINE, RecodeError, defect_in
from recode_data.executor import InProcessExecutor
from recode_data.journal import BuildFolder
from recode_data.limited_map import map_within_limit
from recode_data.progress import SilentProgress
from recode_data.records import BuildOptions, StepResult, VersionStep
from recode_data.step_changes import catalogued_context
from recode_data.step_mining import Clock, Mining, forget_step, mine_step
from recode_data.workspace import Workspace


@dataclass(frozen=True, slots=True)
class StepTask:
    """One step of a build; `out` is the build's folder, `cache` the workspace's."""

    step: VersionStep
    out: Path
    cache: Path
    options: BuildOptions


@dataclass(frozen=True, slots=True)
class MinedStep:
    """What a step gave, or why it could not be mined; seconds by phase."""

    step: VersionStep
    result: StepResult | None
    error: RecodeError | None
    seconds: Mapping[str, float]


def mine_alone(task: StepTask) -> MinedStep:
    """One step in this process; finished pieces of it go to the build's folder at once."""
    clock = Clock()
    with Workspace.default(task.cache) as workspace:
        try:
            context = catalogued_context(task.step, workspace, allow_weak=task.options.allow_weak)
            clock.lap("releases and environments")
            result = mine_step(
                context,
                Mining(
                    BuildFolder(task.out),
                    workspace,
                    InProcessExecutor(),
                    SilentProgress(),
                    task.options,
                    clock,
                ),
            )
        except RecodeError as error:
            return MinedStep(task.step, None, error, clock.laps)
        except OF_THE_MACHINE:
            raise
        except Exception as error:  # noqa: BLE001 - of a hundred steps, one must not end the others
            return MinedStep(task.step, None, defect_in(error), clock.laps)
        finally:
            forget_step()
    return MinedStep(task.step, result, None, clock.laps)


def mine_side_by_side(steps: Sequence[VersionStep], mining: Mining) -> Iterator[MinedStep]:
    """Every step, in the order in which they finish; this process makes environments ahead."""
    workspace, options = mining.workspace, mining.options

    def make_ready(task: StepTask) -> Collection[str]:
        try:
            context = catalogued_context(task.step, workspace, allow_weak=options.allow_weak)
        except (RecodeError, OSError):
            return ()  # the step meets it by itself, and says so
        return keys_of(context)

    tasks = [StepTask(step, mining.folder.folder, workspace.cache, options) for step in steps]
    return map_within_limit(mine_alone, tasks, workspace, mining.executor, make_ready)

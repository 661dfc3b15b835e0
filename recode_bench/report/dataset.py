"""The dataset that a run was about, where it is still there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recode_data.errors import RecodeError
from recode_data.explorer import BuiltDataset, read_dataset


@dataclass(frozen=True, slots=True)
class FoundDataset:
    """The dataset of a task, or why there is none to show."""

    dataset: BuiltDataset | None
    why_not: str
    """Empty where there is a dataset, or where the task has none of that kind."""


def dataset_of(task: str) -> FoundDataset:
    """The dataset of `pairs:DIR`; a report without it still has the scores."""
    name, _, place = task.partition(":")
    if name != "pairs" or not place:
        return FoundDataset(None, "")
    try:
        return FoundDataset(read_dataset(Path(place)), "")
    except RecodeError as error:
        return FoundDataset(None, str(error))

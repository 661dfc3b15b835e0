"""What a task asks, what came of a completion, and how the two are joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from recode_data.records import MigrationPair
from recode_data.verify import Verdict

Measure: TypeAlias = bool | int | float | str | None
"""A measured number or truth value of a completion."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a model is asked to solve."""

    id: str
    """Unique within its task."""
    values: Mapping[str, str]
    """What the task's prompts may name."""
    reference: str | None = None
    """A known solution: what `oracle` answers."""
    unchanged: str | None = None
    """What `copy` answers: the code that was there before."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Dimension to group, for scores by library, kind and so on."""
    released: str | None = None
    """`YYYY-MM-DD` of the release that the problem is about, to split at a model's cutoff."""
    is_control: bool = False
    """Needs no edit: counts in the over-migration rate, not in pass@k."""
    pair: MigrationPair | None = None
    """The migration pair behind it, where there is one: what `codemod` goes by."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one completion came to; a line of `outcomes.jsonl`."""

    task_id: str
    sample: int
    """0-based index among the problem's samples."""
    verdict: Verdict
    reason: str
    """`ok`, or why it did not pass or was not scored."""
    seconds: float
    """CPU seconds of the run."""
    detail: str = ""
    """For people."""
    level: str | None = None
    """Of the sandbox that it ran in; None where nothing ran."""
    measured: Mapping[str, Measure] = field(default_factory=dict)
    """Further numbers and truth values by name; their means over problems join the metrics."""


class ScoringJob(Protocol):
    """One completion ready to be scored: picklable, since it may run in another process."""

    def run(self) -> Outcome:
        """The outcome; whatever the code does, and whatever the sandbox does, is in it."""
        ...


def run_job(job: ScoringJob) -> Outcome:
    """Score in a worker."""
    return job.run()


NO_CODE = "no_code"
"""Reason of a completion in which no code was found."""
NO_COMPLETION = "no_completion"
"""Reason of an unscored sample for which the model gave nothing."""

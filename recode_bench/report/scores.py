"""Fold the samples of runs into the numbers of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from recode_bench.metrics import Estimate, mean_pass_at_k, over_migration_rate
from recode_bench.report.runs import FAILED, PASSED, UNSCORED, Run, Sample
from recode_data.records import Effect, MigrationPair

MIXED = "mixed"
"""Verdict on a problem of which some samples passed and some failed."""


@dataclass(frozen=True, slots=True)
class Score:
    """A run in one row."""

    label: str
    pass_at_1: Estimate | None
    """Over problems that need an edit; None where nothing was scored."""
    over_migration: Estimate | None
    """Over control rows; None where there are none."""
    problems: int
    samples: int
    unscored: int


def score(run: Run, controls: Collection[str] = ()) -> Score:
    """The row of a run; `controls` are the problems that need no edit."""
    problems = run.by_problem()
    return Score(
        label=run.label,
        pass_at_1=pass_at_1(run, lambda problem: problem not in controls),
        over_migration=over_migration_rate(
            _passed(sample) for sample in run.samples if sample.task_id in controls
        ),
        problems=len(problems),
        samples=len(run.samples),
        unscored=sum(_passed(sample) is None for sample in run.samples),
    )


def pass_at_1(run: Run, counts: Callable[[str], bool] = lambda problem: True) -> Estimate | None:
    """Mean over the problems that count; None where none has a scored sample."""
    return mean_pass_at_k(
        (
            _samples_and_passed(samples)
            for problem, samples in run.by_problem().items()
            if counts(problem)
        ),
        k=1,
    )


def controls_of(pairs: Sequence[MigrationPair]) -> frozenset[str]:
    """Rows that need no edit."""
    return frozenset(pair.id for pair in pairs if pair.effect is Effect.NONE)


def verdict_on(samples: Sequence[Sample]) -> str:
    """Of all samples of a problem."""
    scored = {sample.verdict for sample in samples} - {UNSCORED}
    if not scored:
        return UNSCORED
    return scored.pop() if len(scored) == 1 else MIXED


def groups(
    runs: Sequence[Run], group_of: Mapping[str, str]
) -> list[tuple[str, int, list[Estimate | None]]]:
    """(group, problems in it, pass@1 of each run), the largest group first.

    Args:
        runs: of one task.
        group_of: group by problem; problems that are missing are left out.
    """
    problems = {problem for run in runs for problem in run.by_problem() if problem in group_of}
    sizes = Counter(group_of[problem] for problem in problems)
    ordered = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    return [
        (name, size, [_of_group(run, group_of, name) for run in runs]) for name, size in ordered
    ]


def _of_group(run: Run, group_of: Mapping[str, str], name: str) -> Estimate | None:
    return pass_at_1(run, lambda problem: group_of.get(problem) == name)


def failure_reasons(runs: Sequence[Run]) -> list[tuple[str, str, list[int]]]:
    """(verdict, reason, samples of each run), for samples that did not pass, the most frequent first."""
    counts = [
        Counter((s.verdict, s.reason) for s in run.samples if s.verdict != PASSED) for run in runs
    ]
    total: Counter[tuple[str, str]] = Counter()
    for found in counts:
        total.update(found)
    return [
        (verdict, reason, [found[verdict, reason] for found in counts])
        for (verdict, reason), _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))
    ]


def _samples_and_passed(samples: Sequence[Sample]) -> tuple[int, int]:
    passed = [_passed(sample) for sample in samples]
    return sum(verdict is not None for verdict in passed), sum(
        verdict is True for verdict in passed
    )


def _passed(sample: Sample) -> bool | None:
    return {PASSED: True, FAILED: False}.get(sample.verdict)

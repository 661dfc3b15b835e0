"""Fold the outcomes of a run into the metrics of `results.json`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from recode_bench.metrics import (
    Estimate,
    mean_interval,
    mean_pass_at_k,
    over_migration_rate,
    upass_at_k,
)
from recode_bench.problems import Outcome, Problem
from recode_data.records import JsonValue
from recode_data.verify import Verdict

KS = (1, 2, 5, 10, 20, 50, 100)
"""The k of pass@k; only those up to the number of samples are given."""

WITHOUT_UPDATE = "passes_without_update"
"""Name of a measured truth value: the sample also passes on the library as it was."""

Samples = Mapping[str, Sequence[Outcome]]
"""Outcomes by problem."""


def fold(
    problems: Sequence[Problem], outcomes: Iterable[Outcome], samples: int, cutoff: str | None
) -> dict[str, JsonValue]:
    """All metrics; every mean is over problems and comes with its interval.

    Args:
        problems: that were asked.
        outcomes: of these problems; unscored ones count in `unscored` alone.
        samples: asked for per problem.
        cutoff: `YYYY-MM-DD` to split the score at, by the date of the release.
    """
    by_problem: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_problem[outcome.task_id].append(outcome)
    edited = [problem for problem in problems if not problem.is_control]
    controls = [problem for problem in problems if problem.is_control]
    every = [outcome for found in by_problem.values() for outcome in found]
    metrics: dict[str, JsonValue] = {
        **_passes(edited, by_problem, samples),
        **_updated_passes(edited, by_problem, samples),
        "over_migration_rate": as_json_estimate(
            over_migration_rate(
                _passed(outcome) for item in controls for outcome in by_problem[item.id]
            )
        ),
        "unscored": sum(outcome.verdict is Verdict.UNSCORED for outcome in every),
        "reasons": dict(sorted(Counter(outcome.reason for outcome in every).items())),
        "means": _measured_means(edited, by_problem),
        "by": _by_group(edited, by_problem),
    }
    if cutoff is not None:
        metrics["by_cutoff"] = _by_cutoff(edited, by_problem, cutoff)
    return metrics


def as_json_estimate(estimate: Estimate | None) -> JsonValue:
    """An estimate as `results.json` has it; null where nothing was estimable."""
    if estimate is None:
        return None
    return {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "count": estimate.count,
        "method": estimate.method.value,
    }


def _passed(outcome: Outcome) -> bool | None:
    return {Verdict.PASSED: True, Verdict.FAILED: False}.get(outcome.verdict)


def _counts(problems: Iterable[Problem], by_problem: Samples) -> list[tuple[int, int]]:
    """(scored, passed) of each problem."""
    verdicts = [
        [_passed(outcome) for outcome in by_problem.get(problem.id, ())] for problem in problems
    ]
    return [(len(found) - found.count(None), found.count(True)) for found in verdicts]


def _passes(problems: Sequence[Problem], by_problem: Samples, samples: int) -> dict[str, JsonValue]:
    counts = _counts(problems, by_problem)
    return {
        f"pass@{k}": as_json_estimate(mean_pass_at_k(counts, k)) for k in KS if k <= max(samples, 1)
    }


def _updated_passes(
    problems: Sequence[Problem], by_problem: Samples, samples: int
) -> dict[str, JsonValue]:
    """UPass@k, where the task runs completions without the update as well."""
    verdicts = []
    for problem in problems:
        scored = [
            outcome
            for outcome in by_problem.get(problem.id, ())
            if outcome.verdict is not Verdict.UNSCORED
        ]
        if any(WITHOUT_UPDATE in outcome.measured for outcome in scored):
            new = [outcome.verdict is Verdict.PASSED for outcome in scored]
            old = [outcome.measured.get(WITHOUT_UPDATE) is True for outcome in scored]
            verdicts.append((new, old))
    if not verdicts:
        return {}
    found: dict[str, JsonValue] = {}
    for k in KS:
        if k <= samples:
            values = [upass_at_k(new, old, k) for new, old in verdicts]
            estimable = [value for value in values if value is not None]
            found[f"UPass@{k}"] = as_json_estimate(mean_interval(estimable))
    return found


def _measured_means(problems: Iterable[Problem], by_problem: Samples) -> dict[str, JsonValue]:
    """Mean over problems of each measured number, of the mean over the problem's samples."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for problem in problems:
        found: defaultdict[str, list[float]] = defaultdict(list)
        for outcome in by_problem.get(problem.id, ()):
            for name, value in outcome.measured.items():
                if isinstance(value, (bool, int, float)):
                    found[name].append(float(value))
        for name, numbers in found.items():
            values[name].append(fmean(numbers))
    return {name: as_json_estimate(mean_interval(found)) for name, found in sorted(values.items())}


def _by_group(problems: Sequence[Problem], by_problem: Samples) -> dict[str, JsonValue]:
    dimensions = sorted({name for problem in problems for name in problem.groups})
    found: dict[str, JsonValue] = {}
    for dimension in dimensions:
        groups = {problem.id: problem.groups.get(dimension) for problem in problems}
        found[dimension] = _scores_by(problems, by_problem, groups)
    return found


def _by_cutoff(
    problems: Sequence[Problem], by_problem: Samples, cutoff: str
) -> dict[str, JsonValue]:
    """Before: what the model may have seen in training; from then on: what it cannot know."""
    sides: dict[str, str | None] = {}
    for problem in problems:
        if problem.released is None:
            sides[problem.id] = "unknown date"
        else:
            side = "from" if problem.released >= cutoff else "before"
            sides[problem.id] = f"{side} {cutoff}"
    return _scores_by(problems, by_problem, sides)


def _scores_by(
    problems: Sequence[Problem], by_problem: Samples, groups: Mapping[str, str | None]
) -> dict[str, JsonValue]:
    members: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        group = groups[problem.id]
        if group is not None:
            members[group].append(problem)
    return {
        group: {
            "problems": len(found),
            "pass@1": as_json_estimate(mean_pass_at_k(_counts(found, by_problem), 1)),
        }
        for group, found in sorted(members.items())
    }

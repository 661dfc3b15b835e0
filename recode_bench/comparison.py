"""Two runs of one task, problem by problem."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import fmean

from recode_bench.metrics import PairedComparison, compare_paired
from recode_bench.report import Run
from recode_bench.report.dataset import dataset_of
from recode_bench.report.runs import FAILED, PASSED
from recode_bench.report.scores import controls_of
from recode_data.errors import UsageError
from recode_data.records import JsonValue


@dataclass(frozen=True, slots=True)
class Flip:
    """A problem on which two runs differ; values are shares of its scored samples that passed."""

    problem: str
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs on the problems that both scored."""

    first: str
    second: str
    task: str
    paired: PairedComparison | None
    """None where they have no scored problem in common."""
    flips: tuple[Flip, ...]
    """Largest difference first."""
    only_one: int
    """Problems that only one of them scored: left out."""

    def document(self) -> dict[str, JsonValue]:
        """As JSON."""
        paired: dict[str, JsonValue] | None = None
        if self.paired is not None:
            difference = asdict(self.paired.difference)
            difference["method"] = self.paired.difference.method.value
            paired = {
                "difference": difference,
                "wins": self.paired.wins,
                "losses": self.paired.losses,
                "ties": self.paired.ties,
                "p_value": self.paired.p_value,
            }
        return {
            "task": self.task,
            "first": self.first,
            "second": self.second,
            "paired": paired,
            "flips": [asdict(flip) for flip in self.flips],
            "left_out": self.only_one,
        }


def compare_runs(first: Run, second: Run) -> RunComparison:
    """Pass@1 of the second against the first, on the problems that both scored.

    Control rows, which need no edit, are left out, as in every pass rate.

    Raises:
        UsageError: the runs are of different tasks, or of different data.
    """
    if first.task != second.task:
        raise UsageError(f"only runs of one task compare: {first.task} and {second.task}")
    if first.results.get("data") != second.results.get("data"):
        raise UsageError(
            f"{first.task} was not the same data in both runs; evaluate one of them again"
        )
    dataset = dataset_of(first.task).dataset
    controls = controls_of(dataset.pairs) if dataset else frozenset()
    old, new = _shares(first), _shares(second)
    common = [problem for problem in old if problem in new and problem not in controls]
    every = (old.keys() | new.keys()) - controls
    flips = [
        Flip(problem, old[problem], new[problem])
        for problem in common
        if old[problem] != new[problem]
    ]
    return RunComparison(
        first=first.label,
        second=second.label,
        task=first.task,
        paired=compare_paired([old[name] for name in common], [new[name] for name in common]),
        flips=tuple(sorted(flips, key=lambda flip: (-abs(flip.second - flip.first), flip.problem))),
        only_one=len(every) - len(common),
    )


def _shares(run: Run) -> dict[str, float]:
    """Share of the scored samples that passed, by problem."""
    found = {}
    for problem, samples in run.by_problem().items():
        scored = [item.verdict == PASSED for item in samples if item.verdict in (PASSED, FAILED)]
        if scored:
            found[problem] = fmean(scored)
    return found


def describe_comparison(comparison: RunComparison, flips: int) -> str:
    """For people; at most so many flips are listed."""
    paired = comparison.paired
    if paired is None:
        return f"{comparison.first} and {comparison.second} scored no problem in common"
    difference = paired.difference
    lines = [
        f"{comparison.second} against {comparison.first} on {comparison.task}, "
        f"{difference.count} problems:",
        f"  difference {100 * difference.value:+.1f} points "
        f"[{100 * difference.low:+.1f}, {100 * difference.high:+.1f}], "
        f"{paired.wins} better, {paired.losses} worse, {paired.ties} the same, "
        f"p = {paired.p_value:.3g}",
    ]
    if comparison.only_one:
        lines.append(f"  {comparison.only_one} problems left out: only one of the runs scored them")
    for flip in comparison.flips[:flips]:
        lines.append(f"  {flip.problem}: {flip.first:g} -> {flip.second:g}")
    if len(comparison.flips) > flips:
        lines.append(f"  and {len(comparison.flips) - flips} more (--flips, --json)")
    return "\n".join(lines)

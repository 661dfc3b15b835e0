"""`pairs:DIR_OR_FILE`: migrate old code to the new version of a library.

A completion passes if it runs in the row's new environment, shows the values that the old code
showed on the old version, and issues no deprecation that the migration was to get rid of. Control
rows need no edit; they count in the over-migration rate alone. Measured beside the verdict: how near
the text is to the target, and whether the completion reaches for the new API and for the old one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recode_bench.extract import extract_code
from recode_bench.models.completing import Completion, Sampling
from recode_bench.problems import NO_CODE, Measure, Outcome, Problem, ScoringJob
from recode_bench.prompts import pair_values
from recode_bench.scoring import similarity
from recode_bench.scoring.warm import warm_sandboxes
from recode_bench.tasks.task import Profile, TaskSettings
from recode_bench.tasks.uses import uses
from recode_data.errors import UsageError
from recode_data.progress import Progress
from recode_data.publish import read_pairs
from recode_data.records import Effect, Environment, JsonValue, MigrationPair, content_id
from recode_data.sandbox import Limits, best_level
from recode_data.verify import Verdict, run_checks
from recode_data.verify.verifier import SNIPPET_LIMITS


class PairsTask:
    """Rows of a dataset that this toolkit built."""

    templates = "pairs"
    profile = Profile(samples=1, sampling=Sampling(max_tokens=1024), prompt="recode")

    def __init__(self, pairs: Sequence[MigrationPair], settings: TaskSettings) -> None:
        self._pairs = tuple(pairs)
        self._settings = settings
        self._environments: dict[tuple[tuple[str, ...], str], Environment] = {}

    def problems(self) -> tuple[Problem, ...]:
        """One per row, in the order of the file."""
        return tuple(map(problem_of, self._pairs))

    def identity(self) -> Mapping[str, JsonValue]:
        """Hash over the rows and their checks; environments are pinned by the rows themselves."""
        parts = (part for pair in self._pairs for part in (pair.id, pair.checks))
        return {"rows": len(self._pairs), "data": content_id(*parts)}

    def prepare(self, problems: Sequence[Problem], progress: Progress) -> None:
        """Rebuild the new environments of these rows from their pins."""
        wanted = {_pins(problem.pair) for problem in problems if problem.pair is not None}
        missing = sorted(wanted - self._environments.keys())
        for pins, python in progress.track(missing, "environments", len(missing)):
            environment = self._settings.workspace.environment(pins, python=python)
            self._environments[pins, python] = environment

    def job(self, problem: Problem, completion: Completion) -> ScoringJob:
        """The completion's code, to run in the row's new environment."""
        assert problem.pair is not None  # noqa: S101 - every problem of this task has one
        return PairJob(
            problem.pair,
            self._environments[_pins(problem.pair)],
            completion.sample,
            completion.text,
            self._settings.allow_weak,
            self._limits,
        )

    @property
    def _limits(self) -> Limits:
        seconds = self._settings.cpu_seconds
        if seconds is None:
            return SNIPPET_LIMITS
        return replace(SNIPPET_LIMITS, cpu_seconds=seconds, wall_seconds=6 * seconds)


@dataclass(frozen=True, slots=True)
class PairJob:
    """One completion of one row."""

    pair: MigrationPair
    environment: Environment
    sample: int
    text: str
    allow_weak: bool
    limits: Limits

    def run(self) -> Outcome:
        """Run the checks of the row on the completion's code."""
        code = extract_code(self.text)
        measured = similarities(code, self.pair)
        if code is None:
            return Outcome(
                self.pair.id, self.sample, Verdict.FAILED, NO_CODE, 0.0, measured=measured
            )
        sandboxes = warm_sandboxes(self.allow_weak)
        outcome = run_checks(self.pair, code, self.environment, sandboxes, self.limits)
        if outcome.verdict is not Verdict.UNSCORED:
            measured |= uses(self.pair, code, self.environment, sandboxes, self.limits)
        return Outcome(
            self.pair.id,
            self.sample,
            outcome.verdict,
            outcome.reason,
            round(outcome.seconds, 4),
            outcome.detail,
            best_level().value,
            measured,
        )


def similarities(code: str | None, pair: MigrationPair) -> dict[str, Measure]:
    """The text scores of a completion's code, as the rewards define them."""
    scores: dict[str, Measure] = {
        "es": similarity.es(code, pair.new_code),
        "es_star": similarity.es_star(code, pair.new_code),
        "em": similarity.em(code, pair.new_code),
        "em_star": similarity.em_star(code, pair.new_code),
    }
    if pair.effect is not Effect.NONE:  # on a control row the copy is the target
        scores["copy_relative"] = similarity.copy_relative(code, pair.old_code, pair.new_code)
    return scores


def problem_of(pair: MigrationPair) -> Problem:
    """A row as a problem."""
    return Problem(
        id=pair.id,
        values=pair_values(pair),
        reference=pair.new_code,
        unchanged=pair.old_code,
        groups={
            "library": pair.dependency,
            "kind": pair.kind.value,
            "effect": pair.effect.value,
            "producer": pair.producer.value,
            "split": pair.split,
        },
        released=pair.new_release_date,
        is_control=pair.effect is Effect.NONE,
        pair=pair,
    )


def open_task(path: Path | None, settings: TaskSettings) -> PairsTask:
    """The rows of a built folder, of one Parquet file or of JSON lines.

    Raises:
        UsageError: no path, nothing there, or no row of the split that was asked for.
        MalformedInputError: a file is not what the toolkit writes.
    """
    if path is None:
        raise UsageError("name the dataset: --task pairs:DIR")
    pairs = read_pairs(path)
    if not pairs:
        raise UsageError(f"{path} holds no pair")
    if settings.split is not None:
        splits = sorted({pair.split for pair in pairs})
        pairs = tuple(pair for pair in pairs if pair.split == settings.split)
        if not pairs:
            raise UsageError(f"{path} has no row of split {settings.split!r}, only of {splits}")
    return PairsTask(pairs, settings)


def _pins(pair: MigrationPair | None) -> tuple[tuple[str, ...], str]:
    assert pair is not None  # noqa: S101 - every problem of this task has one
    return pair.new_requirements, pair.new_python

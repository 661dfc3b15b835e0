"""Prove published rows again, from what the rows themselves say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from recode_data.executor import Executor
from recode_data.progress import Progress
from recode_data.records import Dropped, Effect, Environment, MigrationPair
from recode_data.rows import candidate_of
from recode_data.verify import Verdict, import_names_of, judge, read_checks, run_checks
from recode_data.verify.preload import Modules, preload_of, server_sets
from recode_data.verify.prove import environment_verifier
from recode_data.workspace import Workspace

ROWS_PER_TASK = 12


@dataclass(frozen=True, slots=True)
class ReproofTask:
    """Rows that share both environments."""

    old: Environment
    new: Environment
    pairs: tuple[MigrationPair, ...]
    allow_weak: bool = False
    sets: tuple[Modules, ...] = ()


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row that does not hold any more; `reason` is a drop reason or what else differs."""

    id: str
    reason: str
    detail: str


def reprove_rows(task: ReproofTask) -> tuple[FailedRow, ...]:
    """The rows of a task that do not prove again."""
    failures = []
    for pair in task.pairs:
        failure = _reprove_row(pair, task)
        if failure is not None:
            failures.append(failure)
    return tuple(failures)


def _reprove_row(pair: MigrationPair, task: ReproofTask) -> FailedRow | None:
    verifier = environment_verifier(
        task.old, task.new, import_names_of(pair), task.allow_weak, task.sets
    )
    outcome = verifier.verify(candidate_of(pair), with_hidden=False)
    if isinstance(outcome, Dropped):
        return FailedRow(pair.id, outcome.reason.value, outcome.detail)
    if outcome.proof.effect is not pair.effect:
        return FailedRow(
            pair.id, "effect_differs", f"{pair.effect.value}, now {outcome.proof.effect.value}"
        )
    checks = read_checks(pair.checks)
    verdict = run_checks(pair, pair.new_code, task.new, verifier.sandboxes)
    if verdict.verdict is not Verdict.PASSED:
        return FailedRow(pair.id, "checks_refuse_new_code", verdict.detail)
    copied = judge(checks, verifier.on_new(pair.old_code))
    if pair.effect is not Effect.NONE and copied.verdict is Verdict.PASSED:
        return FailedRow(pair.id, "checks_accept_old_code", "")
    return None


def reprove(
    pairs: Sequence[MigrationPair], workspace: Workspace, executor: Executor, progress: Progress
) -> tuple[FailedRow, ...]:
    """Failures of these rows, in the order of the rows; environments are rebuilt from the pins."""
    groups: dict[tuple[tuple[str, ...], str, tuple[str, ...], str], list[MigrationPair]]
    groups = defaultdict(list)
    for pair in pairs:
        key = (pair.old_requirements, pair.old_python, pair.new_requirements, pair.new_python)
        groups[key].append(pair)
    tasks: list[ReproofTask] = []
    for (old_pins, old_python, new_pins, new_python), members in groups.items():
        old = workspace.environment(old_pins, python=old_python)
        new = workspace.environment(new_pins, python=new_python)
        sets = server_sets(pair.old_code for pair in members)
        members.sort(key=lambda pair: preload_of(pair.old_code, sets))
        tasks.extend(
            ReproofTask(old, new, tuple(members[start : start + ROWS_PER_TASK]), sets=sets)
            for start in range(0, len(members), ROWS_PER_TASK)
        )
    found: list[FailedRow] = []
    for failures in progress.track(executor.map(reprove_rows, tasks), "proving rows", len(tasks)):
        found.extend(failures)
    order = {pair.id: position for position, pair in enumerate(pairs)}
    return tuple(sorted(found, key=lambda failure: order[failure.id]))

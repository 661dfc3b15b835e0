"""Prove published rows again, from what the rows themselves say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recode_data.executor import Executor
from recode_data.progress import Progress
from recode_data.records import Dropped, Effect, Environment, MigrationPair
from recode_data.rows import candidate_of
from recode_data.verify import Verdict, import_names_of, judge, read_checks, run_checks
from recode_data.verify.preload import NO_PRELOAD, Preload, most_imported_first
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
    preload: Preload = NO_PRELOAD


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row that does not hold any more; `reason` is a drop reason or what else differs."""

    id: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reproved:
    """Failures of one task, and the keys of the environments that it is done with."""

    environments: tuple[str, str]
    failures: tuple[FailedRow, ...]


def reprove_rows(task: ReproofTask) -> Reproved:
    """The rows of a task that do not prove again."""
    failures = []
    for pair in task.pairs:
        failure = _reprove_row(pair, task)
        if failure is not None:
            failures.append(failure)
    return Reproved((task.old.key, task.new.key), tuple(failures))


def _reprove_row(pair: MigrationPair, task: ReproofTask) -> FailedRow | None:
    verifier = environment_verifier(
        task.old, task.new, import_names_of(pair), task.allow_weak, task.preload
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


Pins = tuple[tuple[str, ...], str, tuple[str, ...], str]


def _by_environments(pairs: Iterable[MigrationPair]) -> dict[Pins, list[MigrationPair]]:
    groups: dict[Pins, list[MigrationPair]] = defaultdict(list)
    for pair in pairs:
        key = (pair.old_requirements, pair.old_python, pair.new_requirements, pair.new_python)
        groups[key].append(pair)
    return groups


def _tasks(
    groups: Mapping[Pins, list[MigrationPair]],
    workspace: Workspace,
    progress: Progress,
    at_work: Counter[str],
) -> Iterator[ReproofTask]:
    """Tasks, each group's environments made when the workers come to it.

    A file of rows may be about more environments than the disk holds: those of groups before are
    dropped once the cache is full.

    Args:
        at_work: Keys of environments, counted up for each task given out.
    """
    for (old_pins, old_python, new_pins, new_python), members in groups.items():
        workspace.keep_within_limit({key for key, count in at_work.items() if count > 0})
        progress.note(f"{members[0].dependency} {members[0].old_version}:{members[0].new_version}")
        old = workspace.environment(old_pins, python=old_python)
        new = workspace.environment(new_pins, python=new_python)
        preload = Preload(order=most_imported_first(pair.old_code for pair in members))
        members.sort(key=lambda pair: preload.leading(pair.old_code))
        for start in range(0, len(members), ROWS_PER_TASK):
            rows = tuple(members[start : start + ROWS_PER_TASK])
            at_work.update((old.key, new.key))
            yield ReproofTask(old, new, rows, preload=preload)


def reprove(
    pairs: Sequence[MigrationPair], workspace: Workspace, executor: Executor, progress: Progress
) -> tuple[FailedRow, ...]:
    """Failures of these rows, in the order of the rows; environments are rebuilt from the pins.

    Raises:
        RecodeError: an environment cannot be made.
    """
    groups = _by_environments(pairs)
    total = sum(-(-len(members) // ROWS_PER_TASK) for members in groups.values())
    at_work: Counter[str] = Counter()
    tasks = _tasks(groups, workspace, progress, at_work)
    found: list[FailedRow] = []
    for done in progress.track(executor.map(reprove_rows, tasks), "proving rows", total):
        found.extend(done.failures)
        at_work.subtract(done.environments)
    order = {pair.id: position for position, pair in enumerate(pairs)}
    return tuple(sorted(found, key=lambda failure: order[failure.id]))

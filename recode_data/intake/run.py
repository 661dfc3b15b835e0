"""The order of work of `recode-data import`: audit, find versions, execute, keep what proves."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recode_data.curate import split_by_change
from recode_data.errors import RecodeError
from recode_data.executor import Executor
from recode_data.intake.judge import (
    ImportTask,
    JudgedStep,
    candidate_of,
    dropped,
    judge_step,
    read_step,
)
from recode_data.intake.report import import_table
from recode_data.intake.rows import (
    ForeignRow,
    defect_of,
    mended,
    read_foreign_rows,
    unbound_in,
)
from recode_data.journal import BuildFolder, appending, read_outcomes, write_outcome
from recode_data.limited_map import map_within_limit
from recode_data.progress import Progress
from recode_data.publish import write_dataset
from recode_data.records import (
    Dropped,
    DropReason,
    JsonValue,
    MigrationPair,
    Outcome,
    StepResult,
    Verified,
    VersionStep,
)
from recode_data.releases.preceding import VersionList
from recode_data.workspace import Workspace

UNKNOWN = "?"
"""Stands for a version that is not known."""
Lister = Callable[[Iterable[str]], Mapping[str, VersionList]]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What an import may be told."""

    skip: tuple[str, ...] = ()
    """Libraries, as the index names them, that no environment is made for."""
    allow_weak: bool = False


def import_file(
    source: Path,
    out: Path,
    workspace: Workspace,
    list_versions: Lister,
    executor: Executor,
    progress: Progress,
    options: ImportOptions,
) -> dict[str, JsonValue]:
    """Make a dataset of somebody else's pairs; returns the manifest.

    Every row ends as a pair or as a drop with a reason. Resumable at any moment.

    Raises:
        RecodeError: see `errors.py`.
    """
    rows = read_foreign_rows(source)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    folder = BuildFolder(out)
    start = time.monotonic()
    with folder.claimed({"import": digest, "skip": [*options.skip]}):
        finished = folder.finished_manifest()
        if finished is not None:
            progress.note(f"{out} is complete already; nothing to do")
            return finished
        drops, steps = triage(rows, source.name, list_versions, options.skip)
        progress.note(
            f"{len(rows)} rows: {len(drops)} need no run, the others are about {len(steps)} steps"
        )
        judged = _judge_all(steps, source.name, out, workspace, executor, progress, options)
        about: dict[str, JsonValue] = {"file": source.name, "sha256": digest}
        results, pairs = _accepted(judged, steps, workspace)
        drops += [
            (item.step, drop)
            for item in judged
            for drop in item.outcomes
            if isinstance(drop, Dropped)
        ]
        if len(pairs) + len(drops) != len(rows):
            raise RecodeError(
                f"{len(rows)} rows, but {len(pairs)} pairs and {len(drops)} drops: a defect, "
                "please report it"
            )
        about |= import_table(rows, pairs, [drop for _, drop in drops], options.skip)
        seconds = {"total": time.monotonic() - start}
        return write_dataset(out, results, pairs, drops, seconds, {"import": about})


def triage(
    rows: Sequence[ForeignRow], source: str, list_versions: Lister, skip: Sequence[str]
) -> tuple[list[tuple[VersionStep, Dropped]], dict[VersionStep, list[ForeignRow]]]:
    """Rows that are out before anything runs, and the others by version step.

    An unbound name is looked for here: no environment is made for a step that has nothing to run.
    """
    drops: list[tuple[VersionStep, Dropped]] = []
    steps: dict[VersionStep, list[ForeignRow]] = {}
    wanted = sorted({row.library for row in rows if row.library and row.library not in skip})
    versions = list_versions(wanted)
    seen: set[tuple[str, str]] = set()
    for row in rows:
        known = versions.get(row.library, VersionList((), ()))
        step = known.step(row.library, row.version)
        reason = defect_of(row, seen) or unbound_in(mended(row))
        if reason is None and row.library in skip:
            reason = DropReason.ENVIRONMENT_UNAVAILABLE, f"{row.library} was left out (--skip)"
        if reason is None and step is None:
            what = "before" if known.resolve(row.version) else "called"
            detail = f"the index has nothing {what} {row.library} {row.version}"
            reason = DropReason.UNKNOWN_VERSION, detail
        if reason is not None or step is None:
            where = step or VersionStep(row.library, UNKNOWN, row.version or UNKNOWN)
            assert reason is not None  # noqa: S101 - a row without a step has one
            drops.append((where, dropped(row, source, *reason)))
        else:
            steps.setdefault(step, []).append(row)
    return drops, steps


def _judge_all(
    steps: Mapping[VersionStep, Sequence[ForeignRow]],
    source: str,
    out: Path,
    workspace: Workspace,
    executor: Executor,
    progress: Progress,
    options: ImportOptions,
) -> list[JudgedStep]:
    """Every step judged; those of an earlier run are taken over."""
    done: dict[VersionStep, JudgedStep] = {}
    tasks = []
    for step, rows in steps.items():
        candidates = {item.key: item for row in rows for item in [candidate_of(row, source)]}
        known = read_outcomes(_journal(out, step), candidates)
        if candidates.keys() == known.keys() and not any(map(_may_pass, known.values())):
            done[step] = JudgedStep(step, None, tuple(known[key] for key in candidates))
        else:
            tasks.append(ImportTask(step, tuple(rows), source, workspace.cache, options.allow_weak))
    tasks.sort(
        key=lambda task: (-len(task.rows), str(task.step))
    )  # most rows per environment first
    finished = map_within_limit(judge_step, tasks, workspace, executor)
    for judged in progress.track(finished, "proving steps", len(tasks)):
        with appending(_journal(out, judged.step)) as file:
            for outcome in judged.outcomes:
                write_outcome(file, outcome)
        done[judged.step] = judged
        proved = sum(isinstance(item, Verified) for item in judged.outcomes)
        progress.note(f"{judged.step}: {proved} of {len(judged.outcomes)} rows proved")
    return [done[step] for step in steps]


def _journal(out: Path, step: VersionStep) -> Path:
    """A row that is about another step, since the index has changed, is judged again."""
    return out / ".state" / f"imported-{step.library}-{step.old}-{step.new}.jsonl"


def _may_pass(outcome: Outcome) -> bool:
    """Whether a repeated command tries again: what failed may have been the network."""
    return isinstance(outcome, Dropped) and outcome.reason is DropReason.ENVIRONMENT_UNAVAILABLE


def _accepted(
    judged: Sequence[JudgedStep],
    steps: Mapping[VersionStep, Sequence[ForeignRow]],
    workspace: Workspace,
) -> tuple[list[StepResult], tuple[MigrationPair, ...]]:
    """Steps that gave pairs, with their contexts, and the pairs with their splits."""
    results: list[StepResult] = []
    pairs: list[MigrationPair] = []
    for item in judged:
        proved = [outcome.pair for outcome in item.outcomes if isinstance(outcome, Verified)]
        if proved:
            context = item.context or read_step(item.step, steps[item.step], workspace)
            results.append(StepResult(context, (), 0, 0, 0, item.outcomes))
            pairs += proved
    return results, split_by_change(pairs)

"""Prove the rows of one version step, in a worker process."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from recode_data.catalog import companions_of
from recode_data.companions import WELL_KNOWN
from recode_data.errors import RecodeError
from recode_data.intake.apis import guesses, kind_of
from recode_data.intake.rows import ForeignRow, mended
from recode_data.notes.noting import with_notes
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    Dropped,
    DropReason,
    MigrationPair,
    Outcome,
    Producer,
    StepContext,
    Usage,
    UsageOrigin,
    Verified,
    VersionStep,
    content_id,
)
from recode_data.rows import make_pair
from recode_data.step_changes import read_context
from recode_data.verify import Proved, Verifier
from recode_data.verify.prove import step_verifier
from recode_data.verify.verifier import SNIPPET_LIMITS
from recode_data.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ImportTask:
    """Rows of one step; `source` is the file's name, `cache` the workspace's folder."""

    step: VersionStep
    rows: tuple[ForeignRow, ...]
    source: str
    cache: Path
    allow_weak: bool = False


@dataclass(frozen=True, slots=True)
class JudgedStep:
    """One outcome per row, in order; no context where no environment could be made."""

    step: VersionStep
    context: StepContext | None
    outcomes: tuple[Outcome, ...]


def judge_step(task: ImportTask) -> JudgedStep:
    """Environments, then every row; what fails here is an outcome, never an exception."""
    # opened for this step alone: between steps the caller makes room, which needs the claim
    with Workspace.default(task.cache) as workspace:
        try:
            context = read_step(task.step, task.rows, workspace)
        except RecodeError as error:
            why = " ".join(str(error).split())[:400]
            reason = DropReason.ENVIRONMENT_UNAVAILABLE
            drops = tuple(dropped(row, task.source, reason, why) for row in task.rows)
            return JudgedStep(task.step, None, drops)
        verifier = step_verifier(context, task.allow_weak, limits=SNIPPET_LIMITS, patience=None)
        outcomes = tuple(judge_row(row, task.source, context, verifier) for row in task.rows)
        return JudgedStep(task.step, context, outcomes)


def read_step(step: VersionStep, rows: Iterable[ForeignRow], workspace: Workspace) -> StepContext:
    """Releases and environments of a step, with well-known packages that its rows import.

    Raises:
        RecodeError: a release cannot be had, or no environment can be made for it.
    """
    codes = (code for row in rows for code in (row.old_code, row.new_code))
    imported = {WELL_KNOWN[name] for code in codes for name in _imports(code) if name in WELL_KNOWN}
    listed = companions_of(step.library)
    further = sorted(imported - {step.library, *listed})
    return read_context(step, workspace, (*listed, *further))


def _imports(code: str) -> Iterator[str]:
    """Top-level modules that a code imports, wherever it does."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def judge_row(row: ForeignRow, source: str, context: StepContext, verifier: Verifier) -> Outcome:
    """The row as it stands; where it cannot run for want of imports, with those."""
    better = mended(row)
    first: Dropped | None = None
    for change in guesses(better.old_code, better.new_code, context.old.import_names):
        outcome = verifier.verify(candidate_of(better, source, change))
        if isinstance(outcome, Proved):
            pair = _pair(better, outcome, source, context)
            return Verified(candidate_of(row, source), pair)
        if first is None or first.reason is DropReason.NOT_AT_THE_CHANGE:
            first = outcome
        if outcome.reason not in {DropReason.NOT_AT_THE_CHANGE, DropReason.UNOBSERVABLE}:
            break  # the runs are the same whatever the row is about
    assert first is not None  # noqa: S101 - there is always a guess
    return Dropped(candidate_of(row, source), first.reason, first.detail)


def _pair(row: ForeignRow, proved: Proved, source: str, context: StepContext) -> MigrationPair:
    change = replace(proved.candidate.change, kind=kind_of(proved.proof))
    candidate = candidate_of(row, source, change)
    made = make_pair(replace(proved, candidate=candidate), context)
    pair = with_notes(Verified(candidate, made))
    return replace(
        pair,
        id=content_id(source, str(row.number), pair.id),
        description=row.description or pair.description,
        update_info=row.update_info or pair.update_info,
        source_release=source,
        licence="",
    )


def candidate_of(row: ForeignRow, source: str, change: ApiChange | None = None) -> Candidate:
    """The row as a candidate; its key tells rows apart even where their codes are equal."""
    unknown = ApiChange(ChangeKind.BEHAVIOUR, f"{row.library}#{row.number}")
    return Candidate(
        change or unknown,
        row.old_code,
        row.new_code,
        Producer.IMPORTED,
        Usage(row.old_code, (), UsageOrigin.IMPORTED, source, source, row.number + 1),
    )


def dropped(row: ForeignRow, source: str, reason: DropReason, detail: str) -> Dropped:
    """The row as a drop."""
    return Dropped(candidate_of(row, source), reason, detail)

"""One version step from its releases to outcomes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from recode_data.cache_room import keys_of
from recode_data.catalog import companions_of
from recode_data.curate import best_of_each_snippet, deduplicate
from recode_data.errors import RecodeError
from recode_data.executor import Executor
from recode_data.import_check import check_imports
from recode_data.journal import BuildFolder, appending, read_outcomes, write_outcome
from recode_data.producers import (
    first_tries,
    promising_first,
    propose,
    propose_further,
    proved_or_known,
    suspected_changes,
    worth_trying,
    written_by_users,
)
from recode_data.progress import Progress
from recode_data.records import (
    BuildOptions,
    Candidate,
    Outcome,
    StepContext,
    StepResult,
    Usage,
    Verified,
    VersionStep,
)
from recode_data.sandbox import SandboxPool
from recode_data.step_changes import read_context, step_changes
from recode_data.step_effort import probed_while_it_pays, proved_while_it_pays
from recode_data.step_probe import probe_usages
from recode_data.step_usages import read_usages
from recode_data.verify.preload import Modules, preload_of, server_sets
from recode_data.verify.probe import Finding, changes_from, worth_probing
from recode_data.verify.prove import ProofTask, prove
from recode_data.workspace import Workspace

CANDIDATES_PER_TASK = 12
DEFAULTS = BuildOptions()


def prepare(
    step: VersionStep, workspace: Workspace, progress: Progress, options: BuildOptions
) -> StepContext:
    """Releases and environments of a step; what others left in the cache makes room for them."""
    progress.note(f"{step}: releases and environments")
    context = read_context(
        step, workspace, companions_of(step.library), allow_weak=options.allow_weak
    )
    workspace.keep_within_limit(keys_of(context))
    return context


def mine_step(
    context: StepContext,
    folder: BuildFolder,
    workspace: Workspace,
    executor: Executor,
    progress: Progress,
    options: BuildOptions,
    clock: Clock,
) -> StepResult:
    """One version step from its environments to outcomes."""
    step = context.step
    progress.note(f"{step}: comparing surfaces")
    with SandboxPool(size=4, allow_weak=options.allow_weak) as sandboxes:
        check_imports(context.old, context.old_environment, sandboxes)
        check_imports(context.new, context.new_environment, sandboxes)
        surfaces = step_changes(context, workspace, sandboxes)
    changes = surfaces.changes
    clock.lap("surfaces and changes")
    progress.note(f"{step}: {len(changes)} API changes")

    old_usages, new_usages = read_usages(context, workspace, executor, progress)
    progress.note(f"{step}: {len(old_usages)} old and {len(new_usages)} new usages")
    clock.lap("usages")
    journal = folder.journal(context, "probe")
    worth: Sequence[Usage] = worth_probing(old_usages)
    sets = server_sets(usage.code for usage in (*old_usages, *new_usages))

    def probe(usages: Sequence[Usage]) -> list[Finding]:
        return probe_usages(
            context, usages, journal, executor, progress, allow_weak=options.allow_weak, sets=sets
        )

    if options.limit:
        worth, findings = probed_while_it_pays(worth, options.limit, probe)
    else:
        findings = probe(worth)
    probed = surfaces.with_replacements(changes_from(findings, changes, surfaces.old))
    known = (*changes, *probed)
    suspected = suspected_changes(old_usages, new_usages, known, surfaces.old.objects)
    changes = tuple(sorted((*known, *suspected), key=lambda change: change.key))
    clock.lap("probe")

    written = written_by_users(changes, surfaces.old.objects, (*old_usages, *new_usages))
    candidates = list(propose(written, old_usages, new_usages))
    if options.producers:
        candidates = [item for item in candidates if item.producer in options.producers]
    clock.lap("candidates")
    if options.limit:
        broken: dict[str, list[str]] = {}
        for finding in findings:
            broken.setdefault(finding.usage.code, []).append(finding.message)
        clean = {usage.code for usage in worth} - broken.keys()
        candidates = promising_first(candidates, broken, clean)
    first, held = first_tries(candidates)

    def proved(some: Sequence[Candidate]) -> tuple[Outcome, ...]:
        return prove_all(context, some, folder, executor, progress, options, sets)

    if options.limit:
        outcomes = proved_while_it_pays(first, held, options.limit, proved)
    else:
        outcomes = proved(first)
        outcomes += proved(worth_trying(held, outcomes))
    further = list(propose_further(distinct_pairs(outcomes), old_usages))
    if options.producers:
        further = [item for item in further if item.producer in options.producers]
    outcomes += proved(further)
    clock.lap("proofs")
    changes = proved_or_known(changes, outcomes)
    return StepResult(context, changes, len(old_usages), len(new_usages), len(worth), outcomes)


def distinct_pairs(outcomes: Sequence[Outcome]) -> list[Verified]:
    """Proved candidates that would be published."""
    verified = [item for item in outcomes if isinstance(item, Verified)]
    return deduplicate(best_of_each_snippet(verified)[0])[0]


def prove_all(
    context: StepContext,
    candidates: Sequence[Candidate],
    folder: BuildFolder,
    executor: Executor,
    progress: Progress,
    options: BuildOptions = DEFAULTS,
    sets: tuple[Modules, ...] = (),
) -> tuple[Outcome, ...]:
    """One outcome per candidate, in the order of the candidates; earlier ones are taken over.

    Those whose old code imports the same (see `preload.py`) are proved in the same servers, one after
    the other.
    """
    by_key = {candidate.key: candidate for candidate in candidates}
    journal = folder.journal(context, "outcomes")
    outcomes = read_outcomes(journal, by_key)
    missing = [candidate for candidate in candidates if candidate.key not in outcomes]
    missing.sort(key=lambda candidate: preload_of(candidate.old_code, sets))
    tasks = [
        ProofTask(
            context,
            tuple(missing[start : start + CANDIDATES_PER_TASK]),
            options.allow_weak,
            sets,
        )
        for start in range(0, len(missing), CANDIDATES_PER_TASK)
    ]
    if len(missing) < len(candidates):
        progress.note(
            f"{context.step}: {len(candidates) - len(missing)} outcomes are there already"
        )
    with appending(journal) as file:
        finished = executor.map(prove, tasks)
        for batch in progress.track(finished, "proving candidates", len(tasks)):
            for outcome in batch:
                write_outcome(file, outcome)
                outcomes[outcome.candidate.key] = outcome
    lost = by_key.keys() - outcomes.keys()
    if lost:
        raise RecodeError(f"{len(lost)} candidates of {context.step} have no outcome: a defect")
    return tuple(outcomes[key] for key in by_key)


class Clock:
    """Seconds spent in each phase, for timings.json only."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._start = self._last = time.monotonic()

    def lap(self, phase: str) -> None:
        """The time since the last lap belongs to this phase."""
        now = time.monotonic()
        self.laps[phase] = self.laps.get(phase, 0.0) + now - self._last
        self._last = now

    def add(self, laps: Mapping[str, float]) -> None:
        """Time that others spent, beside this process."""
        for phase, seconds in laps.items():
            self.laps[phase] = self.laps.get(phase, 0.0) + seconds

    def seconds(self) -> dict[str, float]:
        """Seconds by phase, of all processes together, and how long it took in all."""
        self.lap("curate")
        return {**self.laps, "total": self._last - self._start}

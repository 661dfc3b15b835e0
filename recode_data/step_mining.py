"""One version step from its releases to outcomes."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from recode_data.cache_room import keys_of
from recode_data.curate import best_of_each_snippet, deduplicate
from recode_data.errors import RecodeError
from recode_data.executor import Executor
from recode_data.finished_steps import keep_result
from recode_data.garbage import collected_seldom
from recode_data.import_check import check_imports
from recode_data.journal import BuildFolder, appending, read_outcomes, write_outcome
from recode_data.notes import misleads_alone
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
from recode_data.producers.hunks import forget_examples
from recode_data.producers.proposals import step_usages
from recode_data.producers.touching import index_of, key_of
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
from recode_data.references import forget_readings
from recode_data.rewrites.parsed import forget_parsed
from recode_data.sandbox import SandboxPool
from recode_data.step_changes import StepChanges, catalogued_context, step_changes
from recode_data.step_effort import proved_while_it_pays, worth_a_probe
from recode_data.step_probe import probe_usages
from recode_data.step_usages import read_usages
from recode_data.syntax_trees import forget_trees
from recode_data.usages.importing import forget_imports_of_snippets
from recode_data.usages.modules import forget_modules
from recode_data.verify.influence import touches_its_change
from recode_data.verify.preload import (
    Preload,
    can_be_imported,
    forget_imports,
    imported_of_others,
    modules_of,
    most_imported_first,
    often_bound,
)
from recode_data.verify.probe import Finding, changes_from, worth_probing
from recode_data.verify.prove import ProofTask, end_servers, prove
from recode_data.workspace import Workspace

CANDIDATES_PER_TASK = 12


@dataclass(frozen=True, slots=True)
class Mining:
    """What every step of a build works with."""

    folder: BuildFolder
    workspace: Workspace
    executor: Executor
    progress: Progress
    options: BuildOptions
    clock: Clock


def prepare(step: VersionStep, mining: Mining) -> StepContext:
    """Releases and environments of a step; what others left in the cache makes room for them."""
    mining.progress.note(f"{step}: releases and environments")
    context = catalogued_context(step, mining.workspace, allow_weak=mining.options.allow_weak)
    mining.workspace.keep_within_limit(keys_of(context))
    mining.clock.lap("releases and environments")
    return context


def mine_step(context: StepContext, mining: Mining) -> StepResult:
    """One version step from its environments to outcomes."""
    with collected_seldom():
        return _mine_step(context, mining)


def _mine_step(context: StepContext, mining: Mining) -> StepResult:
    step, progress, clock = context.step, mining.progress, mining.clock
    progress.note(f"{step}: comparing surfaces")
    surfaces = _compare(context, mining)
    clock.lap("surfaces and changes")
    progress.note(f"{step}: {len(surfaces.changes)} API changes")

    old_usages, new_usages = read_usages(context, mining.workspace, mining.executor, progress)
    progress.note(f"{step}: {len(old_usages)} old and {len(new_usages)} new usages")
    clock.lap("usages")

    preload = _preload(context, (*old_usages, *new_usages), mining)
    probed = _probe(context, old_usages, preload, mining)
    known = (
        *surfaces.changes,
        *surfaces.with_replacements(changes_from(probed.findings, surfaces.changes, surfaces.old)),
    )
    suspected = suspected_changes(old_usages, new_usages, known, surfaces.old.objects)
    changes = tuple(sorted((*known, *suspected), key=lambda change: change.key))
    clock.lap("probe")

    written = written_by_users(changes, surfaces.old.objects, (*old_usages, *new_usages))
    candidates = _wanted(propose(written, old_usages, new_usages), mining.options)
    clock.lap("candidates")
    outcomes = _prove(context, candidates, probed, old_usages, preload, mining)
    clock.lap("proofs")
    changes = proved_or_known(changes, outcomes)
    result = StepResult(
        context, changes, len(old_usages), len(new_usages), len(probed.usages), outcomes
    )
    keep_result(mining.folder, result)
    return result


def forget_step() -> None:
    """End the servers of this process and give up most of what it remembers of the snippets.

    A worker that goes on to another library would hold half a gigabyte for nothing.
    """
    end_servers()
    for remembered in (index_of, key_of, step_usages):
        remembered.cache_clear()
    forget_parsed()
    forget_readings()
    forget_trees()
    forget_imports()
    forget_imports_of_snippets()
    forget_modules()
    forget_examples()
    gc.collect()


def _compare(context: StepContext, mining: Mining) -> StepChanges:
    with SandboxPool(size=4, allow_weak=mining.options.allow_weak) as sandboxes:
        check_imports(context.old, context.old_environment, sandboxes)
        check_imports(context.new, context.new_environment, sandboxes)
        return step_changes(context, mining.workspace, sandboxes)


def _preload(context: StepContext, usages: Sequence[Usage], mining: Mining) -> Preload:
    codes = [usage.code for usage in usages]
    library, *_ = context.old.import_names
    own = modules_of(library, codes)
    but_not = {*context.old.import_names, *context.new.import_names, *often_bound(codes)}
    with SandboxPool(size=2, allow_weak=mining.options.allow_weak) as sandboxes:
        others = tuple(
            (environment.key, imported_of_others(environment, own, but_not, sandboxes))
            for environment in (context.old_environment, context.new_environment)
        )
    return Preload(others, most_imported_first(codes))


@dataclass(frozen=True, slots=True)
class _Probed:
    """Old usages that were run on both versions, and what the new one said."""

    usages: Sequence[Usage]
    findings: Sequence[Finding]

    def first_of(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates, most promising first."""
        broken: dict[str, list[str]] = {}
        for finding in self.findings:
            broken.setdefault(finding.usage.code, []).append(finding.message)
        clean = {usage.code for usage in self.usages} - broken.keys()
        return promising_first(candidates, broken, clean)


def _probe(
    context: StepContext, usages: Sequence[Usage], preload: Preload, mining: Mining
) -> _Probed:
    journal = mining.folder.journal(context, "probe")
    options = mining.options

    here = context.old_environment
    worth = worth_probing([usage for usage in usages if can_be_imported(usage.code, here)])
    if options.limit:
        worth = tuple(worth_a_probe(worth, options.limit))
    findings = probe_usages(
        context,
        worth,
        journal,
        mining.executor,
        mining.progress,
        allow_weak=options.allow_weak,
        preload=preload,
    )
    return _Probed(worth, findings)


def _wanted(candidates: Iterable[Candidate], options: BuildOptions) -> list[Candidate]:
    """Those of the producers that the user asked for."""
    return [
        item for item in candidates if not options.producers or item.producer in options.producers
    ]


def _prove(
    context: StepContext,
    candidates: list[Candidate],
    probed: _Probed,
    old_usages: Sequence[Usage],
    preload: Preload,
    mining: Mining,
) -> tuple[Outcome, ...]:
    """Outcomes of the candidates, and of those that rest on proved ones."""
    limit = mining.options.limit

    def proved(some: Sequence[Candidate]) -> tuple[Outcome, ...]:
        return prove_all(context, some, preload, mining)

    def has_a_chance(candidate: Candidate) -> bool:
        here = context.old_environment
        return can_be_imported(candidate.old_code, here) and touches_its_change(candidate)

    if limit:
        outcomes = proved_while_it_pays(
            *first_tries(probed.first_of(candidates)), limit, proved, has_a_chance
        )
    else:
        first, held = first_tries(candidates)
        outcomes = proved(first)
        outcomes += proved(worth_trying(held, outcomes))
    further = propose_further(distinct_pairs(outcomes), old_usages)
    return outcomes + proved(_wanted(further, mining.options))


def distinct_pairs(outcomes: Sequence[Outcome]) -> list[Verified]:
    """Proved candidates that would be published."""
    verified = [item for item in outcomes if isinstance(item, Verified)]
    return deduplicate(best_of_each_snippet(verified)[0])[0]


def prove_all(
    context: StepContext,
    candidates: Sequence[Candidate],
    preload: Preload,
    mining: Mining,
) -> tuple[Outcome, ...]:
    """One outcome per candidate, in the order of the candidates; earlier ones are taken over.

    Those whose old code imports the same (see `preload.py`) are proved in the same servers, one after
    the other.
    """
    by_key = {candidate.key: candidate for candidate in candidates}
    progress = mining.progress
    journal = mining.folder.journal(context, "outcomes")
    outcomes = read_outcomes(journal, by_key)
    missing = [candidate for candidate in candidates if candidate.key not in outcomes]
    missing.sort(key=lambda candidate: preload.kind_of(candidate.old_code))
    tasks = [
        ProofTask(
            context,
            tuple(missing[start : start + CANDIDATES_PER_TASK]),
            mining.options.allow_weak,
            preload,
            misleads_alone,
        )
        for start in range(0, len(missing), CANDIDATES_PER_TASK)
    ]
    if len(missing) < len(candidates):
        progress.note(
            f"{context.step}: {len(candidates) - len(missing)} outcomes are there already"
        )
    with appending(journal) as file:
        finished = mining.executor.map(prove, tasks)
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

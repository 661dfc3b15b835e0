"""The order of work of `recode-data build`, top to bottom."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path

from recode_data.cache_room import keys_of
from recode_data.catalog import companions_of
from recode_data.curate import (
    best_of_each_snippet,
    deduplicate,
    not_seen_before,
    screen,
    split_by_change,
    split_by_library,
    trained_on,
    within_shares,
)
from recode_data.curate.wording import Describer, reword
from recode_data.environments import NoResolutionError
from recode_data.errors import (
    DiskFullError,
    EnvironmentLacksError,
    IndexUnreachableError,
    RecodeError,
    SandboxError,
    UnknownReleaseError,
    WeakSandboxError,
)
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
from recode_data.publish import write_dataset
from recode_data.records import (
    BuildOptions,
    Candidate,
    Dropped,
    DropReason,
    JsonValue,
    MigrationPair,
    Outcome,
    StepContext,
    StepResult,
    Usage,
    Verified,
    VersionStep,
    content_id,
)
from recode_data.sandbox import SandboxPool
from recode_data.step_ahead import StepAhead
from recode_data.step_changes import read_context, step_changes
from recode_data.step_effort import probed_while_it_pays, proved_while_it_pays
from recode_data.step_probe import probe_usages
from recode_data.step_usages import read_usages
from recode_data.steps import SourceKind, parse_source
from recode_data.uv_runner import UvError
from recode_data.verify.preload import Modules, preload_of, server_sets
from recode_data.verify.probe import Finding, changes_from, worth_probing
from recode_data.verify.prove import ProofTask, prove
from recode_data.workspace import Workspace

CANDIDATES_PER_TASK = 12
LEAVES_OUT = (
    UnknownReleaseError,
    EnvironmentLacksError,
    NoResolutionError,
    UvError,
    SandboxError,
)
"""What concerns one step alone."""
DEFAULTS = BuildOptions()


def build(
    steps: Sequence[VersionStep],
    out: Path,
    workspace: Workspace,
    executor: Executor,
    progress: Progress,
    options: BuildOptions = DEFAULTS,
    describer: Describer | None = None,
) -> dict[str, JsonValue]:
    """Mine, prove and write the dataset of these version steps; returns the manifest.

    Resumable at any moment; same inputs, same bytes.

    Raises:
        RecodeError: see `errors.py`; nothing half-written is left in the published files.
    """
    folder = BuildFolder(out)
    clock = Clock()
    with folder.claimed(identity_of(steps, options, describer)):
        finished = folder.finished_manifest()
        if (
            finished is not None
            and not failed_steps(finished)
            and all(is_immutable(step) for step in steps)
        ):
            progress.note(f"{out} is complete already; nothing to do")
            return finished
        results, failed = mine_steps(steps, folder, workspace, executor, progress, options, clock)
        pairs, dropped, curation = curate(results, options)
        curation = {**curation, "failed_steps": failed}
        if describer is not None:
            place = partial(workspace.cached, "wording")
            pairs, said = reword(pairs, describer, place, progress)
            curation = {**curation, "descriptions": said}
        return write_dataset(out, results, pairs, dropped, clock.seconds(), curation)


def failed_steps(manifest: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Steps that a finished build left out, with the reason."""
    curation = manifest.get("curation")
    failed = curation.get("failed_steps") if isinstance(curation, dict) else None
    return failed if isinstance(failed, dict) else {}


def mine_steps(
    steps: Sequence[VersionStep],
    folder: BuildFolder,
    workspace: Workspace,
    executor: Executor,
    progress: Progress,
    options: BuildOptions,
    clock: Clock,
) -> tuple[list[StepResult], dict[str, JsonValue]]:
    """Every step that can be mined, and why the others could not, by step.

    Of a hundred steps some have a release that this machine has no interpreter for, or that does
    not import: the others go on. What would stop all of them (no network, a full disk, no
    isolation) stops the build, which can be resumed.

    Raises:
        RecodeError: such a thing, or no step could be mined.
    """
    results: list[StepResult] = []
    failed: dict[str, JsonValue] = {}
    last: RecodeError | None = None
    ahead = StepAhead(workspace, allow_weak=options.allow_weak)
    for step, following in zip_longest(steps, steps[1:]):
        ahead.wait()
        try:
            context = prepare(step, workspace, progress, options)
            clock.lap("releases and environments")
            if following is not None:
                ahead.start(following)
            results.append(
                mine_step(context, folder, workspace, executor, progress, options, clock)
            )
        except (IndexUnreachableError, DiskFullError, WeakSandboxError):
            raise
        except LEAVES_OUT as error:
            last = error
            failed[str(step)] = str(error).partition("\n")[0]
            progress.note(f"{step}: left out: {failed[str(step)]}")
    if last is not None and not results:
        raise last
    return results, failed


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
        broken = {finding.usage.code for finding in findings}
        clean = {usage.code for usage in worth} - broken
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


def is_immutable(step: VersionStep) -> bool:
    """Whether both sides are releases of an index: a folder or file may have been changed."""
    sides = (parse_source(step.old), parse_source(step.new))
    return all(side.kind is SourceKind.INDEX for side in sides)


def identity_of(
    steps: Sequence[VersionStep], options: BuildOptions, describer: Describer | None = None
) -> dict[str, JsonValue]:
    """What makes two builds the same request."""
    identity: dict[str, JsonValue] = {
        "steps": [*(str(step) for step in steps)],
        "producers": [*sorted(producer.value for producer in options.producers)],
        "limit": options.limit,
        "since": options.since,
    }
    if options.split_by != DEFAULTS.split_by:
        identity["split_by"] = options.split_by
    if options.licence:
        identity["licence"] = options.licence
    if options.decontaminate:
        identity["decontaminate"] = [file.sha256 for file in options.decontaminate]
    if describer is not None:
        identity["describe_with"] = content_id(describer.identity)
    return identity


class Clock:
    """Seconds spent in each phase, for timings.json only."""

    def __init__(self) -> None:
        self._laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, phase: str) -> None:
        """The time since the last lap belongs to this phase."""
        now = time.monotonic()
        self._laps[phase] = self._laps.get(phase, 0.0) + now - self._last
        self._last = now

    def seconds(self) -> dict[str, float]:
        """Seconds by phase, and in all."""
        self.lap("curate")
        return {**self._laps, "total": sum(self._laps.values())}


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


def curate(
    results: Sequence[StepResult], options: BuildOptions
) -> tuple[list[MigrationPair], list[tuple[VersionStep, Dropped]], Mapping[str, JsonValue]]:
    """Rows, drops, and what the manifest says of curation; every candidate stays accounted for.

    Raises:
        MalformedInputError: a benchmark file cannot be read.
        RecodeError: the accounts do not add up.
    """
    proved = [item for result in results for item in result.outcomes if isinstance(item, Verified)]
    screened = screen([item.pair for item in proved], options)
    chosen: list[tuple[VersionStep, Verified]] = []
    dropped: list[tuple[VersionStep, Dropped]] = []
    seen: dict[tuple[str, str, str], str] = {}
    for result in results:
        step = result.context.step
        verified = [item for item in result.outcomes if isinstance(item, Verified)]
        fit = [item for item in verified if item.pair.id not in screened.reasons]
        best, others = best_of_each_snippet(fit)
        distinct, repeated = deduplicate(best)
        fresh, known = not_seen_before(distinct, seen)
        kept, surplus = within_shares(fresh)
        chosen.extend((step, item) for item in kept)
        drops = [item for item in result.outcomes if isinstance(item, Dropped)]
        drops += [
            Dropped(item.candidate, *screened.reasons[item.pair.id])
            for item in verified
            if item.pair.id in screened.reasons
        ]
        drops += [*others, *repeated, *known, *surplus]
        dropped.extend((step, item) for item in drops)
        if len(kept) + len(drops) != len(result.outcomes):
            raise RecodeError(
                f"{step}: {len(result.outcomes)} candidates, but {len(kept)} pairs and "
                f"{len(drops)} drops: a defect, please report it"
            )
    pairs = split([item.pair for _, item in chosen], options)
    twins = trained_on(pairs)
    dropped.extend(
        (
            step,
            Dropped(
                item.candidate, DropReason.NEAR_DUPLICATE, f"like {twins[item.pair.id]} of train"
            ),
        )
        for step, item in chosen
        if item.pair.id in twins
    )
    return [pair for pair in pairs if pair.id not in twins], dropped, screened.entry


def split(pairs: Sequence[MigrationPair], options: BuildOptions) -> tuple[MigrationPair, ...]:
    """Train, validation and test, by what the test split is to ask about."""
    if options.split_by == "library":
        return split_by_library(pairs)
    return split_by_change(pairs, since=options.since)

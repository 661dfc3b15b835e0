"""The order of work of `recode-data build`, top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TypeAlias

from recode_data.curate import (
    MAX_PAIRS_PER_CHANGE,
    best_of_each_snippet,
    deduplicate,
    not_seen_before,
    screen,
    split_by_change,
    split_by_library,
    trained_on,
    within_shares,
)
from recode_data.environments import NoResolutionError
from recode_data.errors import (
    OF_THE_MACHINE,
    DefectError,
    DiskFullError,
    EnvironmentLacksError,
    IndexUnreachableError,
    RecodeError,
    SandboxError,
    UnknownReleaseError,
    WeakSandboxError,
    defect_in,
)
from recode_data.executor import Executor, LocalExecutor
from recode_data.finished_steps import kept_result
from recode_data.journal import BuildFolder
from recode_data.notes import noted
from recode_data.notes.wording import Describer, reword
from recode_data.progress import Progress
from recode_data.publish import write_dataset
from recode_data.records import (
    BuildOptions,
    Dropped,
    DropReason,
    JsonValue,
    MigrationPair,
    StepResult,
    Verified,
    VersionStep,
    content_id,
)
from recode_data.step_ahead import StepAhead
from recode_data.step_mining import Clock, Mining, mine_step, prepare
from recode_data.step_workers import mine_side_by_side
from recode_data.steps import is_immutable
from recode_data.uv_runner import UvError
from recode_data.workspace import Workspace

LEAVES_OUT = (
    DefectError,
    UnknownReleaseError,
    EnvironmentLacksError,
    NoResolutionError,
    UvError,
    SandboxError,
)
"""What concerns one step alone."""
STOPS_ALL = (IndexUnreachableError, DiskFullError, WeakSandboxError)
"""Of these, what would meet the other steps as well."""
DEFAULTS = BuildOptions()
SHARE_OF_ONE_CHANGE = 0.015
"""Of what a build proved, in one step: what is deprecated in one step and gone in the next comes twice."""


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
    mining = Mining(folder, workspace, executor, progress, options, Clock())
    with folder.claimed(identity_of(steps, options, describer)):
        finished = folder.finished_manifest()
        if (
            finished is not None
            and not failed_steps(finished)
            and all(is_immutable(step) for step in steps)
        ):
            progress.note(f"{out} is complete already; nothing to do")
            return finished
        results, failed = mine_steps(steps, mining)
        pairs, dropped, curation = curate(results, options)
        curation = {**curation, "failed_steps": failed}
        if describer is not None:
            place = partial(workspace.cached, "wording")
            pairs, said = reword(pairs, describer, place, progress)
            curation = {**curation, "descriptions": said}
        return write_dataset(out, results, pairs, dropped, mining.clock.seconds(), curation)


def failed_steps(manifest: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Steps that a finished build left out, with the reason."""
    curation = manifest.get("curation")
    failed = curation.get("failed_steps") if isinstance(curation, dict) else None
    return failed if isinstance(failed, dict) else {}


def mine_steps(
    steps: Sequence[VersionStep], mining: Mining
) -> tuple[list[StepResult], dict[str, JsonValue]]:
    """Every step that can be mined, and why the others could not, by step.

    Of a hundred steps some have a release that this machine has no interpreter for, or that does
    not import: the others go on. What would stop all of them (no network, a full disk, no
    isolation) stops the build, which can be resumed.

    Raises:
        RecodeError: such a thing, or no step could be mined.
    """
    results = _finished_before(steps, mining)
    left = [step for step in steps if step not in results]
    executor = mining.executor
    if isinstance(executor, LocalExecutor) and len(steps) > executor.jobs:
        mined = side_by_side(left, mining)
    else:
        mined = one_by_one(left, mining)
    failures: dict[VersionStep, RecodeError] = {}
    for step, found in mined:
        if not isinstance(found, RecodeError):
            results[step] = found
        elif isinstance(found, LEAVES_OUT) and not isinstance(found, STOPS_ALL):
            failures[step] = found
            mining.progress.note(f"{step}: left out: {_first_line(found)}")
        else:
            raise found
    if failures and not results:
        raise failures[next(step for step in reversed(steps) if step in failures)]
    failed: dict[str, JsonValue] = {
        str(step): _first_line(failures[step]) for step in steps if step in failures
    }
    return [results[step] for step in steps if step in results], failed


def _finished_before(steps: Sequence[VersionStep], mining: Mining) -> dict[VersionStep, StepResult]:
    """What an interrupted build, or one by code that published otherwise, has of these steps."""
    found = {step: kept_result(mining.folder, step) for step in steps}
    results = {step: result for step, result in found.items() if result is not None}
    if results:
        mining.progress.note(f"{len(results)} of {len(steps)} steps are finished already")
    return results


Mined: TypeAlias = tuple[VersionStep, StepResult | RecodeError]


def one_by_one(steps: Sequence[VersionStep], mining: Mining) -> Iterator[Mined]:
    """Step after step, the work of each on all workers, while the next one is got ready."""
    ahead = StepAhead(mining.workspace, allow_weak=mining.options.allow_weak)
    for step, following in zip_longest(steps, steps[1:]):
        ahead.wait()
        try:
            context = prepare(step, mining)
            if following is not None:
                ahead.start(following)
            found = mine_step(context, mining)
        except RecodeError as error:
            yield step, error
        except OF_THE_MACHINE:
            raise
        except Exception as error:  # noqa: BLE001 - as where steps are mined side by side
            yield step, defect_in(error)
        else:
            yield step, found


def side_by_side(steps: Sequence[VersionStep], mining: Mining) -> Iterator[Mined]:
    """As many steps at a time as there are workers, in the order in which they finish."""
    mined = mine_side_by_side(steps, mining)
    progress = mining.progress
    for number, item in enumerate(progress.track(mined, "mining steps", len(steps)), start=1):
        mining.clock.add(item.seconds)
        if item.result is not None:
            proved = sum(isinstance(outcome, Verified) for outcome in item.result.outcomes)
            progress.note(
                f"{item.step}: {len(item.result.changes)} API changes, {proved} of "
                f"{len(item.result.outcomes)} candidates proved ({number} of {len(steps)} steps)"
            )
            yield item.step, item.result
        elif item.error is not None:
            yield item.step, item.error


def _first_line(error: RecodeError) -> str:
    return str(error).partition("\n")[0]


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


def curate(
    results: Sequence[StepResult], options: BuildOptions
) -> tuple[list[MigrationPair], list[tuple[VersionStep, Dropped]], Mapping[str, JsonValue]]:
    """Rows, drops, and what the manifest says of curation; every candidate stays accounted for.

    Raises:
        MalformedInputError: a benchmark file cannot be read.
        RecodeError: the accounts do not add up.
    """
    results = [replace(result, outcomes=noted(result.outcomes)) for result in results]
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
        distinct, repeated = deduplicate(best, cap=most_of_one_change(len(proved)))
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


def most_of_one_change(proved: int) -> int:
    """Rows that one change of one step may have in a build with so many proved candidates."""
    return max(MAX_PAIRS_PER_CHANGE, int(SHARE_OF_ONE_CHANGE * proved))


def split(pairs: Sequence[MigrationPair], options: BuildOptions) -> tuple[MigrationPair, ...]:
    """Train, validation and test, by what the test split is to ask about."""
    if options.split_by == "library":
        return split_by_library(pairs)
    return split_by_change(pairs, since=options.since)

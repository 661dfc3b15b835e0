"""Ask real environments of both versions whether the APIs that rows use exist there.

Only the library itself is imported, in the sandbox; no code of a row is run. A row that names no old
version is taken to be about the step from the last release before its new version.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from recode_data.audit.api_uses import (
    LONGEST_CODE,
    ApiUse,
    VersionFacts,
    api_uses,
    unknown_apis,
    wrong_directions,
)
from recode_data.audit.report import Finding, NotChecked
from recode_data.audit.rows import AuditRow, Pins, bare_version, distribution_of
from recode_data.errors import RecodeError
from recode_data.executor import Executor
from recode_data.progress import Progress
from recode_data.records import Environment, JsonValue, VersionStep
from recode_data.releases.preceding import VersionList
from recode_data.sandbox import Limits, SandboxPool
from recode_data.step_changes import read_context
from recode_data.surface.touch import access_paths
from recode_data.workspace import Workspace

UNKNOWN_API = "unknown_api"
WRONG_DIRECTION = "wrong_direction"
KINDS = {
    UNKNOWN_API: "The code uses an API, or a keyword of one, that exists in neither version.",
    WRONG_DIRECTION: "The new code uses what the new version has removed, or the old code what it brought.",
}
DRIVER = Path(__file__).with_name("keywords_driver.py")
LIMITS = Limits(cpu_seconds=120.0, wall_seconds=300.0, memory_bytes=8 << 30, output_bytes=64 << 20)
LONGEST_REASON = 300

Lister = Callable[[Iterable[str]], Mapping[str, VersionList]]


@dataclass(frozen=True, slots=True)
class ApiTask:
    """Rows that share both environments; `pins` rebuild them, without pins they are made anew."""

    step: VersionStep
    pins: Pins | None
    rows: tuple[AuditRow, ...]
    cache: Path
    allow_weak: bool = False


@dataclass(frozen=True, slots=True)
class AskedStep:
    """What came of one task: findings, or why it could not be asked."""

    task: ApiTask
    findings: tuple[Finding, ...]
    failure: str | None = None


def ask_environments(
    rows: Sequence[AuditRow],
    workspace: Workspace,
    list_versions: Lister,
    executor: Executor,
    progress: Progress,
    *,
    allow_weak: bool = False,
) -> tuple[tuple[Finding, ...], tuple[NotChecked, ...]]:
    """Findings by row, and the rows that could not be checked with the reason.

    Raises:
        RecodeError: what stops everything, such as a sandbox that cannot be had.
    """
    tasks, skipped = plan(rows, workspace.cache, list_versions, allow_weak)
    progress.note(f"{len(rows)} rows: asking the environments of {len(tasks)} version steps")
    findings: list[Finding] = []
    for asked in progress.track(executor.map(ask_step, tasks), "checking APIs", len(tasks)):
        numbers = [row.number for row in asked.task.rows]
        if asked.failure is not None:
            skipped.setdefault(asked.failure, []).extend(numbers)
        findings += asked.findings
        hit = len({finding.row for finding in asked.findings})
        words = f"not checked: {asked.failure}" if asked.failure else f"{hit} with a finding"
        progress.note(f"{asked.task.step}: {len(numbers)} rows, {words}")
    reasons = sorted((sorted(numbers), reason) for reason, numbers in skipped.items())
    return (
        tuple(sorted(findings, key=lambda item: (item.row, item.kind, item.words))),
        tuple(NotChecked(reason, tuple(numbers)) for numbers, reason in reasons),
    )


def plan(
    rows: Sequence[AuditRow], cache: Path, list_versions: Lister, allow_weak: bool = False
) -> tuple[list[ApiTask], dict[str, list[int]]]:
    """Rows by the environments that they need, most rows first; others by why they need none."""
    foreign = {distribution_of(row.dependency) for row in rows if row.pins is None}
    versions = list_versions(sorted(foreign - {""}))
    groups: dict[tuple[VersionStep, Pins | None], list[AuditRow]] = {}
    skipped: dict[str, list[int]] = {}
    for row in rows:
        step = _step_of(row, versions)
        if not isinstance(step, VersionStep):
            skipped.setdefault(step, []).append(row.number)
        else:
            groups.setdefault((step, row.pins), []).append(row)
    tasks = [ApiTask(*key, tuple(found), cache, allow_weak) for key, found in groups.items()]
    return sorted(tasks, key=lambda task: (-len(task.rows), str(task.step))), skipped


def _step_of(row: AuditRow, versions: Mapping[str, VersionList]) -> VersionStep | str:
    """The row's step; a text says why it has none."""
    library, new = distribution_of(row.dependency), bare_version(row.new_version)
    if not library or not new:
        return "the row names no library or no version"
    try:
        _uses(row, (library,))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "the code does not parse, or is too long"
    if row.old_version is not None:
        return VersionStep(library, bare_version(row.old_version), new)
    step = versions.get(library, VersionList((), ())).step(library, new)
    return step or f"the index has no step to {library} {new}"


def _uses(row: AuditRow, names: Sequence[str]) -> tuple[tuple[ApiUse, ...], tuple[ApiUse, ...]]:
    old_code, new_code = row.old_code or "", row.new_code or ""
    if max(len(old_code), len(new_code)) > LONGEST_CODE:
        raise ValueError(f"longer than {LONGEST_CODE} characters")
    return api_uses(old_code, names), api_uses(new_code, names)


@functools.lru_cache(maxsize=1)
def _workspace(cache: Path) -> Workspace:
    return Workspace.default(cache)


def ask_step(task: ApiTask) -> AskedStep:
    """Ask both environments about every name that the rows use; what fails here is an outcome."""
    try:
        names, old_environment, new_environment = _environments(task)
        uses = {row.number: _uses(row, names) for row in task.rows}
        asked = [use for pair in uses.values() for one in pair for use in one]
        with SandboxPool(size=1, allow_weak=task.allow_weak) as sandboxes:
            old = _facts(task.step.old, names, asked, old_environment, sandboxes)
            new = _facts(task.step.new, names, asked, new_environment, sandboxes)
    except RecodeError as error:
        return AskedStep(task, (), " ".join(str(error).split())[:LONGEST_REASON])
    findings = (item for number, pair in uses.items() for item in _judge(number, pair, old, new))
    return AskedStep(task, tuple(findings))


def _environments(task: ApiTask) -> tuple[tuple[str, ...], Environment, Environment]:
    """Import names of the library, and both environments."""
    workspace, pins = _workspace(task.cache), task.pins
    if pins is None:
        context = read_context(task.step, workspace, allow_weak=task.allow_weak)
        names = tuple(dict.fromkeys((*context.old.import_names, *context.new.import_names)))
        return names, context.old_environment, context.new_environment
    apis = (api for row in task.rows for api in (row.old_api, row.new_api) if api)
    return (
        tuple(sorted({api.partition(".")[0] for api in apis})),
        workspace.environment(pins.old_requirements, python=pins.old_python),
        workspace.environment(pins.new_requirements, python=pins.new_python),
    )


def _facts(
    version: str,
    names: Sequence[str],
    uses: Iterable[ApiUse],
    environment: Environment,
    sandboxes: SandboxPool,
) -> VersionFacts:
    """What one environment says.

    Raises:
        RecodeError: the library cannot be imported there, or the sandbox failed.
    """
    called = sorted({use.path for use in uses if use.keywords})
    accesses = access_paths(sorted({*names, *(use.path for use in uses)}), environment, sandboxes)
    if not any(name in accesses and accesses[name].resolves for name in names):
        said = (
            accesses[names[0]].message if names and names[0] in accesses else "its import crashes"
        )
        raise RecodeError(f"{', '.join(names)} {version} cannot be imported: {said}")
    keywords: dict[str, frozenset[str]] = {}
    if called:
        payload: JsonValue = {"paths": list(called)}
        result = sandboxes.run(environment, DRIVER, payload, limits=LIMITS)
        for chunk in result.messages:
            for path, known in cast("list[tuple[str, list[str] | None]]", chunk):
                if known is not None:
                    keywords[path] = frozenset(known)
    return VersionFacts(version, accesses, keywords)


def _judge(
    number: int,
    uses: tuple[Sequence[ApiUse], Sequence[ApiUse]],
    old: VersionFacts,
    new: VersionFacts,
) -> Iterator[Finding]:
    for words in unknown_apis((("old", uses[0]), ("new", uses[1])), old, new):
        yield Finding(UNKNOWN_API, number, words)
    for words in wrong_directions(*uses, old, new):
        yield Finding(WRONG_DIRECTION, number, words)

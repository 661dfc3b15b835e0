"""What changed between two releases: surfaces, comparison, accesses and replacements."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name

from recode_data.catalog import companions_of
from recode_data.changes import find_changes
from recode_data.companions import find_companions
from recode_data.errors import EnvironmentLacksError
from recode_data.garbage import uncollected
from recode_data.import_check import check_lives
from recode_data.journal import write_atomically
from recode_data.records import (
    ApiChange,
    Environment,
    Release,
    StepContext,
    Surface,
    VersionStep,
    content_id,
    decode,
    encode,
)
from recode_data.replacements import read_notes, texts_in_notes, with_replacements
from recode_data.sandbox import SandboxPool
from recode_data.surface import read_surfaces, surface_key, touch_changes, with_served_names
from recode_data.workspace import Workspace

COMPANIONS_VERSION = "4"
"""Raise it when `find_companions` answers otherwise for the same environment."""
MOST_COMPANIONS = 6
"""Imports that fail one after the other; a release that lacks more than these is broken."""


@dataclass(frozen=True, slots=True)
class StepChanges:
    """One version step as its two releases show it."""

    context: StepContext
    old: Surface
    new: Surface
    notes: tuple[str, ...]
    """Texts of the release notes that come with the new source."""
    changes: tuple[ApiChange, ...]
    """Sorted by path, with ranked replacements."""

    def with_replacements(self, found: tuple[ApiChange, ...]) -> tuple[ApiChange, ...]:
        """Changes found otherwise, with what these releases say to write instead."""
        return with_replacements(found, self.old, self.new, {}, self.notes)


def catalogued_context(
    step: VersionStep, workspace: Workspace, *, allow_weak: bool = False
) -> StepContext:
    """`read_context` with the companions that the catalog lists for the library."""
    return read_context(step, workspace, companions_of(step.library), allow_weak=allow_weak)


def read_context(
    step: VersionStep,
    workspace: Workspace,
    companions: Sequence[str] = (),
    *,
    allow_weak: bool = False,
) -> StepContext:
    """Releases and environments of a step, made where they are not there yet.

    Args:
        step: the two versions.
        workspace: where they are kept.
        companions: further requirements, most important first; the last ones are left out where no
            environment holds them too.
        allow_weak: try imports where only resource limits can be had.

    Raises:
        RecodeError: a release cannot be had, or no environment can be made for it.
    """
    old = workspace.release(step.library, step.old)
    new = workspace.release(step.library, step.new)
    companions, environments = _with_companions(workspace, old, new, companions)
    needed: frozenset[str] = frozenset()
    for _ in range(MOST_COMPANIONS):
        lacking = _companions(workspace, (old, new), environments, allow_weak)
        if needed.issuperset(lacking):
            break
        needed = needed.union(lacking)
        environments = _with_needed(workspace, old, new, sorted(needed), companions)
    return StepContext(step, old, new, *environments)


def _with_companions(
    workspace: Workspace, old: Release, new: Release, companions: Sequence[str]
) -> tuple[Sequence[str], tuple[Environment, Environment]]:
    """As many of the companions as environments can hold, and these."""
    while True:
        try:
            return companions, workspace.step_environments(old, new, (companions, companions))
        except EnvironmentLacksError:
            if not companions:
                raise
            companions = companions[:-1]


def _with_needed(
    workspace: Workspace,
    old: Release,
    new: Release,
    needed: Sequence[str],
    companions: Sequence[str],
) -> tuple[Environment, Environment]:
    """Environments with what is needed; parts of the library itself (jaxlib) of the release's own
    version where there is such."""
    own = canonicalize_name(old.library)
    versions = (
        [
            *(f"{name}=={release.version}" if name.startswith(own) else name for name in needed),
            *companions,
        ]
        for release in (old, new)
    )
    try:
        return workspace.step_environments(old, new, (next(versions), next(versions)))
    except EnvironmentLacksError:
        further = [*needed, *companions]
        return workspace.step_environments(old, new, (further, further))


def _companions(
    workspace: Workspace,
    releases: Sequence[Release],
    environments: Sequence[Environment],
    allow_weak: bool,
) -> tuple[str, ...]:
    """What either release needs to be imported; found out once per environment."""
    paths = [
        workspace.cached("companions", content_id(COMPANIONS_VERSION, release.pin, environment.key))
        for release, environment in zip(releases, environments, strict=True)
    ]
    missing = [number for number, path in enumerate(paths) if not path.is_file()]
    if missing:
        pool = SandboxPool(size=2, allow_weak=allow_weak)
        with pool as sandboxes, ThreadPoolExecutor(2) as threads:
            ask = partial(_needs, workspace, sandboxes)
            asked = [
                (paths[number], threads.submit(ask, releases[number], environments[number]))
                for number in missing
            ]
            for path, answer in asked:
                write_atomically(path, "\n".join(answer.result()).encode("utf-8"))
    found = {name for path in paths for name in path.read_text(encoding="utf-8").split()}
    return tuple(sorted(found))


def _needs(
    workspace: Workspace, sandboxes: SandboxPool, release: Release, environment: Environment
) -> tuple[str, ...]:
    error = check_lives(release, environment, sandboxes).error
    if error is None and len(release.import_names) == 1:
        return ()
    if error is not None and "ImportError" not in error.bases:
        return ()
    # of several names, one that imports says nothing of the first: torch 1.10 brings caffe2 along
    return find_companions(workspace, release, environment, sandboxes)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the cache holds of a step."""

    old: Surface
    new: Surface
    notes: tuple[str, ...]
    changes: tuple[ApiChange, ...]


def step_changes(context: StepContext, workspace: Workspace, sandboxes: SandboxPool) -> StepChanges:
    """The API changes of one version step; found once, as long as the code that finds them stays.

    Raises:
        SandboxError: the sandbox itself failed.
    """
    path = workspace.cached("changes", _key(context))
    with uncollected():
        try:
            kept = decode(path.read_bytes(), _Kept)
        except (FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
            kept = _find(context, workspace, sandboxes)
            write_atomically(path, encode(kept))
    return StepChanges(context, kept.old, kept.new, kept.notes, kept.changes)


def _key(context: StepContext) -> str:
    sdist = context.new.sdist.sha256 if context.new.sdist else ""
    return content_id(
        _code(),
        surface_key(context.old, context.old_environment),
        surface_key(context.new, context.new_environment),
        sdist,
        length=40,
    )


@lru_cache(maxsize=1)
def _code() -> str:
    """Hash of the code that decides what is found: no version number to forget."""
    here = Path(__file__).parent
    files = [Path(__file__), here / "records.py"]
    for room in ("changes", "replacements", "surface"):
        files.extend(sorted((here / room).glob("*.py")))
    return content_id(*(file.read_bytes() for file in files))


def _find(context: StepContext, workspace: Workspace, sandboxes: SandboxPool) -> _Kept:
    releases = (
        (context.old, context.old_environment),
        (context.new, context.new_environment),
    )
    old, new = read_surfaces(workspace, releases, sandboxes)
    found = find_changes(old, new)
    notes = release_notes(workspace, context.new)
    texts = (*_texts_about(found, old, new), *texts_in_notes(found, notes))
    touched = touch_changes(found, context, sandboxes, texts)
    complete = with_served_names(old, new, touched)
    if complete[0] is not old or complete[1] is not new:
        old, new = complete
        found = find_changes(old, new)
    return _Kept(old, new, notes, with_replacements(found, old, new, touched, notes))


def _texts_about(changes: Sequence[ApiChange], old: Surface, new: Surface) -> tuple[str, ...]:
    """What the marks of changed objects say, and what their bodies hand on to."""
    changed = {change.old_api for change in changes}
    texts: dict[str, None] = {}
    for item in (*old.objects, *new.objects):
        if item.path in changed:
            texts.update(dict.fromkeys(mark.message for mark in item.deprecations))
            named = (*(mark.new_api for mark in item.deprecations), item.forwards_to)
            texts.update(dict.fromkeys(f"use `{name}`" for name in named if name))
    return tuple(texts)


def release_notes(workspace: Workspace, release: Release) -> tuple[str, ...]:
    """Release notes that come with the source; none where there is no sdist."""
    return read_notes(workspace.unpacked(release.sdist)) if release.sdist else ()

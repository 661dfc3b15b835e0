"""Snippets of both releases of a step, read file by file in parallel, kept in the cache."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain

import msgspec

from recode_data.catalog import entry_of
from recode_data.executor import Executor
from recode_data.journal import code_version, write_atomically
from recode_data.progress import Progress
from recode_data.records import Release, StepContext, Usage, content_id, decode, encode
from recode_data.usages import (
    ReleaseSources,
    SourceFile,
    distinct,
    files_of,
    interest_in,
    is_module,
    usages_in,
)
from recode_data.usages.preamble import with_preamble
from recode_data.workspace import Workspace

FILES_PER_TASK = 24


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """A run of files of one release: those from `start` to before `stop` in their fixed order."""

    sources: ReleaseSources
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The usages of a task's files, in the order of the files."""

    task: ReadingTask
    usages: tuple[Usage, ...]


@dataclass(frozen=True, slots=True)
class _Usages:
    usages: tuple[Usage, ...]


def sources_of(workspace: Workspace, release: Release) -> ReleaseSources:
    """Where the snippets of a release lie."""
    return ReleaseSources(
        release=release.pin,
        import_names=release.import_names,
        wheel_root=workspace.unpacked(release.wheel) if release.wheel else None,
        sdist_root=workspace.unpacked(release.sdist) if release.sdist else None,
    )


def read_usages(
    context: StepContext, workspace: Workspace, executor: Executor, progress: Progress
) -> tuple[tuple[Usage, ...], tuple[Usage, ...]]:
    """Every snippet of the old and of the new release, as `find_usages` gives them."""
    releases = {release.pin: release for release in (context.old, context.new)}
    found = {pin: _known(release, workspace) for pin, release in releases.items()}
    unread = [sources_of(workspace, releases[pin]) for pin, known in found.items() if known is None]
    tasks = [task for sources in unread for task in tasks_of(sources)]
    parts: dict[str, dict[int, tuple[Usage, ...]]] = defaultdict(dict)
    for read in progress.track(executor.map(read_files, tasks), "reading usages", len(tasks)):
        parts[read.task.sources.release][read.task.start] = read.usages
    for sources in unread:
        in_order = (usages for _, usages in sorted(parts[sources.release].items()))
        usages = distinct(chain.from_iterable(in_order))
        found[sources.release] = usages
        path = workspace.cached("usages", _key(releases[sources.release]))
        write_atomically(path, encode(_Usages(usages)))
    return found[context.old.pin] or (), found[context.new.pin] or ()


def tasks_of(sources: ReleaseSources) -> list[ReadingTask]:
    """All files of a release, in runs."""
    count = len(_files(sources))
    return [
        ReadingTask(sources, start, min(start + FILES_PER_TASK, count))
        for start in range(0, count, FILES_PER_TASK)
    ]


def read_files(task: ReadingTask) -> ReadFiles:
    """The usages of some files, for a worker."""
    sources = task.sources
    interest = interest_in(sources.import_names, None, partial(is_module, sources))
    files = _files(sources)[task.start : task.stop]
    found = (usage for file in files for usage in usages_in(file, sources, interest))
    entry = entry_of(sources.release.partition("==")[0])
    if entry is not None and entry.preamble:
        found = (with_preamble(usage, entry.preamble, entry.preamble_for) for usage in found)
    return ReadFiles(task, tuple(found))


@lru_cache(maxsize=4)
def _files(sources: ReleaseSources) -> tuple[SourceFile, ...]:
    return files_of(sources)


def _key(release: Release) -> str:
    """What the usages depend on: the files of the release, and the code that reads them."""
    files = [file.sha256 if file else "" for file in (release.wheel, release.sdist)]
    return content_id(code_version(), release.pin, *release.import_names, *files)


def _known(release: Release, workspace: Workspace) -> tuple[Usage, ...] | None:
    try:
        text = workspace.cached("usages", _key(release)).read_bytes()
        return decode(text, _Usages).usages
    except (FileNotFoundError, msgspec.DecodeError):
        return None

"""The probe of a version step: old usages run on both versions, in parallel, resumable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recode_data.executor import Executor
from recode_data.journal import append_record, appending, read_records
from recode_data.progress import Progress
from recode_data.records import StepContext, Usage, content_id
from recode_data.verify.preload import NO_PRELOAD, Preload
from recode_data.verify.probe import Finding, ProbeTask, probe

USAGES_PER_TASK = 24


@dataclass(frozen=True, slots=True)
class ProbedTask:
    """Findings of a finished task."""

    key: str
    findings: tuple[Finding, ...]


def run_task(task: ProbeTask) -> ProbedTask:
    """The probe of a few usages, for a worker."""
    return ProbedTask(key_of(task), probe(task))


def key_of(task: ProbeTask) -> str:
    """Content id of a task's usages."""
    return content_id(*(usage.key for usage in task.usages))


def probe_usages(
    context: StepContext,
    usages: Sequence[Usage],
    journal: Path,
    executor: Executor,
    progress: Progress,
    *,
    allow_weak: bool = False,
    preload: Preload = NO_PRELOAD,
) -> list[Finding]:
    """What old documentation shows on the new version, in a fixed order.

    Finished tasks are kept in `journal`, so that an interrupted probe goes on. Usages that import the
    same run in the same servers, one after the other.
    """
    alike = sorted(usages, key=lambda usage: preload.kind_of(usage.code))
    tasks = [
        ProbeTask(context, tuple(alike[start : start + USAGES_PER_TASK]), allow_weak, preload)
        for start in range(0, len(alike), USAGES_PER_TASK)
    ]
    keys = {key_of(task) for task in tasks}
    done = {item.key: item for item in read_records(journal, ProbedTask) if item.key in keys}
    missing = [task for task in tasks if key_of(task) not in done]
    with appending(journal) as file:
        finished = executor.map(run_task, missing)
        for item in progress.track(finished, "probing usages", len(missing)):
            append_record(file, item)
            done[item.key] = item
    found = [finding for item in done.values() for finding in item.findings]
    return sorted(found, key=lambda item: (item.usage.key, item.line, item.message))

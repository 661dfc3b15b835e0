"""The unit of parallel work: a few candidates of one version step, proved in a worker process."""

from __future__ import annotations

import atexit
import functools
from dataclasses import dataclass, replace

from recode_data.records import (
    Candidate,
    Dropped,
    Environment,
    Outcome,
    StepContext,
    Verified,
)
from recode_data.rows import make_pair
from recode_data.sandbox import Limits, SandboxPool
from recode_data.verify.preload import NO_PRELOAD, Preload
from recode_data.verify.verifier import SNIPPET_LIMITS, Refused, Verifier

MINING_LIMITS = replace(SNIPPET_LIMITS, cpu_seconds=3.0, wall_seconds=20.0)
"""A proof runs its program about ten times: of networkx 2.8.8 to 3.1, five runs of 1,140 took half of all
the time; and what waits for a mouse waits for as long as it may. Who proves rows again has the longer
limits, whatever his machine."""

PATIENCE = 1.5
"""Seconds of CPU that old code may take. Of the first 218 s of proofs of scikit-learn 1.4.2 to 1.6.1, five
candidates took 99, and who trains checks a row often."""

SERVERS = 10
"""Kept warm: two versions and two hash seeds, with other packages and without; and two for the last runs
before a candidate is admitted."""


@dataclass(frozen=True, slots=True)
class ProofTask:
    """Candidates that share a step; those that share snippets should share a task."""

    context: StepContext
    candidates: tuple[Candidate, ...]
    allow_weak: bool = False
    preload: Preload = NO_PRELOAD
    """What is worth having in servers."""
    refused: Refused | None = None
    """Of a module, and picklable."""


def prove(task: ProofTask) -> tuple[Outcome, ...]:
    """One outcome per candidate, in order. Sandboxes stay warm in this process between tasks."""
    verifier = step_verifier(task.context, task.allow_weak, task.preload)
    outcomes: list[Outcome] = []
    for candidate in task.candidates:
        proved = verifier.verify(candidate, refused=task.refused)
        if isinstance(proved, Dropped):
            outcomes.append(proved)
        else:
            outcomes.append(Verified(candidate, make_pair(proved, task.context)))
    return tuple(outcomes)


def step_verifier(
    context: StepContext,
    allow_weak: bool = False,
    preload: Preload = NO_PRELOAD,
    limits: Limits = MINING_LIMITS,
    patience: float | None = PATIENCE,
) -> Verifier:
    """This process's verifier for a step; made once, its servers stay warm."""
    return environment_verifier(
        context.old_environment,
        context.new_environment,
        context.old.import_names[:1],
        allow_weak,
        preload,
        limits,
        patience,
    )


@functools.lru_cache(maxsize=4)
def environment_verifier(
    old: Environment,
    new: Environment,
    imports: tuple[str, ...],
    allow_weak: bool,
    preload: Preload = NO_PRELOAD,
    limits: Limits = SNIPPET_LIMITS,
    patience: float | None = None,
) -> Verifier:
    """This process's verifier for a pair of environments."""
    return Verifier(
        old,
        new,
        _sandboxes(allow_weak),
        imports=imports,
        preload=preload,
        limits=limits,
        patience=patience,
    )


def end_servers() -> None:
    """End this process's servers, of whatever environments; those of later proofs start anew."""
    environment_verifier.cache_clear()
    for allow_weak in (False, True):
        _sandboxes(allow_weak).close()


@functools.lru_cache(maxsize=2)
def _sandboxes(allow_weak: bool) -> SandboxPool:
    pool = SandboxPool(size=SERVERS, allow_weak=allow_weak)
    atexit.register(pool.close)
    return pool

"""Whether a release can be imported at all: nothing can be proved about one that cannot."""

from __future__ import annotations

from recode_data.errors import EnvironmentLacksError, SandboxError
from recode_data.records import Environment, Release
from recode_data.sandbox import JobStatus, Limits, SandboxPool
from recode_data.verify import Observed, observe

LIMITS = Limits(cpu_seconds=60.0, wall_seconds=90.0, memory_bytes=8 << 30)
"""The largest frameworks take some ten seconds."""
_DEATHS = {
    JobStatus.TIMEOUT: "its import does not end",
    JobStatus.OUT_OF_MEMORY: "its import takes all memory",
    JobStatus.CRASH: "its import crashes",
    JobStatus.OUTPUT_LIMIT: "its import crashes",
}


def check_lives(release: Release, environment: Environment, sandboxes: SandboxPool) -> Observed:
    """What importing the release shows, unless that hangs or crashes.

    Raises:
        EnvironmentLacksError: it does.
        SandboxError: the sandbox itself failed.
    """
    observed = import_release(release, environment, sandboxes)
    if observed.status is not JobStatus.DONE:
        raise _cannot_import(release, f"{_DEATHS[observed.status]} ({observed.detail})")
    return observed


def check_imports(release: Release, environment: Environment, sandboxes: SandboxPool) -> None:
    """Raise where the release cannot be imported, for whatever reason.

    Raises:
        EnvironmentLacksError: it cannot.
        SandboxError: the sandbox itself failed.
    """
    error = check_lives(release, environment, sandboxes).error
    if error is not None:
        lines = error.message.strip().splitlines()
        words = f"{error.type_name}: {lines[0][:300]}" if lines else error.type_name
        raise _cannot_import(release, words)


def import_release(release: Release, environment: Environment, sandboxes: SandboxPool) -> Observed:
    """What importing shows: of the first name that can be imported, else of the first one.

    Raises:
        SandboxError: the sandbox itself failed.
    """
    first: Observed | None = None
    for name in release.import_names:
        observed = observe(f"import {name}\n", environment, sandboxes, limits=LIMITS)
        if observed.status is JobStatus.SANDBOX_FAILED:
            raise SandboxError(f"the sandbox failed: {observed.detail}")
        if observed.succeeded:
            return observed
        first = first or observed
    return first or Observed(JobStatus.DONE)


def _cannot_import(release: Release, why: str) -> EnvironmentLacksError:
    name = release.import_names[0]
    return EnvironmentLacksError(
        f"{release.pin} cannot be imported as {name}: {why}",
        "install what it needs on this machine, or choose another version",
    )

"""Every exception of the toolkit, and the one table of exit codes.

A message says what happened, to which input, and what to do next. Outcomes of mined code or model
output are never exceptions: they are `Dropped` records and verdicts.
"""

from __future__ import annotations

import traceback
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """Exit status of every command (documented in the CLI reference)."""

    DONE = 0
    FINDINGS = 1
    """Done, with findings or failed checks."""
    USAGE = 2
    ENVIRONMENT = 3
    """The machine lacks something; the message says what and how to get it."""
    INTERRUPTED = 130
    """Interrupted after the state was saved; the same command goes on."""


class RecodeError(Exception):
    """Root of all errors that the toolkit raises on purpose."""

    exit_code = ExitCode.FINDINGS


class UsageError(RecodeError):
    """The request itself cannot be met: a wrong version, an output folder of another build."""

    exit_code = ExitCode.USAGE


class UnknownReleaseError(UsageError):
    """The package index has no such library, version, or no artifact usable here."""


class EnvironmentLacksError(RecodeError):
    """The machine lacks something; `remedy` is a command or a sentence for the user."""

    exit_code = ExitCode.ENVIRONMENT

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n  to fix: {remedy}")
        self.what = what
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[EnvironmentLacksError], tuple[str, str]]:
        """From a worker process to its parent."""
        return type(self), (self.what, self.remedy)


class IndexUnreachableError(EnvironmentLacksError):
    """No package index answered (no network, wrong settings)."""


class DiskFullError(EnvironmentLacksError):
    """There is no room left to work in."""


class CorruptArtifactError(RecodeError):
    """A download or a cache entry does not have the hash it must have."""


class UnsafeArchiveError(RecodeError):
    """An archive would write outside its folder, or is a decompression bomb."""


class SandboxError(RecodeError):
    """The sandbox itself failed: says nothing about the code that was to run in it."""


class WeakSandboxError(EnvironmentLacksError):
    """Only limits (level D) can be had here and the caller did not allow that."""


class BusyError(UsageError):
    """Another process is working in the same output folder."""


class MalformedInputError(UsageError):
    """A file that a user gave does not have the schema it must have."""


class DefectError(RecodeError):
    """The toolkit itself failed at one of several pieces of work; the others can go on."""


OF_THE_MACHINE = (OSError, MemoryError)
"""A full disk, for one: what every other piece of work would meet as well."""


def defect_in(error: Exception) -> DefectError:
    """What a user can report of an exception that nobody foresaw: what it says, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    said = str(error).partition("\n")[0]
    return DefectError(
        f"{type(error).__name__}{place}: {said}; a defect of the toolkit, please report it"
    )

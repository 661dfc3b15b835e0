"""What a job may use, and what its run is reported as."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from recode_data.records import JsonValue

MIB = 2**20
GIB = 2**30


class Level(str, Enum):
    """How strongly a job is kept apart, strongest first; stamped on every result."""

    NAMESPACES = "A"
    """Own user, process, mount, IPC and network namespaces, read-only root, seccomp, Landlock."""
    OTHER_UID = "B"
    """Root without namespaces: another uid, Landlock, seccomp, process limit."""
    SAME_UID = "C"
    """Plain user without namespaces: Landlock, seccomp, process limit."""
    LIMITS = "D"
    """Resource limits and a process group only: refused unless the caller allows it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use.

    CPU time is the limit that verdicts should rest on; the wall clock depends on the machine's
    load and is only a backstop.
    """

    cpu_seconds: float = 15.0
    """User plus system time of all processes of the job together."""
    wall_seconds: float = 60.0
    memory_bytes: int = 4 * GIB
    """Address space of each process, and resident memory of all of them together."""
    processes: int = 64
    """Processes and threads that exist at the same time, beside those that the user runs elsewhere."""
    file_bytes: int = 64 * MIB
    """Size of each file that the job writes."""
    output_bytes: int = 16 * MIB
    """Everything that arrives on the result channel, authenticated or not."""
    tmp_bytes: int = 256 * MIB
    """Room in /tmp; /dev/shm has as much again."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive")


class JobStatus(str, Enum):
    """How a job ended."""

    DONE = "done"
    """The driver returned and said so with its token; its messages are complete."""
    TIMEOUT = "timeout"
    """CPU seconds or wall clock used up; `detail` starts with which."""
    OUT_OF_MEMORY = "out_of_memory"
    CRASH = "crash"
    """Ended without the authenticated end message: signal, exit, uncaught exception."""
    OUTPUT_LIMIT = "output_limit"
    SANDBOX_FAILED = "sandbox_failed"
    """Says nothing about the code that was to run."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What one run in the sandbox gave."""

    status: JobStatus
    messages: tuple[JsonValue, ...]
    """Authenticated messages in order, also those that arrived before a crash or timeout."""
    detail: str
    """For people."""
    cpu_seconds: float
    wall_seconds: float
    level: Level

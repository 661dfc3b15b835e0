"""Which isolation this machine gives, strongest first, found by trying."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from recode_data.errors import WeakSandboxError
from recode_data.records import Environment, JsonValue
from recode_data.sandbox.limits import JobStatus, Level, Limits

PROBE_DRIVER = "def run(payload, channel):\n    channel.send(payload)\n"
PROBE_LIMITS = Limits(cpu_seconds=10.0, wall_seconds=20.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to keep jobs apart."""

    level: Level
    container: str
    """Who builds the server's view of the machine: `own`, `bwrap` or `none`."""
    jobs: str
    """`clone`: each job in namespaces of its own; `fork`: in those of its server."""

    @property
    def words(self) -> str:
        """For people."""
        container = {
            "own": "own namespaces",
            "bwrap": "bubblewrap",
            "none": "no namespaces",
        }[self.container]
        jobs = ", a fresh set for each job" if self.jobs == "clone" else ""
        return f"{container}{jobs}"


def plans() -> tuple[Plan, ...]:
    """Every way that this user might have, best first.

    Root builds its own container, since bubblewrap would leave jobs with the one user that no
    process limit holds for.
    """
    if os.geteuid() == 0:
        return (
            Plan(Level.NAMESPACES, "own", "clone"),
            Plan(Level.NAMESPACES, "own", "fork"),
            Plan(Level.OTHER_UID, "none", "fork"),
            Plan(Level.LIMITS, "none", "fork"),
        )
    with_bwrap = shutil.which("bwrap") is not None
    return (
        *([Plan(Level.NAMESPACES, "bwrap", "clone")] if with_bwrap else []),
        Plan(Level.NAMESPACES, "own", "clone"),
        *([Plan(Level.NAMESPACES, "bwrap", "fork")] if with_bwrap else []),
        Plan(Level.NAMESPACES, "own", "fork"),
        Plan(Level.SAME_UID, "none", "fork"),
        Plan(Level.LIMITS, "none", "fork"),
    )


@functools.lru_cache(maxsize=16)
def attempt(plan: Plan) -> str | None:
    """Run an empty job in the toolkit's own interpreter: None where that works, else why not."""
    from recode_data.sandbox.client import Sandbox

    environment = Environment("probe", sys.executable, sys.prefix, platform.python_version(), ())
    with tempfile.TemporaryDirectory(prefix="recode-probe-") as folder:
        driver = Path(folder) / "probe_driver.py"
        driver.write_text(PROBE_DRIVER, encoding="utf-8")
        with Sandbox(environment, driver, plan=plan) as sandbox:
            result = sandbox.run("answer", limits=PROBE_LIMITS)
    if result.status is JobStatus.DONE and result.messages == ("answer",):
        return None
    return result.detail or result.status.value


@functools.lru_cache(maxsize=16)
def choose(level: Level | None, allow_weak: bool) -> Plan:
    """The best plan that works; of one level, where one is asked for.

    Raises:
        WeakSandboxError: nothing better than limits works, and that was not allowed.
    """
    refusals: list[str] = []
    for plan in plans():
        if level is not None and plan.level is not level:
            continue
        if plan.level is Level.LIMITS and not allow_weak:
            continue
        why = attempt(plan)
        if why is None:
            return plan
        refusals.append(f"{plan.words}: {why}")
    raise WeakSandboxError(
        "this machine gives no isolation that untrusted code may run in "
        f"({'; '.join(refusals) or 'none was tried'})",
        "install bubblewrap, allow user namespaces, or, for code that you trust, pass "
        "--allow-weak-sandbox",
    )


def best_level() -> Level:
    """The strongest level that works here; `LIMITS` where nothing better does."""
    try:
        return choose(None, False).level
    except WeakSandboxError:
        return Level.LIMITS


def describe_isolation() -> dict[str, JsonValue]:
    """What every plan says when tried, and which one is used."""
    tried: list[JsonValue] = []
    chosen: Plan | None = None
    for plan in plans():
        why = attempt(plan)
        if why is None and chosen is None:
            chosen = plan
        tried.append(
            {
                "level": plan.level.value,
                "isolation": plan.words,
                "works": why is None,
                "why_not": why,
            }
        )
    return {
        "level": chosen.level.value if chosen else None,
        "isolation": chosen.words if chosen else None,
        "bubblewrap": shutil.which("bwrap"),
        "user": "root" if os.geteuid() == 0 else "plain user",
        "kernel": platform.release(),
        "tried": tried,
    }

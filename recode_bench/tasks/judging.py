"""Run tests on a solution that is not trusted: each test's verdict, from a process of its own.

See `judge_driver.py` for why a solution cannot forge a verdict. Tests of one solution share
a process as long as they pass. One that does not pass there is run again as the first of a fresh
process, and only that counts, so neither an earlier test nor the time that it took can fail
a later one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recode_bench.tasks.crossing import SOURCES
from recode_data.records import Environment, JsonValue
from recode_data.sandbox import JobResult, JobStatus, Limits, SandboxPool

DRIVER = Path(__file__).with_name("judge_driver.py")
SETUP: dict[str, JsonValue] = {**SOURCES}

STATUS_REASONS = {
    JobStatus.TIMEOUT: "timeout",
    JobStatus.OUT_OF_MEMORY: "out_of_memory",
    JobStatus.CRASH: "crash",
    JobStatus.OUTPUT_LIMIT: "output_limit",
}
SETUP_FAILED = "setup_failed"
"""Reason of an unscored sample whose problem could not even be set up."""
SANDBOX_FAILED = "sandbox_failed"
SMALL_SHARE = 0.02
"""Of the CPU limit: a test that runs out of it after so little use by others gets no second try."""
_SEEDS = re.compile(r"seed|state")


@dataclass(frozen=True, slots=True)
class Program:
    """What surrounds a solution; see the driver for what each part means."""

    imports: str
    setup: tuple[str, ...]
    entries: tuple[str, ...]
    borrowed: tuple[str, ...]
    tests: tuple[tuple[str, str], ...]
    """(source, name of the function that is the test)."""
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestVerdict:
    """How one test went."""

    passed: bool
    reason: str
    """`ok`, or why it did not pass."""
    detail: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one solution."""

    tests: tuple[TestVerdict, ...]
    """In order; fewer than there are where the first failure was to end it."""
    unscored: str | None
    """Why nothing can be said about the solution; None where something can."""
    detail: str
    seconds: float
    """CPU time."""
    level: str | None

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return self.unscored is None and all(test.passed for test in self.tests)


@dataclass(frozen=True, slots=True)
class Court:
    """Where solutions are judged."""

    environment: Environment
    sandboxes: SandboxPool
    preload: tuple[str, ...]
    """Modules that the server imports once."""
    limits: Limits
    """Of one test."""
    after_timeout: Limits | None = None
    """Of each test after one that ran out of time, where those are to be shorter."""

    def judge(self, program: Program, solution: str, *, to_the_end: bool = True) -> Judged:
        """Run the tests; never raises for what the solution does.

        Args:
            program: with its tests.
            solution: the untrusted code.
            to_the_end: go on after a test that does not pass.
        """
        verdicts: list[TestVerdict] = []
        seconds, level = 0.0, None
        limits = self.limits
        while len(verdicts) < len(program.tests):
            result = self._run(program, solution, program.tests[len(verdicts) :], limits)
            seconds, level = seconds + result.cpu_seconds, result.level.value
            found = _read(result, len(program.tests) - len(verdicts), limits.cpu_seconds)
            if isinstance(found, str):
                reason = SETUP_FAILED if result.status is JobStatus.DONE else SANDBOX_FAILED
                return Judged(tuple(verdicts), reason, found, seconds, level)
            verdicts.extend(found)
            if verdicts[-1].reason == "timeout" and self.after_timeout is not None:
                limits = self.after_timeout
            if not to_the_end and not verdicts[-1].passed:
                break
        return Judged(tuple(verdicts), None, "", seconds, level)

    def _run(
        self,
        program: Program,
        solution: str,
        tests: Sequence[tuple[str, str]],
        limits: Limits,
    ) -> JobResult:
        payload: dict[str, JsonValue] = {
            "imports": program.imports,
            "setup": list(program.setup),
            "solution": solution,
            "entries": list(program.entries),
            "hidden": list(program.hidden),
            "borrowed": list(program.borrowed),
            "seeded": any(_SEEDS.search(source) for source, _ in program.tests),
            "cpu_seconds": limits.cpu_seconds,
        }
        return self.sandboxes.run(
            self.environment,
            DRIVER,
            payload,
            setup=SETUP,
            imports=self.preload,
            secret={"tests": [list(test) for test in tests]},
            limits=limits,
        )


def _read(result: JobResult, tests: int, cpu_seconds: float) -> list[TestVerdict] | str:
    """Verdicts that this process settles, at least one; or why it says nothing."""
    if result.status is JobStatus.SANDBOX_FAILED:
        return result.detail
    messages = [each for each in result.messages if isinstance(each, dict)]
    first = messages[0] if messages else {}
    if "setup" in first:
        return str(first["setup"])
    if "loaded" not in first:
        load = first.get("load")
        if isinstance(load, dict):
            verdict = TestVerdict(False, str(load["reason"]), str(load["detail"]))
        else:  # ended while it was loading
            verdict = TestVerdict(False, STATUS_REASONS[result.status], result.detail)
        return [verdict] * tests
    verdicts: list[TestVerdict] = []
    used = 0.0
    for each in messages[1:]:
        verdict = TestVerdict(each["passed"] is True, str(each["reason"]), str(each["detail"]))
        if not verdict.passed and not _is_settled(verdict.reason, verdicts, used, cpu_seconds):
            return verdicts
        verdicts.append(verdict)
        used = float(str(each["cpu"]))
    if result.status is not JobStatus.DONE and len(verdicts) < tests:
        reason = STATUS_REASONS[result.status]
        if _is_settled(reason, verdicts, used, cpu_seconds):
            verdicts.append(TestVerdict(False, reason, result.detail))
    return verdicts or [TestVerdict(False, "crash", result.detail)]


def _is_settled(
    reason: str, before: Sequence[TestVerdict], used: float, cpu_seconds: float
) -> bool:
    """Whether a test would not pass in a fresh process either."""
    if not before:
        return True
    return reason == "timeout" and used <= SMALL_SHARE * cpu_seconds

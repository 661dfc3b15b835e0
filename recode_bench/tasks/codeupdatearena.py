"""`codeupdatearena[:FILE]`: solve tasks with library functions that were updated after the fact.

CodeUpdateArena (arXiv 2407.06249): each problem brings an update of one function, as code, and
tests of a solution that needs the update. A completion passes if every test passes with the update
in place. It also runs without the update; what passes there as well did not need it, and does not
count in UPass@k. (The run without is skipped where the one with the update has failed: UPass@k
does not depend on it. `passes_without_update` is then false.)

Verdicts are those of the published harness, except that:

1. Tests are split by Python's grammar, not at blank lines, which break a test that holds one.
2. pass@k is given for k up to the number of samples only; the published pass@10 of 5 samples is 1
   whatever the samples are.
3. The field of the function's path is read by the name that it has in the data.
4. A test is called by the name of its own top-level definition; functions within it are its own.
5. A problem whose samples pass both ways is solved in pass@k and unsolved in UPass@k; the published
   count of unsolved problems mixes the two.
6. The limit of 15 s is CPU time of each test, with a looser wall clock, so that a verdict does not
   depend on the machine's load; `--cpu-seconds` changes it. A timeout is a reason of its own.
7. The verdict comes from another process than the one that runs the completion. Patched builtins
   and libraries, exits, objects that equal everything, and names of the completion that hide
   those of a test have no effect; the published harness is taken in by them.
8. What a test may use of a completion is the functions that the reference defines as well, and
   imports that the reference has as well.
9. Tests share a process while they pass; one that does not pass is run again in a fresh one.
10. A completion is a file of its own: `from __future__` works in it.
11. Without the update, a completion does not find the new function. The published harness leaves it
    in the completion's own namespace, so that a call of it by its bare name passes both ways.
12. Code is taken out of a completion as everywhere in this toolkit: the published way finds no
    code outside [PYTHON] tags and fences, and takes the first block where several are given.
13. What a test looks at is rebuilt from the completion's answer (`crossing/`). An object of
    a class of the completion's own equals nothing but itself, and what a completion changes in
    a library, it changes for itself alone.
14. A test has 15 s of CPU and 8 GiB of memory, and no more than 3 GB of values cross at once; the
    published harness limits the time alone, and ends references that need more. Where a problem's own
    reference runs out of time or memory, all its completions get four times the time and twice the
    memory, as far as the machine has it, and where the reference passes all tests within 90 s. Of the
    references of the 275 rows of the sample two fail then: both hand over 8 GB at once. The others pass,
    and none without the update; one of them compares random numbers so narrowly that it fails once in
    many runs, by any harness.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recode_bench.extract import extract_code
from recode_bench.models.completing import Completion, Sampling
from recode_bench.problems import NO_CODE, Measure, Outcome, Problem, ScoringJob
from recode_bench.prompts import arena_values
from recode_bench.results import WITHOUT_UPDATE
from recode_bench.scoring.warm import warm_sandboxes
from recode_bench.tasks.arena_rows import ArenaRow, read_rows
from recode_bench.tasks.judging import Court, Judged, Program
from recode_bench.tasks.task import Profile, TaskSettings
from recode_data.errors import EnvironmentLacksError
from recode_data.progress import Progress
from recode_data.records import Environment, JsonValue, content_id
from recode_data.sandbox import Limits
from recode_data.sandbox.limits import GIB
from recode_data.verify import Verdict

REQUIREMENTS = (
    "numpy==1.26.4",
    "pandas==2.2.2",
    "pytest==8.2.2",
    "scikit-learn==1.4.2",
    "scipy==1.13.0",
    "sympy==1.12",
)
"""The benchmark's own pins, and pytest, which the imports of some problems ask for."""
LARGE_REQUIREMENTS = ("torch==2.2.2",)
"""Added where a problem needs them: not every machine has an installable wheel."""
PYTHON = "3.11"
CUTOFF = "2024-07-09"
"""Dependencies as of the day after the paper: SymPy 1.12 does not work with mpmath of 2025."""
LIMITS = Limits(cpu_seconds=15.0, wall_seconds=90.0, memory_bytes=8 * GIB, output_bytes=4 * 2**20)
"""Of one test. One honest test holds arrays of 800 MB on both sides at once."""
PATIENCE = 4.0
"""Times the CPU limit for problems whose own reference needs more than it: `torch.bmm` of two large
batches takes 21 s. For all problems it would be time given to endless loops."""
AFFORDABLE = 8.0
"""Times the CPU limit, what all tests of the reference may take together: one problem whose tests take
longer would cost a run as much as hundreds of others."""
MORE_MEMORY = 2
"""Times the memory for such problems: one lists ten million tuples, which are 10 GB."""
SHARE_OF_MEMORY = 2 / 3
"""Of the machine's memory, what one test may have at most."""
ENVIRONMENT = "environment"
"""Reason of an unscored sample whose packages cannot be installed here."""


class CodeUpdateArenaTask:
    """Rows of the published schema."""

    templates = "codeupdatearena"
    profile = Profile(
        samples=5, sampling=Sampling(temperature=0.8, top_p=0.7, max_tokens=512), prompt="docs"
    )

    def __init__(self, rows: Sequence[ArenaRow], settings: TaskSettings) -> None:
        self._rows = {row.id: row for row in rows}
        self._settings = settings
        self._environments: dict[tuple[str, ...], Environment | None] = {}

    def problems(self) -> tuple[Problem, ...]:
        """One per row, in the order of the file."""
        return tuple(map(problem_of, self._rows.values()))

    def identity(self) -> Mapping[str, JsonValue]:
        """Hash over the rows, and the pins that they run on."""
        parts = (part for row in self._rows.values() for part in row.texts)
        return {
            "rows": len(self._rows),
            "data": content_id(*parts),
            "requirements": [*REQUIREMENTS, *LARGE_REQUIREMENTS],
            "cpu_seconds": self._limits.cpu_seconds,
            "patience": self._patience,
        }

    @property
    def _patience(self) -> float:
        return PATIENCE if self._settings.cpu_seconds is None else 1.0

    @property
    def _limits(self) -> Limits:
        seconds = self._settings.cpu_seconds
        if seconds is None:
            return LIMITS
        return replace(LIMITS, cpu_seconds=seconds, wall_seconds=6 * seconds)

    def prepare(self, problems: Sequence[Problem], progress: Progress) -> None:
        """Install the pins; what cannot be installed makes its problems unscored.

        Raises:
            EnvironmentLacksError: not even the small packages can be installed.
        """
        wanted = sorted({_large(self._rows[problem.id]) for problem in problems})
        for large in progress.track(wanted, "environments", len(wanted)):
            if large in self._environments:
                continue
            try:
                self._environments[large] = self._install((*REQUIREMENTS, *large))
            except EnvironmentLacksError as error:
                if not large:
                    raise
                self._environments[large] = None
                progress.note(f"problems that need {', '.join(large)} are not scored: {error}")

    def _install(self, requirements: Sequence[str]) -> Environment:
        workspace = self._settings.workspace
        try:
            return workspace.environment(requirements, python=PYTHON, cutoff=CUTOFF)
        except EnvironmentLacksError:
            return workspace.environment(requirements, cutoff=CUTOFF)

    def job(self, problem: Problem, completion: Completion) -> ScoringJob:
        """The completion's code, to run with the problem's update and without it."""
        row = self._rows[problem.id]
        return ArenaJob(
            row,
            self._environments[_large(row)],
            self._limits,
            completion.sample,
            completion.text,
            self._settings.allow_weak,
            self._patience,
        )


@dataclass(frozen=True, slots=True)
class ArenaJob:
    """One completion of one row."""

    row: ArenaRow
    environment: Environment | None
    limits: Limits
    sample: int
    text: str
    allow_weak: bool
    patience: float = 1.0

    def run(self) -> Outcome:
        """Judge with the update and, if that passes, without it."""
        if self.environment is None:
            detail = f"{self.row.package} cannot be installed here"
            return Outcome(self.row.id, self.sample, Verdict.UNSCORED, ENVIRONMENT, 0.0, detail)
        code = extract_code(self.text)
        if code is None:
            measured: dict[str, Measure] = {WITHOUT_UPDATE: False, TESTS_PASSED: 0.0}
            return Outcome(
                self.row.id, self.sample, Verdict.FAILED, NO_CODE, 0.0, measured=measured
            )
        court = Court(
            self.environment,
            warm_sandboxes(self.allow_weak),
            preload_of(self.row, self.environment),
            self.limits,
        )
        patient = replace(court, limits=self._larger, after_timeout=self.limits)
        if _DEMANDING.get(self._key):
            court = patient
        judged = court.judge(program_of(self.row, updated=True), code)
        if court is not patient and _ran_out(judged) and self._is_demanding(court, patient):
            court = patient
            judged = court.judge(program_of(self.row, updated=True), code)
        without: Judged | None = None
        if judged.passed:
            without = court.judge(program_of(self.row, updated=False), code, to_the_end=False)
        return self._outcome(judged, without)

    @property
    def _larger(self) -> Limits:
        limits, there = self.limits, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        memory = min(MORE_MEMORY * limits.memory_bytes, int(SHARE_OF_MEMORY * there))
        return replace(
            limits,
            cpu_seconds=self.patience * limits.cpu_seconds,
            wall_seconds=self.patience * limits.wall_seconds,
            memory_bytes=max(limits.memory_bytes, memory),
        )

    @property
    def _key(self) -> tuple[str, Environment | None, Limits, float]:
        return content_id(*self.row.texts), self.environment, self.limits, self.patience

    def _is_demanding(self, court: Court, patient: Court) -> bool:
        """Whether the reference itself needs more than there is, and passes with more of it."""
        if self.patience <= 1:
            return False
        if self._key not in _DEMANDING:
            program, reference = program_of(self.row, updated=True), self.row.reference
            _DEMANDING[self._key] = _ran_out(court.judge(program, reference)) and _is_affordable(
                patient.judge(program, reference), self.limits
            )
        return _DEMANDING[self._key]

    def _outcome(self, judged: Judged, without: Judged | None) -> Outcome:
        seconds = judged.seconds + (without.seconds if without else 0.0)
        unscored = judged.unscored or (without.unscored if without else None)
        failed = next((test for test in judged.tests if not test.passed), None)
        if unscored is not None:
            verdict, reason = Verdict.UNSCORED, unscored
            detail = judged.detail or (without.detail if without else "")
        elif failed is not None:
            verdict, reason, detail = Verdict.FAILED, failed.reason, failed.detail
        else:
            verdict, reason, detail = Verdict.PASSED, "ok", ""
        measured: dict[str, Measure] = {}
        if verdict is not Verdict.UNSCORED:
            passed = sum(test.passed for test in judged.tests)
            measured[TESTS_PASSED] = passed / len(judged.tests)
            measured[WITHOUT_UPDATE] = without is not None and without.passed
        return Outcome(
            self.row.id,
            self.sample,
            verdict,
            reason,
            round(seconds, 4),
            detail,
            judged.level,
            measured,
        )


_DEMANDING: dict[tuple[str, Environment | None, Limits, float], bool] = {}
"""What this process has found out about references."""


def _is_affordable(judged: Judged, limits: Limits) -> bool:
    return judged.passed and judged.seconds <= AFFORDABLE * limits.cpu_seconds


def _ran_out(judged: Judged) -> bool:
    return any(test.reason in ("timeout", "out_of_memory") for test in judged.tests)


TESTS_PASSED = "tests_passed"
"""Name of a measured number: share of the tests that passed with the update."""


def problem_of(row: ArenaRow) -> Problem:
    """A row as a problem."""
    return Problem(
        id=row.id,
        values=arena_values(
            package=row.package,
            function_path=row.function_path,
            description=row.description,
            signature=row.signature,
            docstring=row.docstring,
            scenario=row.scenario,
            problem=row.problem,
            solution_signature=row.solution_signature,
            test=row.tests[0][0],
        ),
        reference=row.reference,
        groups={"library": row.package, "kind": row.update_type},
    )


def program_of(row: ArenaRow, *, updated: bool) -> Program:
    """What surrounds a solution of the row; without the update, tests alone see its code."""
    setup = (row.implementation, row.enforcement) if updated else (row.implementation,)
    hidden = () if updated else row.hidden
    return Program(row.imports, setup, row.entries, row.borrowed, row.tests, hidden)


ALWAYS_LOADED = ("collections", "itertools", "math", "random", "re", "string", "typing")


def preload_of(row: ArenaRow, environment: Environment) -> tuple[str, ...]:
    """Modules for the row's server: rows of the standard library share one."""
    installed = {pin.partition("==")[0] for pin in environment.requirements}
    names = {"scikit-learn": "sklearn"}
    available = {names.get(name, name) for name in installed}
    return (*ALWAYS_LOADED, *sorted(row.imported & available))


def _large(row: ArenaRow) -> tuple[str, ...]:
    """Large packages that the row needs."""
    return tuple(
        pin for pin in LARGE_REQUIREMENTS if pin.partition("==")[0] in {row.package, *row.imported}
    )


def open_task(path: Path | None, settings: TaskSettings) -> CodeUpdateArenaTask:
    """The published benchmark, or files of its schema.

    Raises:
        UsageError: nothing of that name.
        EnvironmentLacksError: the Hub does not answer.
        MalformedInputError: a row is not of the published schema.
    """
    return CodeUpdateArenaTask(read_rows(path), settings)

"""`gitchameleon:FILE_OR_DIR`: code for one exact version of a library.

GitChameleon 2.0: complete `starting_code` for the version that is named; asserts run after it.
A folder may hold `dataset.jsonl` and `hidden_tests/test_sample_ID.py`; where the latter is there,
pytest runs it, and it alone counts, as published. Answers are whole programs (`answer`), or the
body alone, which then follows the starting code.

Deviations: a completion's code is found as everywhere in this toolkit (published: a `python` fence,
else the whole text); the limit is 60 s of CPU time, not 240 s on the clock; examples whose packages
cannot be installed here are unscored, reason `environment`; spellings of `type_of_change` are
brought to one form. Tests share a process with the code (see `script_driver.py`), since what they
look at cannot leave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recode_bench.extract import extract_code
from recode_bench.models.completing import Completion, Sampling
from recode_bench.problems import NO_CODE, Outcome, Problem, ScoringJob
from recode_bench.scoring.warm import warm_sandboxes
from recode_bench.syntax import parse
from recode_bench.tasks.data_files import read_objects
from recode_bench.tasks.judging import SANDBOX_FAILED, STATUS_REASONS
from recode_bench.tasks.task import Profile, TaskSettings
from recode_data.errors import EnvironmentLacksError, MalformedInputError, UsageError
from recode_data.progress import Progress
from recode_data.records import Environment, JsonValue, content_id
from recode_data.sandbox import JobStatus, Limits
from recode_data.sandbox.limits import GIB
from recode_data.verify import Verdict

DRIVER = Path(__file__).with_name("script_driver.py")
LIMITS = Limits(cpu_seconds=60.0, wall_seconds=240.0, memory_bytes=8 * GIB)
ENVIRONMENT = "environment"
"""Reason of an unscored sample whose packages cannot be installed here."""
FIELDS = ("library", "version", "problem", "starting_code", "test")


@dataclass(frozen=True, slots=True)
class ChameleonRow:
    """One example."""

    id: str
    library: str
    version: str
    python: str
    requirements: tuple[str, ...]
    problem: str
    starting_code: str
    solution: str | None
    """The body that goes on from the starting code."""
    test: str
    hidden: bool
    """Whether the test is a file for pytest."""
    change: str
    released: str | None

    @property
    def module(self) -> str:
        """Name by which a hidden test imports the program."""
        return f"sample_{self.id}"

    @property
    def pins(self) -> tuple[tuple[str, ...], str]:
        """Requirements and version of Python."""
        return self.requirements, self.python


class GitChameleonTask:
    """Rows of the published dataset."""

    templates = "gitchameleon"
    profile = Profile(samples=1, sampling=Sampling(max_tokens=1024), prompt="docs")

    def __init__(self, rows: Sequence[ChameleonRow], settings: TaskSettings) -> None:
        self._rows = {row.id: row for row in rows}
        self._settings = settings
        self._environments: dict[tuple[tuple[str, ...], str], Environment | None] = {}

    def problems(self) -> tuple[Problem, ...]:
        """One per row, in the order of the file."""
        return tuple(
            Problem(
                id=row.id,
                values={
                    "library": row.library,
                    "version": row.version,
                    "problem": row.problem.strip(),
                    "starting_code": row.starting_code.rstrip(),
                },
                reference=None if row.solution is None else row.starting_code + row.solution,
                groups={"library": row.library, "kind": row.change},
                released=row.released,
            )
            for row in self._rows.values()
        )

    def identity(self) -> Mapping[str, JsonValue]:
        """Hash over the rows; each names its own pins."""
        parts = (
            part
            for row in self._rows.values()
            for part in (row.id, *row.requirements, row.starting_code, row.test)
        )
        return {"rows": len(self._rows), "data": content_id(*parts)}

    def prepare(self, problems: Sequence[Problem], progress: Progress) -> None:
        """One environment for each set of pins; what cannot be installed makes rows unscored."""
        wanted = sorted({self._rows[problem.id].pins for problem in problems})
        missing = [pins for pins in wanted if pins not in self._environments]
        for pins in progress.track(missing, "environments", len(missing)):
            requirements, python = pins
            try:
                environment = self._settings.workspace.environment(requirements, python=python)
            except (EnvironmentLacksError, UsageError) as error:
                self._environments[pins] = None
                progress.note(f"{', '.join(requirements)} on Python {python}: {error}")
            else:
                self._environments[pins] = environment

    def job(self, problem: Problem, completion: Completion) -> ScoringJob:
        """The program, to be tested in its environment."""
        row, seconds = self._rows[problem.id], self._settings.cpu_seconds
        limits = LIMITS
        if seconds is not None:
            limits = replace(LIMITS, cpu_seconds=seconds, wall_seconds=4 * seconds)
        return ChameleonJob(
            row,
            self._environments[row.pins],
            limits,
            completion.sample,
            completion.text,
            self._settings.allow_weak,
        )


@dataclass(frozen=True, slots=True)
class ChameleonJob:
    """One completion of one row."""

    row: ChameleonRow
    environment: Environment | None
    limits: Limits
    sample: int
    text: str
    allow_weak: bool

    def run(self) -> Outcome:
        """Run the program and then its test."""
        if self.environment is None:
            return self._outcome(Verdict.UNSCORED, ENVIRONMENT, "its packages cannot be installed")
        code = program_of(self.row, self.text)
        if code is None:
            return self._outcome(Verdict.FAILED, NO_CODE, "")
        result = warm_sandboxes(self.allow_weak).run(
            self.environment,
            DRIVER,
            {"solution": code, "module": self.row.module},
            secret={"test": self.row.test, "pytest": self.row.hidden},
            limits=self.limits,
        )
        seconds, level = round(result.cpu_seconds, 4), result.level.value
        message = result.messages[0] if result.messages else None
        if result.status is JobStatus.SANDBOX_FAILED:
            verdict, reason, detail = Verdict.UNSCORED, SANDBOX_FAILED, result.detail
        elif result.status is not JobStatus.DONE or not isinstance(message, dict):
            reason = STATUS_REASONS.get(result.status, "crash")
            verdict, detail = Verdict.FAILED, result.detail
        else:
            passed = message["passed"] is True
            verdict = Verdict.PASSED if passed else Verdict.FAILED
            reason, detail = str(message["reason"]), str(message["detail"])
        return self._outcome(verdict, reason, detail, seconds, level)

    def _outcome(
        self,
        verdict: Verdict,
        reason: str,
        detail: str,
        seconds: float = 0.0,
        level: str | None = None,
    ) -> Outcome:
        return Outcome(self.row.id, self.sample, verdict, reason, seconds, detail, level)


def program_of(row: ChameleonRow, text: str) -> str | None:
    """The whole program: the answer itself, or the starting code with the answer as its body."""
    code = extract_code(text)
    if code is None:
        return None
    names = re.findall(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)", row.starting_code, re.MULTILINE)
    if parse(code) is not None and all(re.search(rf"\b{name}\b", code) for name in names[-1:]):
        return code
    if not names:
        return f"{row.starting_code}\n{code}"
    indented = "\n".join(f"    {line}" if line.strip() else line for line in code.split("\n"))
    return f"{row.starting_code.rstrip()}\n{indented}\n"


def open_task(path: Path | None, settings: TaskSettings) -> GitChameleonTask:
    """The rows of a file, or of the published folder with or without its hidden tests.

    Raises:
        UsageError: no path, or nothing there.
        MalformedInputError: a row is not of the published schema.
    """
    if path is None:
        raise UsageError("name the published file: --task gitchameleon:dataset.jsonl")
    file = path / "dataset.jsonl" if path.is_dir() else path
    hidden = file.parent / "hidden_tests"
    rows = tuple(_rows(read_objects(file), str(file), hidden))
    if not rows:
        raise UsageError(f"{file} holds no row")
    return GitChameleonTask(rows, settings)


def _rows(
    found: Iterator[Mapping[str, object]], source: str, hidden: Path
) -> Iterator[ChameleonRow]:
    seen: set[str] = set()
    for number, raw in enumerate(found, 1):
        where = f"{source}, row {number}"
        missing = [name for name in FIELDS if not isinstance(raw.get(name), str)]
        identifier = str(raw.get("example_id", ""))
        if missing or not re.fullmatch(r"\w+", identifier):
            needed = ", ".join(["example_id", *FIELDS])
            raise MalformedInputError(f"{where}: needs {needed}; has {', '.join(raw)}")
        if identifier in seen:
            raise MalformedInputError(f"{where}: example_id {identifier!r} is there twice")
        seen.add(identifier)
        file = hidden / f"test_sample_{identifier}.py"
        is_hidden = file.is_file()
        solution, released = raw.get("solution"), raw.get("release_date")
        yield ChameleonRow(
            id=identifier,
            library=str(raw["library"]),
            version=str(raw["version"]),
            python=str(raw.get("python_version") or "3.10"),
            requirements=_requirements(raw, is_hidden),
            problem=str(raw["problem"]),
            starting_code=str(raw["starting_code"]),
            solution=solution if isinstance(solution, str) else None,
            test=file.read_text(encoding="utf-8") if is_hidden else str(raw["test"]),
            hidden=is_hidden,
            change=_normalised(str(raw.get("type_of_change") or "")),
            released=_day(released if isinstance(released, str) else ""),
        )


def _requirements(raw: Mapping[str, object], with_pytest: bool) -> tuple[str, ...]:
    pins = [f"{raw['library']}=={raw['version']}"]
    for name in ("additional_dependencies", "extra_dependencies"):
        pins += str(raw.get(name) or "").replace(",", " ").split()
    if with_pytest:
        pins.append("pytest")
    return tuple(sorted(dict.fromkeys(pins)))


def _normalised(kind: str) -> str:
    """`Name change`, `name-change` and `name_change` are one kind."""
    return " ".join(re.sub(r"[\W_]+", " ", kind).lower().split()) or "unknown"


def _day(text: str) -> str | None:
    found = re.match(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text)
    return f"{found[1]}-{found[2]}-{found[3] or '01'}" if found else None

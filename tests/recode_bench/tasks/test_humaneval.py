"""HumanEval: published data, whole functions and continuations, EvalPlus's schema, bad files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from recode_bench.models.baselines import fenced
from recode_bench.problems import Outcome
from recode_bench.tasks import TaskSettings, humaneval
from recode_bench.tasks.humaneval import HumanEvalJob, HumanEvalRow, open_task, solution_of
from recode_data.errors import EnvironmentLacksError, MalformedInputError, UsageError
from recode_data.sandbox import Limits
from recode_data.verify import Verdict
from recode_data.workspace import Workspace
from tests.recode_data.sandbox.hostile import environment

LIMITS = Limits(cpu_seconds=5.0, wall_seconds=30.0)
ROW: dict[str, Any] = {
    "task_id": "Own/0",
    "prompt": (
        "from typing import List\n\n\ndef helper(x):\n    return x\n\n\n"
        'def total(xs: List[int]) -> int:\n    """ Sum of the even ones. """\n'
    ),
    "entry_point": "total",
    "canonical_solution": "    return sum(x for x in xs if x % 2 == 0)\n",
    "test": "def check(candidate):\n    assert candidate([1, 2, 4]) == helper(6)\n"
    "    assert candidate([]) == 0\n",
}
EVALPLUS = {name: ROW[name] for name in ("task_id", "prompt", "entry_point", "canonical_solution")}
EVALPLUS |= {"contract": "", "base_input": [[[1, 2]]], "plus_input": [[[2, 4, 6]], [[]]], "atol": 0}


def rows_of(tmp_path: Path, *rows: dict[str, Any]) -> tuple[HumanEvalRow, ...]:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tuple(open_task(path, settings(tmp_path))._rows.values())


def settings(tmp_path: Path) -> TaskSettings:
    return TaskSettings(Workspace(tmp_path / "cache"))


def outcome_of(row: HumanEvalRow, text: str) -> Outcome:
    return HumanEvalJob(row, environment(), LIMITS, 0, text, False).run()


WHOLE = "def total(xs):\n    return sum(x for x in xs if x % 2 == 0)\n"
BODY = "    return sum(x for x in xs if x % 2 == 0)\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BODY, id="continuation"),
        pytest.param(BODY + "\n\nprint(total([2]))\n", id="continuation and more"),
        pytest.param(BODY + "<|im_end|>", id="continuation with end of turn"),
        pytest.param(WHOLE, id="bare function"),
        pytest.param(fenced(WHOLE), id="fenced function"),
        pytest.param("Here you are:\n" + fenced(WHOLE) + "It sums.", id="chatty"),
        pytest.param(fenced(BODY), id="fenced body"),
        pytest.param(fenced(BODY.strip()), id="fenced body without indentation"),
        pytest.param(f"<think>{fenced('x = 1')}</think>{fenced(WHOLE)}", id="thought first"),
    ],
)
@pytest.mark.sandbox
@pytest.mark.parametrize("raw", [ROW, EVALPLUS], ids=["humaneval", "evalplus"])
def test_right_answers_pass_in_any_form(tmp_path: Path, raw: dict[str, Any], text: str) -> None:
    (row,) = rows_of(tmp_path, raw)
    outcome = outcome_of(row, text)
    assert (outcome.verdict, outcome.detail) == (Verdict.PASSED, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_code"),
        ("  \n", "no_code"),
        ("    return 0\n", "wrong_result"),
        ("    return total(xs)\n", "error"),
        ("I do not know.", "syntax_error"),
        ("```\n```", "no_code"),
        (fenced("def other(): pass"), "wrong_result"),
        ("    import os\n    os._exit(0)\n", "crash"),
        ("    return type('L', (), {'__eq__': lambda s, o: True})()\n", "wrong_result"),
    ],
)
@pytest.mark.sandbox
@pytest.mark.parametrize("raw", [ROW, EVALPLUS], ids=["humaneval", "evalplus"])
def test_wrong_answers_fail(tmp_path: Path, raw: dict[str, Any], text: str, reason: str) -> None:
    (row,) = rows_of(tmp_path, raw)
    outcome = outcome_of(row, text)
    assert (outcome.verdict, outcome.reason) == (Verdict.FAILED, reason)


@pytest.mark.sandbox
def test_evalplus_inputs_beyond_the_base_count(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, EVALPLUS)
    assert outcome_of(row, "    return 2 if xs else 0\n").reason == "wrong_result"


@pytest.mark.sandbox
def test_evalplus_compares_floats_with_tolerance(tmp_path: Path) -> None:
    raw = EVALPLUS | {"canonical_solution": "    return sum(xs) / 3\n"}
    (row,) = rows_of(tmp_path, raw)
    assert outcome_of(row, "    return sum(xs) / 3 + 1e-9\n").verdict is Verdict.PASSED
    assert outcome_of(row, "    return sum(xs) / 3 + 1e-3\n").verdict is Verdict.FAILED


def test_a_whole_function_keeps_the_imports_of_the_prompt(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, ROW)
    code = solution_of(row, fenced("def total(xs: List[int]): return 0"))
    assert code is not None
    assert code.startswith("from typing import List")


@pytest.mark.sandbox
def test_every_published_reference_passes(tmp_path: Path) -> None:
    task = open_task(None, TaskSettings(Workspace(tmp_path)))
    rows = list(task._rows.values())
    assert len(rows) == 164
    failed = [
        row.id
        for row in rows
        if outcome_of(row, row.canonical_solution).verdict is not Verdict.PASSED
    ]
    assert failed == []


def test_without_the_package_a_path_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(humaneval.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EnvironmentLacksError, match="humaneval:FILE"):
        open_task(None, settings(tmp_path))


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", UsageError, "no row"),
        (b"[]", UsageError, "no row"),
        (b"{}", MalformedInputError, "row 1: needs task_id"),
        (b'{"task_id": 1}', MalformedInputError, "needs"),
        (b"not json", MalformedInputError, "not JSON"),
        (b"3", MalformedInputError, "must be an object"),
        (b"\xff\xfe", MalformedInputError, "not UTF-8"),
        (b"\x1f\x8b\x00", MalformedInputError, "gzip"),
        (json.dumps(ROW | {"entry_point": "a b"}).encode(), MalformedInputError, "no name"),
        (json.dumps(EVALPLUS | {"base_input": 1}).encode(), MalformedInputError, "base_input"),
    ],
)
def test_files_that_are_none_are_refused(
    tmp_path: Path, content: bytes, error: type[Exception], words: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(error, match=words):
        open_task(path, settings(tmp_path))


def test_gzipped_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ROW).encode()))
    assert [each.id for each in open_task(path, settings(tmp_path)).problems()] == ["Own/0"]

"""GitChameleon: programs and bodies, visible and hidden tests, environments, bad rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recode_bench.models.baselines import fenced
from recode_bench.models.completing import Completion, Finish
from recode_bench.problems import Outcome
from recode_bench.tasks import TaskSettings
from recode_bench.tasks.gitchameleon import LIMITS, ChameleonJob, ChameleonRow, open_task
from recode_data.errors import EnvironmentLacksError, MalformedInputError, UsageError
from recode_data.verify import Verdict
from recode_data.workspace import Workspace
from tests.recode_data.sandbox.hostile import environment
from tests.silence import Silence

ROW: dict[str, Any] = {
    "example_id": "7",
    "python_version": "3.10",
    "library": "toy",
    "version": "1.0",
    "problem": "Round down.",
    "starting_code": "import math\n\ndef down(x):",
    "solution": "\n    return math.floor(x)\n",
    "test": "assert down(2.7) == 2\n",
    "type_of_change": "Name-Change",
    "additional_dependencies": "other==2 third==3",
    "release_date": "2023-05",
    "functional": 1,
}


def write(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "dataset.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def settings(tmp_path: Path) -> TaskSettings:
    return TaskSettings(Workspace(tmp_path / "cache"))


def row_of(tmp_path: Path, raw: dict[str, Any] = ROW) -> ChameleonRow:
    (row,) = open_task(write(tmp_path, raw), settings(tmp_path))._rows.values()
    return row


def outcome_of(row: ChameleonRow, text: str) -> Outcome:
    return ChameleonJob(row, environment(), LIMITS, 0, text, False).run()


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import math\ndef down(x):\n    return math.floor(x)", "ok"),
        ("return math.floor(x)", "ok"),
        ("return 3", "wrong_result"),
        ("import math\ndef down(x):\n    return math.no(x)", "error"),
        ("import math\ndef down(x):\n    raise SystemExit(0)", "error"),
        ("import os\ndef down(x):\n    os._exit(0)", "crash"),
        ("def down(x:", "syntax_error"),
    ],
)
def test_programs_and_bodies_are_run_and_tested(tmp_path: Path, code: str, reason: str) -> None:
    outcome = outcome_of(row_of(tmp_path), fenced(code))
    assert outcome.reason == reason, outcome.detail
    assert (outcome.verdict is Verdict.PASSED) == (reason == "ok")


@pytest.mark.sandbox
def test_the_published_solution_passes_and_silence_fails(tmp_path: Path) -> None:
    task = open_task(write(tmp_path, ROW), settings(tmp_path))
    (problem,) = task.problems()
    row = row_of(tmp_path)
    assert problem.reference is not None
    assert outcome_of(row, fenced(problem.reference)).reason == "ok"
    assert outcome_of(row, "").reason == "no_code"


@pytest.mark.sandbox
def test_hidden_tests_count_where_they_are_there(tmp_path: Path) -> None:
    (tmp_path / "hidden_tests").mkdir()
    (tmp_path / "hidden_tests" / "test_sample_7.py").write_text(
        "import pytest\nfrom sample_7 import down\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_it(n):\n    assert down(n + 0.5) == n\n"
    )
    row = row_of(tmp_path)
    assert (row.hidden, "pytest" in row.requirements) == (True, True)
    assert outcome_of(row, fenced("def down(x):\n    return 2")).reason == "wrong_result"
    good = outcome_of(row, fenced("import math\ndef down(x):\n    return math.floor(x)"))
    assert (good.reason, good.detail) == ("ok", "")


def test_rows_name_their_environment_and_dates(tmp_path: Path) -> None:
    task = open_task(write(tmp_path, ROW).parent, settings(tmp_path))
    (problem,) = task.problems()
    row = row_of(tmp_path)
    assert row.pins == (("other==2", "third==3", "toy==1.0"), "3.10")
    assert problem.groups == {"library": "toy", "kind": "name change"}
    assert problem.released == "2023-05-01"


def test_what_cannot_be_installed_is_unscored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = open_task(write(tmp_path, ROW), settings(tmp_path))

    def refuse(*args: object, **given: object) -> object:
        raise EnvironmentLacksError("no such release", "another index")

    monkeypatch.setattr(task._settings.workspace, "environment", refuse)
    progress = Silence()
    (problem,) = task.problems()
    task.prepare([problem], progress)
    outcome = task.job(problem, Completion("7", 0, "x", Finish.STOP)).run()
    assert (outcome.verdict, outcome.reason) == (Verdict.UNSCORED, "environment")
    assert "no such release" in progress.notes[0]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({**ROW, "library": None}, "needs example_id"),
        ({**ROW, "example_id": "../x"}, "needs example_id"),
        ({"task_id": "1"}, "needs example_id"),
    ],
)
def test_rows_that_are_none_are_refused(tmp_path: Path, raw: dict[str, Any], words: str) -> None:
    with pytest.raises(MalformedInputError, match=words):
        open_task(write(tmp_path, raw), settings(tmp_path))


def test_no_path_and_no_row_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name the published file"):
        open_task(None, settings(tmp_path))
    with pytest.raises(UsageError, match="no row"):
        open_task(write(tmp_path), settings(tmp_path))
    with pytest.raises(MalformedInputError, match="twice"):
        open_task(write(tmp_path, ROW, ROW), settings(tmp_path))

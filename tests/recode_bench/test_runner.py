"""The order of work of an evaluation: order, limits, resuming after any death, unanswered samples."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from recode_bench.problems import Problem
from recode_bench.prompts import parse_template
from recode_bench.runner import chosen, evaluate
from recode_data.errors import MalformedInputError, UsageError
from recode_data.executor import InProcessExecutor, LocalExecutor
from recode_data.progress import SilentProgress
from tests.conftest import CHECKOUT
from tests.recode_bench.interrupted_run import LengthTask, LoggingModel, request


def run(folder: Path, of: LengthTask | None = None, **given: Any) -> dict[str, Any]:
    """Evaluate into `folder/run`; `asked.txt` beside it says what the model was asked for."""
    fails = given.pop("fails", frozenset())
    executor = given.pop("executor", None) or InProcessExecutor()
    results: dict[str, Any] = evaluate(
        of or LengthTask(),
        LoggingModel(folder / "asked.txt", fails),
        request(**given),
        folder / "run",
        executor,
        SilentProgress(),
    )
    return results


def asked(folder: Path) -> list[str]:
    path = folder / "asked.txt"
    return path.read_text().splitlines() if path.exists() else []


def outcomes(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "run" / "outcomes.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_every_sample_has_one_outcome_in_order(tmp_path: Path) -> None:
    results = run(tmp_path)
    found = [(row["task_id"], row["sample"], row["verdict"]) for row in outcomes(tmp_path)]
    assert found == [
        *(("a", 0, "failed"), ("a", 1, "passed")),
        *(("bb", 0, "passed"), ("bb", 1, "failed")),
        *(("ccc", 0, "failed"), ("ccc", 1, "passed")),
    ]
    assert results["metrics"]["pass@1"]["value"] == 0.5
    assert json.loads((tmp_path / "run" / "results.json").read_text()) == results


def test_the_number_of_workers_changes_no_byte(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    run(tmp_path / "one")
    executor = LocalExecutor(2)
    try:
        run(tmp_path / "two", executor=executor)
    finally:
        executor.close()
    for name in ("results.json", "outcomes.jsonl"):
        first, second = ((tmp_path / each / "run" / name).read_bytes() for each in ("one", "two"))
        assert first == second


def test_death_at_any_write_costs_no_completion_and_changes_no_result(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.recode_bench.interrupted_run", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    assert len(report) == 24
    every = {f"{name} {sample}" for name in ("a", "bb", "ccc") for sample in (0, 1)}
    for row in report:
        assert row["died"], row
        assert row["same"], row
        assert set(row["asked"]) == every, row
        # Only a completion whose line was being written when the process died is asked for again.
        assert sum(row["asked"].values()) - len(every) <= (1 if row["kill_at"] > 0 else 0), row


def test_a_finished_run_asks_for_nothing(tmp_path: Path) -> None:
    first = run(tmp_path)
    (tmp_path / "asked.txt").unlink()
    assert run(tmp_path) == first
    assert asked(tmp_path) == []


def test_more_samples_and_more_problems_only_add(tmp_path: Path) -> None:
    run(tmp_path, limit=1, samples=1)
    run(tmp_path, limit=2, samples=2)
    assert asked(tmp_path) == ["a 0", "a 1", "bb 0", "bb 1"]
    assert len(outcomes(tmp_path)) == 4


def test_unanswered_samples_are_unscored_and_asked_for_again(tmp_path: Path) -> None:
    results = run(tmp_path, fails=frozenset({"bb"}))
    assert (results["metrics"]["unscored"], results["samples"]) == (2, 6)
    assert [row["reason"] for row in outcomes(tmp_path) if row["task_id"] == "bb"] == [
        "no_completion",
        "no_completion",
    ]
    again = run(tmp_path)
    assert again["metrics"]["unscored"] == 0
    assert Counter(asked(tmp_path))["bb 0"] == 2
    assert Counter(asked(tmp_path))["a 0"] == 1


@pytest.mark.parametrize(
    ("given", "word"),
    [({"task": "other"}, "task"), ({"model": "other"}, "model")],
)
def test_a_folder_of_another_run_is_refused_and_kept(
    tmp_path: Path, given: dict[str, Any], word: str
) -> None:
    run(tmp_path)
    before = (tmp_path / "run" / "results.json").read_bytes()
    with pytest.raises(UsageError, match=f"another run.*{word} was"):
        run(tmp_path, **given)
    assert (tmp_path / "run" / "results.json").read_bytes() == before


def test_other_data_of_the_same_name_is_another_run(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(UsageError, match="data was"):
        run(tmp_path, LengthTask(("other",)))


def test_another_prompt_is_another_run(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(UsageError, match="prompt was"):
        run(tmp_path, template=parse_template("=== user ===\nSay {{text}}\n", "own"))


def test_a_prompt_that_asks_for_an_unknown_name_says_so(tmp_path: Path) -> None:
    with pytest.raises(MalformedInputError, match="no such name as missing"):
        run(tmp_path, template=parse_template("=== user ===\n{{missing}}\n", "own"))


def test_an_order_is_repeatable_and_larger_limits_only_add() -> None:
    problems = [Problem(str(n), {}) for n in range(20)]
    few, many = chosen(problems, 5, 1), chosen(problems, 12, 1)
    assert many[:5] == few
    assert chosen(problems, None, 2) != chosen(problems, None, 1)
    assert chosen(problems, 3, None) == tuple(problems[:3])

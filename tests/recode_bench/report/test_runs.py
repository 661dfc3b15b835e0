"""Run folders are read, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from recode_bench.report import read_runs
from recode_data.errors import MalformedInputError, UsageError
from tests.recorded_runs import write_run


def test_samples_are_read_in_order(tmp_path: Path) -> None:
    folder = write_run(
        tmp_path / "run", "t", "m", {"b": ["passed", "failed:error:why"], "a": "passed"}
    )
    (run,) = read_runs([folder])
    assert [(s.task_id, s.sample, s.verdict, s.reason, s.detail) for s in run.samples] == [
        ("b", 0, "passed", "ok", ""),
        ("b", 1, "failed", "error", "why"),
        ("a", 0, "passed", "ok", ""),
    ]
    assert list(run.by_problem()) == ["b", "a"]


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", "t", "m", {"a": "passed"})
    with (folder / "outcomes.jsonl").open("a") as file:
        file.write('{"task_id": "b", "ver')
    (run,) = read_runs([folder])
    assert [sample.task_id for sample in run.samples] == ["a"]


@pytest.mark.parametrize("line", ["{", "[]", '{"task_id": "a"}', "3"])
def test_a_strange_line_within_is_refused(tmp_path: Path, line: str) -> None:
    folder = write_run(tmp_path / "run", "t", "m", {"a": "passed"})
    file = folder / "outcomes.jsonl"
    file.write_text(f"{line}\n{file.read_text()}")
    with pytest.raises(MalformedInputError, match=r"outcomes\.jsonl, line 1"):
        read_runs([folder])


def test_an_unfinished_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no results\.json"):
        read_runs([tmp_path])


def test_no_run_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        read_runs([])


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_strange_results_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(MalformedInputError, match=r"results\.json"):
        read_runs([tmp_path])


@pytest.mark.parametrize(
    ("runs", "labels"),
    [
        ([("t", "copy", "a"), ("t", "oracle", "b")], ["copy", "oracle"]),
        ([("t", "m", "a"), ("t", "m", "b")], ["m (a)", "m (b)"]),
        ([("t", "m", "a"), ("u", "m", "b")], ["m", "m"]),
        ([("t", "m", "x/a"), ("t", "m", "y/a")], ["m (a)", "m (a) 2"]),
    ],
)  # fmt: skip
def test_labels_tell_runs_of_a_task_apart(
    tmp_path: Path, runs: list[tuple[str, str, str]], labels: list[str]
) -> None:
    folders = [write_run(tmp_path / name, task, model, {}) for task, model, name in runs]
    assert [run.label for run in read_runs(folders)] == labels

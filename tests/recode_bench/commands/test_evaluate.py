"""`recode-bench eval`, `compare` and `report` from end to end, and every wrong use of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recode_data.workspace import Workspace
from tests.built_datasets import write_built
from tests.runnable_pairs import control_pair, empty_workspace, square_root_pair

pytestmark = pytest.mark.sandbox
Run = Callable[..., subprocess.CompletedProcess[str]]
TWO_ANSWERS = [
    {"completion": "```python\nimport math\nx = math.isqrt(17)\n```"},
    {"completion": "I do not know."},
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def workspace(cache: Path) -> Workspace:
    return empty_workspace(cache)


@pytest.fixture(scope="module")
def dataset(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "pairs"
    return write_built(folder, [square_root_pair(workspace), control_pair(workspace)])


@pytest.fixture(scope="module")
def run(cache: Path) -> Run:
    """Runs the command line in a process of its own."""

    def command(*arguments: object, expect: int = 0) -> subprocess.CompletedProcess[str]:
        words = [str(each) for each in arguments]
        if words[0] == "eval":
            words += ["--cache", str(cache), "--jobs", "1"]
        done = subprocess.run(
            [sys.executable, "-m", "recode_bench.cli", *words],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return command


@pytest.fixture(scope="module")
def runs(run: Run, dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs of `copy` and `oracle`."""
    folder = tmp_path_factory.mktemp("runs")
    for model in ("copy", "oracle"):
        run("eval", "--task", f"pairs:{dataset}", "--model", model, "--out", folder / model)
    return folder


def results(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results.json").read_text())
    return found


def test_baselines_score_what_they_must(runs: Path) -> None:
    copy, oracle = (results(runs / name)["metrics"] for name in ("copy", "oracle"))
    assert (copy["pass@1"]["value"], oracle["pass@1"]["value"]) == (0.0, 1.0)
    assert copy["over_migration_rate"]["value"] == 0.0
    assert results(runs / "copy")["levels"]


def test_outcomes_are_the_contracts_lines(runs: Path) -> None:
    lines = (runs / "oracle" / "outcomes.jsonl").read_text().splitlines()
    assert len(lines) == 2
    for line in lines:
        row = json.loads(line)
        assert {"task_id", "sample", "verdict", "reason", "seconds"} <= set(row)
        assert row["verdict"] == "passed"


def test_json_is_one_document_and_a_repetition_gives_it_again(
    run: Run, runs: Path, dataset: Path
) -> None:
    words = ("eval", "--task", f"pairs:{dataset}", "--model", "oracle", "--out", runs / "oracle")
    done = run(*words, "--json")
    assert json.loads(done.stdout) == results(runs / "oracle")
    assert "pass@1 100.0 %" in run(*words).stdout


def test_compare_lists_the_flips(run: Run, runs: Path) -> None:
    done = run("compare", runs / "copy", runs / "oracle", "--json")
    document = json.loads(done.stdout)
    assert document["paired"]["wins"] == 1
    assert [(flip["first"], flip["second"]) for flip in document["flips"]] == [(0.0, 1.0)]
    assert "+100.0 points" in run("compare", runs / "copy", runs / "oracle").stdout


def test_report_writes_a_page_and_a_table(run: Run, runs: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run("report", runs / "copy", runs / "oracle", "--html", page)
    assert page.read_text().startswith("<!")
    table = run("report", runs / "copy", runs / "oracle").stdout
    assert "copy" in table
    assert "oracle" in table


def test_replayed_files_say_how_many_samples_there_are(
    run: Run, runs: Path, dataset: Path, tmp_path: Path
) -> None:
    ids = {
        json.loads(line)["task_id"]: json.loads(line)
        for line in (runs / "copy" / "outcomes.jsonl").read_text().splitlines()
    }
    broken = next(name for name, row in ids.items() if row["verdict"] == "failed")
    file = tmp_path / "answers.jsonl"
    file.write_text("".join(json.dumps({"task_id": broken, **each}) + "\n" for each in TWO_ANSWERS))
    out = tmp_path / "run"
    run("eval", "--task", f"pairs:{dataset}", "--model", f"replay:{file}", "--out", out)
    found = results(out)
    assert (found["n"], found["metrics"]["pass@1"]["value"]) == (2, 0.5)
    assert found["metrics"]["pass@2"]["value"] == 1.0
    assert found["metrics"]["unscored"] == 2  # the file has nothing for the control row


def test_a_cutoff_splits_the_score(run: Run, dataset: Path, tmp_path: Path) -> None:
    words = ("eval", "--task", f"pairs:{dataset}", "--model", "oracle", "--out", tmp_path / "r")
    run(*words, "--cutoff", "2020-01-01")
    assert list(results(tmp_path / "r")["metrics"]["by_cutoff"]) == ["from 2020-01-01"]


def test_an_own_prompt_is_named_with_its_hash(run: Run, dataset: Path, tmp_path: Path) -> None:
    prompt = tmp_path / "mine.txt"
    prompt.write_text("=== user ===\nMend {{old_code}}\n")
    words = ("eval", "--task", f"pairs:{dataset}", "--model", "oracle", "--out", tmp_path / "r")
    run(*words, "--prompt", prompt)
    name, _, digest = results(tmp_path / "r")["prompt"].partition("@")
    assert (name, len(digest)) == ("mine", 12)


WRONG = {
    "no such task": (["--task", "other:x", "--model", "copy"], 2, "no task 'other'"),
    "no dataset": (["--task", "pairs:/no/such", "--model", "copy"], 2, "/no/such"),
    "no such model": (["--task", "PAIRS", "--model", "gpt"], 2, "no model 'gpt'"),
    "model without its rest": (["--task", "PAIRS", "--model", "replay"], 2, "replay"),
    "model with a rest": (["--task", "PAIRS", "--model", "copy:x"], 2, "is no model"),
    "no replay file": (["--task", "PAIRS", "--model", "replay:/none"], 2, "no such file"),
    "no prompt": (["--task", "PAIRS", "--model", "copy", "--prompt", "none"], 2, "not a prompt"),
    "no date": (["--task", "PAIRS", "--model", "copy", "--cutoff", "soon"], 2, "YYYY-MM-DD"),
    "no executor": (["--task", "PAIRS", "--model", "copy", "--executor", "no"], 2, "no executor"),
    "no server": (
        ["--task", "PAIRS", "--model", "endpoint:m@http://127.0.0.1:9"],
        3,
        "no server answers",
    ),
    "no URL": (["--task", "PAIRS", "--model", "endpoint:m"], 2, "MODEL@URL"),
    "negative samples": (["--task", "PAIRS", "--model", "copy", "--n", "0"], 2, "--n"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_clear_message(run: Run, dataset: Path, tmp_path: Path, name: str) -> None:
    words, code, message = WRONG[name]
    words = [f"pairs:{dataset}" if word == "PAIRS" else word for word in words]
    done = run("eval", *words, "--out", tmp_path / "out", expect=code)
    assert message in done.stderr
    assert done.stdout == ""


def test_a_folder_of_another_run_is_kept(run: Run, runs: Path, dataset: Path) -> None:
    before = (runs / "copy" / "results.json").read_bytes()
    words = ("eval", "--task", f"pairs:{dataset}", "--model", "oracle", "--out", runs / "copy")
    assert "belongs to another run" in run(*words, expect=2).stderr
    assert (runs / "copy" / "results.json").read_bytes() == before


def test_runs_that_do_not_compare_say_why(run: Run, runs: Path, tmp_path: Path) -> None:
    assert run("compare", runs / "copy", tmp_path / "none", expect=2).stderr
    assert run("report", expect=2).stderr


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("tasks", ["pairs", "codeupdatearena", "humaneval", "gitchameleon"]),
        ("models", ["copy", "codemod", "oracle", "replay", "transformers", "endpoint"]),
    ],
)
def test_listings_name_everything(run: Run, command: str, words: list[str]) -> None:
    assert [line.split()[0] for line in run(command).stdout.splitlines()] == words


def test_doctor_tells_the_isolation(run: Run) -> None:
    found = json.loads(run("doctor", "--json").stdout)
    assert found["isolation"]["level"] in ("A", "B", "C")

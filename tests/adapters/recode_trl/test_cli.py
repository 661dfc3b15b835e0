"""What `recode-train` refuses, and with which words and exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from recode_trl import installed
from recode_trl.train_command import FIELDS, grpo

from recode_data.errors import EnvironmentLacksError
from tests.adapters.recode_trl.running import recode_train
from tests.adapters.recode_trl.toy_model import toy_pairs, write_toy_data


def check_refused(code: int, words: str, *arguments: object) -> None:
    done = recode_train(*arguments)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert re.search(words, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_trained_is_said(tmp_path: Path) -> None:
    data = write_toy_data(tmp_path / "pairs")
    base = ["grpo", "--model", tmp_path / "none", "--out", tmp_path / "out"]
    check_refused(2, "no model .*none", *base, "--data", data)
    check_refused(
        2, "no row of split 'dev'; it has test, train", *base, "--data", data, "--split", "dev"
    )
    check_refused(2, "FIELD=VALUE", *base, "--data", data, "--set", "nothing")
    check_refused(2, "holds no pairs", *base, "--data", tmp_path)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    file = tmp_path / "few.parquet"
    pq.write_table(pa.table({"old_code": ["a"], "new_code": ["b"]}), file)
    words = "lacks the columns checks, .*it has new_code, old_code"
    check_refused(2, words, "grpo", "--model", "m", "--data", file, "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        pytest.param({}, "needs trl, which is missing", id="no TRL"),
        pytest.param({"trl": "1.15.2"}, r"TRL 1\.15\.2; 1\.16 or later", id="an old TRL"),
        pytest.param({"trl": "1.16.0"}, "needs torch", id="no torch"),
    ],
)
def test_training_libraries_that_are_missing_or_old(
    versions: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(installed, "version", version)
    with pytest.raises(EnvironmentLacksError, match=words) as caught:
        installed.require_training_libraries()
    assert "pip install 'recode-toolkit[train]'" in caught.value.remedy
    assert caught.value.exit_code == 3


def test_without_trl_the_command_exits_with_3(tmp_path: Path) -> None:
    """As in an environment that has the toolkit and no more."""
    data = write_toy_data(tmp_path / "pairs")
    hide = (
        "import importlib.metadata as m, sys\n"
        "real = m.version\n"
        "def version(name):\n"
        "    if name == 'trl': raise m.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "m.version = version\n"
        "from recode_trl.cli import main\n"
        "sys.argv = ['recode-train', *sys.argv[1:]]\n"
        "main()\n"
    )
    arguments = ["sft", "--data", data, "--model", "m", "--out", tmp_path / "out"]
    done = subprocess.run(
        [sys.executable, "-c", hide, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == 3
    assert "pip install 'recode-toolkit[train]'" in done.stderr
    assert not (tmp_path / "out").exists()


def test_options_become_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from recode_trl import training

    seen: list[Any] = []

    def train(request: Any, *_: object) -> Any:
        seen.append(request)
        return training.Trained(tmp_path, 7, False, True, None)

    monkeypatch.setattr(training, "train", train)
    arguments = [
        *("--data", "d", "--model", "m", "--out", str(tmp_path), "--steps", "7", "--beta", "0.5"),
        *(
            "--generations",
            "4",
            "--set",
            "top_p=0.9",
            "--set",
            "run_name=a b",
            "--no-vllm",
            "--json",
        ),
        *("--set", "model_init_kwargs={}", "--reward", "format+em", "--eval-task", "pairs:d"),
    ]
    done = CliRunner().invoke(grpo, arguments, standalone_mode=False)
    assert json.loads(done.output)["steps"] == 7
    (request,) = seen
    assert request.settings == {
        **{"max_steps": 7, "beta": 0.5, "num_generations": 4, "top_p": 0.9, "run_name": "a b"},
        "model_init_kwargs": {},
    }
    assert (request.reward, request.bench.tasks, request.completions) == (
        "format+em",
        ("pairs:d",),
        None,
    )


def test_every_option_that_is_a_field_is_an_option() -> None:
    options = {option.name for option in grpo.params}
    assert set(FIELDS) <= options


def test_prompts_are_written_for_other_trainers(tmp_path: Path) -> None:
    from recode_trl.prompts_command import prompts

    data = write_toy_data(tmp_path / "pairs")
    arguments = ["--data", str(data), "--out", str(tmp_path / "prompts"), "--prompt", "docs"]
    done = CliRunner().invoke(prompts, arguments, standalone_mode=False)
    assert done.stdout == "test: 6 prompts\ntrain: 18 prompts\n"
    rows = pq.read_table(tmp_path / "prompts" / "test.parquet").to_pylist()
    assert {row["id"] for row in rows} == {pair.id for pair in toy_pairs() if pair.split == "test"}
    assert rows[0]["prompt"][0]["role"] == "user"

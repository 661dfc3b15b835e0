"""Rows and reward as verl reads and calls them: by file path, by keyword, from threads.

As in verl 0.9: its `RLHFDataset` takes these columns, and its reward loader imports the file named
by `reward.custom_reward_function.path` under a name of its own.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from recode_verl import dataset
from recode_verl.dataset import write_verl

from recode_bench.scoring.warm import warm_sandboxes
from recode_data.errors import UsageError
from recode_data.publish import pair_row
from recode_data.records import MigrationPair
from tests.adapters.recode_trl.toy_model import toy_pairs, write_toy_data
from tests.making import make_pair
from tests.recode_bench.scoring.test_rewards import answer
from tests.runnable_pairs import empty_workspace, square_root_pair


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A function of the reward's file, as `load_extern_object` of verl gives it."""
    path = Path(dataset.__file__).with_name("reward.py")
    spec = importlib.util.spec_from_file_location("custom_module_1", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "custom_module_1", module)
    spec.loader.exec_module(module)
    return lambda name="compute_score", **settings: partial(getattr(module, name), **settings)


def called_as_verl_does(score: Callable[..., Any], solution: str, row: dict[str, Any]) -> Any:
    extra = {**row["extra_info"], "num_turns": 2, "rollout_reward_scores": {}}
    return score(
        data_source=row["data_source"],
        solution_str=solution,
        ground_truth=row["reward_model"]["ground_truth"],
        extra_info=extra,
        reward_router_address=None,
        reward_model_tokenizer=None,
    )


def rows_of(pairs: list[MigrationPair], folder: Path) -> list[dict[str, Any]]:
    write_verl(pairs, folder)
    rows: list[dict[str, Any]] = pq.read_table(folder / "train.parquet").to_pylist()
    return rows


def test_rows_have_verls_columns(tmp_path: Path) -> None:
    (row,) = rows_of([make_pair()], tmp_path)
    assert set(row) == {"data_source", "prompt", "ability", "reward_model", "extra_info"}
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert row["reward_model"]["style"] == "rule"
    truth = json.loads(row["reward_model"]["ground_truth"])
    assert truth == pair_row(make_pair())
    assert row["extra_info"]["index"] == 0


def test_each_split_is_a_file(tmp_path: Path) -> None:
    data = write_toy_data(tmp_path / "pairs")
    arguments = ["--data", str(data), "--out", str(tmp_path / "verl"), "--prompt", "docs"]
    done = CliRunner().invoke(dataset.main, arguments)
    assert done.output == "test: 6 rows\ntrain: 18 rows\n"
    assert len(pq.read_table(tmp_path / "verl" / "test.parquet")) == 6
    assert len(toy_pairs()) == 24


def test_the_score_is_that_of_the_mix(load: Callable[..., Any], tmp_path: Path) -> None:
    pair = make_pair()
    (row,) = rows_of([pair], tmp_path)
    good = called_as_verl_does(load(), answer(pair.new_code), row)
    assert good == {"score": 3.0, "acc": 0.0, "unscored": 0.0, "format": 1.0, "es_star": 2.0}
    other = called_as_verl_does(load(reward="2*em_star"), answer(pair.old_code), row)
    assert (other["score"], other["acc"]) == (-3.0, 0.0)
    assert called_as_verl_does(load(reward="em_star"), answer(pair.new_code), row)["acc"] == 1.0


def test_a_mix_that_is_none_is_refused(load: Callable[..., Any], tmp_path: Path) -> None:
    (row,) = rows_of([make_pair()], tmp_path)
    with pytest.raises(UsageError):
        called_as_verl_does(load(reward="bleu"), "x", row)


@pytest.mark.parametrize(
    "truth", ["", "null", "[]", "{", "[" * 100_000, '{"new_code": 3}', None, "\0"]
)
@pytest.mark.parametrize("mix", ["format+es_star", "format+execution"])
def test_what_cannot_be_scored_is_marked(truth: Any, mix: str, load: Callable[..., Any]) -> None:
    """verl has no None: a number it must be, and every key with it."""
    row = {"data_source": "", "reward_model": {"ground_truth": truth}, "extra_info": {}}
    found = called_as_verl_does(load(reward=mix), answer("x = 1"), row)
    assert (found["score"], found["unscored"], found["acc"]) == (0.0, 1.0, 0.0)
    assert set(found) == {"score", "acc", "unscored", *mix.split("+")}


@pytest.mark.sandbox
def test_code_is_run_from_threads_and_in_batches(
    load: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECODE_CACHE", str(tmp_path / "cache"))
    pair = square_root_pair(empty_workspace(tmp_path / "cache"))
    rows = rows_of([pair] * 4, tmp_path)
    codes = [pair.new_code, pair.old_code, "x = 1", pair.new_code]
    solutions = [answer(code) for code in codes]
    score = load(reward="execution")
    with ThreadPoolExecutor(4) as threads:
        single = list(threads.map(partial(called_as_verl_does, score), solutions, rows))
    assert [each["score"] for each in single] == [1.0, 0.0, 0.0, 1.0]
    batch = load("compute_scores", reward="execution")(
        data_sources=["recode"] * 4,
        solution_strs=solutions,
        ground_truths=[row["reward_model"]["ground_truth"] for row in rows],
        extra_infos=[row["extra_info"] for row in rows],
    )
    assert batch == single
    warm_sandboxes(False).close()

"""Real training on the CPU, through the public command: a model made from nothing learns renames.

SFT leaves it answering with the old name 7 times of 10. GRPO and DAPO then see rewards only, on
rows whose argument is never the held-out one, and what counts is sampled on held-out rows.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from recode_bench.metrics import Estimate, mean_interval
from recode_bench.models.completing import Request, Sampling
from recode_bench.models.transformers import TransformersModel
from recode_bench.prompts import load_template, pair_values, render
from recode_bench.scoring import rewards
from tests.adapters.recode_trl.running import command, done, recode_train, rl_arguments, variables
from tests.adapters.recode_trl.toy_model import (
    make_model,
    toy_pairs,
    write_template,
    write_toy_data,
    write_warm_up_data,
)

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::FutureWarning:transformers"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

SAMPLES = 16
"""Of each held-out row: 96 in all, so that the interval of a share is at most ± 0.1."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pairs, a prompt, and a model that keeps the old name most of the time."""
    folder = tmp_path_factory.mktemp("toy")
    make_model(folder / "model")
    write_toy_data(folder / "pairs")
    write_warm_up_data(folder / "warm", wrong_of_ten=7)
    write_template(folder)
    done(
        *("sft", "--data", folder / "warm", "--model", folder / "model", "--out", folder / "sft"),
        *("--prompt", folder / "toy.txt", "--full", "--steps", 150, "--batch", 32),
        *("--per-device", 32, "--learning-rate", 5e-3, "--set", "save_strategy=no", "--json"),
    )
    return folder


def held_out_share(model: Path, folder: Path) -> Estimate:
    """Share of right answers, sampled on the rows that were not trained on."""
    import torch

    torch.set_num_threads(1)
    policy = TransformersModel(str(model), batch_size=96)
    template = load_template("pairs", str(folder / "toy.txt"))
    targets = {pair.id: pair for pair in toy_pairs() if pair.split == "test"}
    requests = [
        Request(pair.id, sample, render(template, pair_values(pair)))
        for pair in targets.values()
        for sample in range(SAMPLES)
    ]
    completions = list(policy.complete(requests, Sampling(temperature=1.0, max_tokens=16)))
    earned = rewards.em_star(
        [completion.text for completion in completions],
        [targets[completion.problem_id].new_code for completion in completions],
    )
    estimate = mean_interval([float(value == 2.0) for value in earned])
    assert estimate is not None
    return estimate


def state_of(out: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((out / "trainer_state.json").read_text(encoding="utf-8"))
    return state


def check_rises(method: str, seed: int, steps: int, folder: Path, out: Path) -> None:
    """The intervals before and after do not touch, by a margin."""
    done(*rl_arguments(method, folder, out, seed=seed, steps=steps))
    before, after = held_out_share(folder / "sft", folder), held_out_share(out, folder)
    assert after.low > before.high + 0.1, (before, after)


def test_grpo_raises_the_reward_on_held_out_rows(folder: Path, tmp_path: Path) -> None:
    check_rises("grpo", 0, 16, folder, tmp_path / "out")
    logged = [
        entry["reward"] for entry in state_of(tmp_path / "out")["log_history"] if "reward" in entry
    ]
    assert len(logged) == 16
    assert sum(logged[-4:]) / 4 > sum(logged[:4]) / 4 + 0.5


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("method", ["grpo", "dapo"])
def test_either_method_raises_it_for_any_seed(
    method: str, seed: int, folder: Path, tmp_path: Path
) -> None:
    check_rises(method, seed, 24, folder, tmp_path / "out")


@pytest.mark.slow
def test_a_killed_training_goes_on_from_its_last_checkpoint(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = [*rl_arguments("grpo", folder, out, seed=3, steps=24), "--save-every", 4]
    with subprocess.Popen(
        command(*arguments),
        env=variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        deadline = time.monotonic() + 200
        while not (out / "checkpoint-8" / "trainer_state.json").is_file():
            assert running.poll() is None, "ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGKILL)
    torn = out / "checkpoint-999"  # as left by a kill while it is being written
    torn.mkdir()
    (torn / "trainer_state.json").write_text('{"global_step": 99', encoding="utf-8")

    refused = recode_train(*arguments)
    assert refused.returncode == 2
    assert "--resume" in refused.stderr
    resumed = recode_train(*arguments, "--resume")
    assert resumed.returncode == 0, resumed.stderr[-3000:]
    assert re.search(r"going on from checkpoint-(8|12|16|20|24)\b", resumed.stderr)
    steps = [entry["step"] for entry in state_of(out)["log_history"] if "reward" in entry]
    assert steps == list(range(1, 25)), "each step once, none lost"
    assert held_out_share(out, folder).value > 0.7

    other = recode_train(*arguments, "--resume", "--reward", "es_star")
    assert other.returncode == 2
    assert "reward was 'em_star'" in other.stderr

"""The benchmark during training: metrics logged, the best step kept, an end when nothing improves."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recode_bench.scoring.warm import warm_sandboxes
from recode_data.records import MigrationPair
from tests.adapters.recode_trl.running import done
from tests.adapters.recode_trl.toy_model import make_model, write_template
from tests.built_datasets import write_built
from tests.runnable_pairs import control_pair, empty_workspace, square_root_pair

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning:transformers"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def steps_of(scores: list[float | None], patience: int | None, tmp_path: Path) -> list[Any]:
    """(step, saved, stopped, best step) after each evaluation; the first score is before training."""
    from recode_trl.callback import BenchCallback, BenchTask

    callback = BenchCallback(
        [BenchTask("pairs:x", None)],  # type: ignore[arg-type]  # nothing is asked of it
        tmp_path,
        every=5,
        patience=patience,
    )
    state = SimpleNamespace(global_step=0, log_history=[], best_metric=None, best_global_step=None)
    waiting = iter(scores)

    def log(state: Any) -> None:
        score = next(waiting)
        logged = {} if score is None else {callback.watched: score}
        state.log_history.append({**logged, "step": state.global_step})

    callback._evaluate = log  # type: ignore[method-assign]  # what the model answers is given
    callback.on_train_begin(None, state, None)
    seen: list[Any] = []
    for step in range(1, 5 * len(scores)):
        control = SimpleNamespace(should_save=False, should_training_stop=False)
        state.global_step = step
        callback.on_step_end(None, state, control)
        if step % 5 == 0:
            seen.append((control.should_save, control.should_training_stop, state.best_global_step))
        else:
            assert not control.should_save
    return seen


@pytest.mark.parametrize(
    ("scores", "patience", "expected"),
    [
        pytest.param([0.1, 0.2, 0.3], None, [(True, False, 5), (True, False, 10)], id="rises"),
        pytest.param([0.1, 0.3, 0.2], None, [(True, False, 5), (False, False, 5)], id="falls back"),
        pytest.param([0.5, 0.1, 0.5], None, [(False, False, None)] * 2, id="never better"),
        pytest.param(
            [0.1, 0.3, 0.3, 0.2],
            2,
            [(True, False, 5), (False, False, 5), (False, True, 5)],
            id="patience: an equal score is no better one",
        ),
        pytest.param(
            [None, None, 0.1], 1, [(False, False, None), (True, False, 10)], id="unscored"
        ),
    ],
)
def test_what_the_scores_decide(
    scores: list[float | None], patience: int | None, expected: list[Any], tmp_path: Path
) -> None:
    assert steps_of(scores, patience, tmp_path) == expected


def test_numbers_of_a_results_file_that_a_log_has_room_for() -> None:
    from recode_trl.callback import scalars

    estimate = {"value": 0.25, "low": 0.1, "high": 0.5, "count": 8, "method": "wilson"}
    metrics: Any = {
        "pass@1": estimate,
        "over_migration_rate": None,
        "unscored": 3,
        "reasons": {"ok": 2},
        "means": {"es": {**estimate, "value": -1.0}},
    }
    assert scalars(metrics) == {"pass@1": 0.25, "unscored": 3.0, "es": -1.0}


@pytest.fixture
def runnable(tmp_path: Path) -> tuple[Path, list[MigrationPair]]:
    """A dataset whose rows can be run, and a tiny model that answers none of them."""
    workspace = empty_workspace(tmp_path / "cache")
    pairs = [square_root_pair(workspace), control_pair(workspace)]
    write_built(tmp_path / "pairs", pairs)
    make_model(tmp_path / "model")
    write_template(tmp_path)
    warm_sandboxes(False).close()
    return tmp_path, pairs


@pytest.mark.sandbox
def test_a_training_with_execution_and_benchmark(
    runnable: tuple[Path, list[MigrationPair]],
) -> None:
    """Environments, sandbox, reward, benchmark, early end: all of it by the public command."""
    folder, pairs = runnable
    out = folder / "out"
    arguments: list[object] = [
        *("dapo", "--data", folder / "pairs", "--model", folder / "model", "--out", out),
        *("--prompt", folder / "toy.txt", "--reward", "format+2*execution+copy_relative"),
        *("--steps", 8, "--batch", 8, "--per-device", 8, "--max-completion", 8, "--log-every", 1),
        *("--eval-task", f"pairs:{folder / 'pairs'}", "--eval-every", 2, "--patience", 2),
        *("--no-dynamic-sampling", "--overlong", 4, "--cache", folder / "cache", "--json"),
        *("--set", "save_strategy=no", "--set", "log_completions=true"),
    ]
    result = json.loads(done(*arguments))
    assert result == {"out": str(out), "steps": 4, "best": None, "interrupted": False}
    history = json.loads((out / "trainer_state.json").read_text(encoding="utf-8"))["log_history"]
    benchmarks = [entry for entry in history if "bench/pairs/pass@1" in entry]
    assert [entry["step"] for entry in benchmarks] == [0, 2, 4]
    assert benchmarks[0]["bench/pairs/over_migration_rate"] == 1.0
    first = next(entry for entry in history if "reward" in entry)
    assert first["rewards/execution/mean"] == 0.0
    assert first["rewards/execution/unscored"] == 0.0
    assert first["rewards/format/mean"] == -1.0
    assert -1.0 <= first["rewards/overlong/mean"] <= 0.0
    results = out / "bench" / "step-000004" / "pairs" / "results.json"
    assert json.loads(results.read_text(encoding="utf-8"))["problems"] == len(pairs)
    assert list((out / "completions").glob("*.parquet"))

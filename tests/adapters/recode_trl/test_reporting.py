"""Lines on stderr, and an end in good order."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def control() -> Any:
    return SimpleNamespace(should_save=False, should_training_stop=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_training_after_its_step(number: signal.Signals) -> None:
    from recode_trl.reporting import StopWhenTold

    before = signal.getsignal(number)
    stop = StopWhenTold()
    stop.on_train_begin(None, None, None)
    quiet, told = control(), control()
    stop.on_step_end(None, None, quiet)
    os.kill(os.getpid(), number)
    stop.on_step_end(None, None, told)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    stop.on_train_end(None, None, None)
    assert not quiet.should_save
    assert not quiet.should_training_stop
    assert told.should_save
    assert told.should_training_stop
    assert signal.getsignal(number) == before


def test_a_log_entry_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    from recode_trl.reporting import ProgressLines

    state = SimpleNamespace(global_step=3, max_steps=9, is_world_process_zero=True)
    logs = {
        "reward": 0.123456,
        "entropy": 2.0,
        "completions/mean_length": 12.0,
        "rewards/format/mean": 1.0,
        "rewards/format/std": 0.0,
        "bench/pairs/pass@1": 0.5,
        "bench/pairs/es": 0.1,
    }
    lines = ProgressLines()
    lines.on_log(None, state, None, logs)
    lines.on_log(None, state, None, {"entropy": 1.0})
    lines.on_log(None, SimpleNamespace(is_world_process_zero=False), None, logs)
    shown = capsys.readouterr()
    expected = "reward 0.1235, mean_length 12, rewards/format/mean 1, bench/pairs/pass@1 0.5"
    assert shown.err == f"step 3/9: {expected}\n"
    assert shown.out == ""

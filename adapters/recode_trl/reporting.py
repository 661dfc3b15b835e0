"""What a training says on stderr, and how it ends when it is told to."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any

import torch
from transformers import TrainerCallback

SHOWN = ("loss", "reward", "frac_reward_zero_std", "completions/mean_length", "step_time")
"""Of the many numbers of a log entry, those that fit on a line; the rest goes to `--report-to`."""


class ProgressLines(TrainerCallback):  # type: ignore[misc]  # the types of transformers are not read
    """A line on stderr for each log entry, in place of the trainer's own on stdout."""

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """The numbers that people look at."""
        if not state.is_world_process_zero or not logs:
            return
        shown = [
            f"{name.rpartition('/')[2] if name.startswith('completions') else name} {value:.4g}"
            for name, value in logs.items()
            if isinstance(value, (int, float)) and is_shown(name)
        ]
        if shown:
            sys.stderr.write(f"step {state.global_step}/{state.max_steps}: {', '.join(shown)}\n")


def is_shown(name: str) -> bool:
    """Whether a metric goes onto the progress line."""
    if name.startswith(("rewards/", "bench/")):
        return name.endswith(("/mean", "/unscored", "pass@1", "over_migration_rate"))
    return name in SHOWN


class StopWhenTold(TrainerCallback):  # type: ignore[misc]  # the types of transformers are not read
    """On SIGINT or SIGTERM: finish the step, save, end; a second signal ends at once."""

    def __init__(self) -> None:
        self.told = False
        self._before: dict[int, Any] = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.told:
            raise KeyboardInterrupt
        self.told = True
        sys.stderr.write("ending after this step; once more to end at once\n")

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Listen from now on."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._note)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Save and stop, if any of the processes that train together was told to."""
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            told = torch.tensor(int(self.told), device=args.device)
            torch.distributed.all_reduce(told, op=torch.distributed.ReduceOp.MAX)
            self.told = bool(told)
        if self.told:
            control.should_save = True
            control.should_training_stop = True

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Leave signals to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

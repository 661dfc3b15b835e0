"""GRPOTrainer as TRL has it, but completions are drawn by the policy itself, and sooner.

TRL 1.16 generates with the model in training mode: with the adapter's dropout, and with what DoRA
makes of its weights (the product of its two matrices, the norm of each row) made anew for every
token. It also leaves attention to cuDNN, see `recode_bench.models.transformers.for_generating`.

`GRPOTrainer._generate_single_turn` is the only place where that can be changed: it is TRL's own,
and may change with any release (`tests/adapters/recode_trl` runs it).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from trl import GRPOTrainer

from recode_bench.models.transformers import for_generating


class SteadyTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL's types are not read
    """GRPOTrainer that generates in evaluation mode."""

    def _generate_single_turn(self, *given: Any, **more: Any) -> Any:
        if self.use_vllm:  # which has weights of its own
            return super()._generate_single_turn(*given, **more)
        with steady(self.model):
            return super()._generate_single_turn(*given, **more)


@contextmanager
def steady(model: Any) -> Iterator[None]:
    """The model in evaluation mode, with what suits one token at a time."""
    training = model.training
    model.eval()
    try:
        with for_generating(model):
            yield
    finally:
        model.train(training)  # which also forgets what was kept

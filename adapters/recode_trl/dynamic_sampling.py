"""DAPO's dynamic sampling for TRL: groups that teach nothing are replaced by other prompts.

A group whose completions all earn the same has no advantage and no gradient. TRL 1.16 trains on it
all the same, so the batch that counts is smaller than it looks. Here, as in verl's group filter,
other prompts are drawn until each group differs within itself, at most `ATTEMPTS` times.

`GRPOTrainer._generate_and_score_completions` is the only place where that can be done: it is TRL's
own, and may change with any release (`tests/adapters/recode_trl` runs it).
"""

from __future__ import annotations

import random
from typing import Any

import torch

from recode_trl.generating import SteadyTrainer

ATTEMPTS = 10
"""Generations per batch, the first included (`max_num_gen_batches` in the published DAPO script)."""

LEFT_PADDED = ("prompt_ids", "prompt_mask")
Batch = dict[str, Any]
"""What TRL makes of a generation: a tensor per name, the first dimension over completions."""


class DynamicSamplingTrainer(SteadyTrainer):
    """A trainer that trains on groups with different rewards only, as far as there are any."""

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> Batch:
        batch: Batch = super()._generate_and_score_completions(inputs)
        if not self.model.training:
            return batch
        size = self.num_generations
        if len(inputs) % size:
            raise ValueError(
                f"dynamic sampling needs whole groups on each process: {len(inputs)} completions "
                f"there are no multiple of {size}"
            )
        attempts = 1
        flat = flat_groups(batch["advantages"], size)
        # Every process takes part in each attempt: generating and scoring gather over all of them.
        while attempts < ATTEMPTS and self._flat_anywhere(flat):
            fresh: Batch = super()._generate_and_score_completions(
                self._other_prompts(len(inputs) // size, attempts)
            )
            attempts += 1
            useful = [
                group
                for group in range(len(inputs) // size)
                if group not in flat_groups(fresh["advantages"], size)
            ]
            taken = dict(zip(flat, useful, strict=False))
            batch = replace_groups(batch, fresh, taken, size, self._tokenizer.pad_token_id)
            flat = [group for group in flat if group not in taken]
        mask = batch["completion_mask"]
        batch["num_items_in_batch"] = self.accelerator.gather(mask.sum()).sum()
        self._metrics["train"]["dynamic_sampling/attempts"].append(float(attempts))
        self._metrics["train"]["dynamic_sampling/flat_groups"].append(float(len(flat)))
        return batch

    def _flat_anywhere(self, flat: list[int]) -> bool:
        count = torch.tensor(len(flat), device=self.accelerator.device)
        return bool(self.accelerator.gather(count).sum() > 0)

    def _other_prompts(self, groups: int, attempt: int) -> list[dict[str, Any]]:
        """Random rows, each once per completion; others in each process, step and attempt."""
        seed = f"{self.args.seed} {self._step} {attempt} {self.accelerator.process_index}"
        chance = random.Random(seed)  # noqa: S311 - a sample, nothing secret
        rows = [chance.randrange(len(self.train_dataset)) for _ in range(groups)]
        return [dict(self.train_dataset[row]) for row in rows for _ in range(self.num_generations)]


def flat_groups(advantages: torch.Tensor, size: int) -> list[int]:
    """Indices of groups of `size` in which no completion has an advantage over another."""
    differs = (advantages.view(-1, size).abs() > 1e-6).any(dim=1)
    return [index for index, each in enumerate(differs.tolist()) if not each]


def replace_groups(
    batch: Batch, fresh: Batch, taken: dict[int, int], size: int, pad_token_id: int
) -> Batch:
    """The batch with some groups from another one, padded to a common length.

    Args:
        batch: Whose groups are replaced.
        fresh: Where the new ones come from.
        taken: Group in `batch` to group in `fresh`.
        size: Completions per group.
        pad_token_id: For token ids; everything else is padded with 0, which is masked.
    """
    if not taken:
        return batch
    merged: Batch = {}
    for name, value in batch.items():
        other = fresh[name]
        if not isinstance(value, torch.Tensor) or value.dim() == 0:
            merged[name] = value
            continue
        if value.dim() > 1:
            width = max(value.size(1), other.size(1))
            filler = pad_token_id if name in ("prompt_ids", "completion_ids") else 0
            left = name in LEFT_PADDED
            value, other = (_padded(each, width, filler, left) for each in (value, other))
        value = value.clone()
        for old, new in taken.items():
            value[old * size : (old + 1) * size] = other[new * size : (new + 1) * size]
        merged[name] = value
    return merged


def _padded(values: torch.Tensor, width: int, filler: int, left: bool) -> torch.Tensor:
    missing = width - values.size(1)
    sides = (missing, 0) if left else (0, missing)
    return torch.nn.functional.pad(values, sides, value=filler)

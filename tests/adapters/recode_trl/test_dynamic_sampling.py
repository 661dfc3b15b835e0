"""Groups that teach nothing are found, and replaced by whole groups of another batch."""

from __future__ import annotations

import pytest

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
PAD = 99


def test_a_group_is_flat_if_no_completion_has_an_advantage() -> None:
    import torch
    from recode_trl.dynamic_sampling import flat_groups

    advantages = torch.tensor([0.0, 0.0, 1.0, -1.0, 0.0, 1e-9, 0.0, 0.5])
    assert flat_groups(advantages, 2) == [0, 2]
    assert flat_groups(advantages, 4) == []


def test_replaced_groups_are_padded_to_a_common_length() -> None:
    """Prompts on the left, completions on the right; only ids by the padding token."""
    import torch
    from recode_trl.dynamic_sampling import replace_groups

    batch = {
        "prompt_ids": torch.tensor([[1, 1], [1, 1], [2, 2], [2, 2]]),
        "prompt_mask": torch.ones(4, 2),
        "completion_ids": torch.tensor([[3], [3], [4], [4]]),
        "completion_mask": torch.ones(4, 1),
        "advantages": torch.tensor([0.0, 0.0, 1.0, -1.0]),
        "num_items_in_batch": torch.tensor(4),
    }
    fresh = {
        "prompt_ids": torch.tensor([[5, 5, 5], [5, 5, 5], [6, 6, 6], [6, 6, 6]]),
        "prompt_mask": torch.ones(4, 3),
        "completion_ids": torch.tensor([[7, 7], [7, 7], [8, 8], [8, PAD]]),
        "completion_mask": torch.tensor([[1, 1], [1, 1], [1, 1], [1, 0]]),
        "advantages": torch.tensor([0.0, 0.0, 0.5, -0.5]),
        "num_items_in_batch": torch.tensor(7),
    }
    merged = replace_groups(batch, fresh, {0: 1}, 2, PAD)
    assert merged["prompt_ids"].tolist() == [[6, 6, 6], [6, 6, 6], [PAD, 2, 2], [PAD, 2, 2]]
    assert merged["prompt_mask"].tolist() == [[1, 1, 1], [1, 1, 1], [0, 1, 1], [0, 1, 1]]
    assert merged["completion_ids"].tolist() == [[8, 8], [8, PAD], [4, PAD], [4, PAD]]
    assert merged["completion_mask"].tolist() == [[1, 1], [1, 0], [1, 0], [1, 0]]
    assert merged["advantages"].tolist() == [0.5, -0.5, 1.0, -1.0]
    assert batch["prompt_ids"].tolist()[0] == [1, 1], "the batch itself stays as it was"
    assert replace_groups(batch, fresh, {}, 2, PAD) is batch

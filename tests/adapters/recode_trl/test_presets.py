"""The presets are the published settings, and say what does not fit together."""

from __future__ import annotations

from typing import Any

import pytest
from recode_trl.presets import recode_dapo, recode_grpo, recode_sft

from recode_data.errors import UsageError

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning:transformers"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def check_settings(args: Any, **expected: object) -> None:
    found = {name: getattr(args, name) for name in expected}
    assert found == expected


def test_grpo_is_the_published_run() -> None:
    setup = recode_grpo()
    check_settings(
        setup.args,
        loss_type="grpo",
        beta=0.001,
        use_bias_correction_kl=False,
        epsilon=0.2,
        epsilon_high=None,
        scale_rewards="group",
        num_generations=8,
        generation_batch_size=8,
        max_steps=5000,
        learning_rate=5e-5,
        warmup_steps=150,
        max_completion_length=1024,
        temperature=1.0,
        mask_truncated_completions=False,
        seed=42,
        save_steps=100,
    )
    assert setup.args.lr_scheduler_type == "cosine"
    lora: Any = setup.peft_config
    assert (lora.r, lora.lora_alpha, lora.lora_dropout, lora.use_dora) == (64, 64, 0.01, True)


def test_dapo_is_the_published_run() -> None:
    setup = recode_dapo(processes=2)
    check_settings(
        setup.args,
        loss_type="dapo",
        beta=0.0,
        epsilon=0.2,
        epsilon_high=0.28,
        delta=10.0,
        learning_rate=1e-6,
        warmup_steps=10,
        weight_decay=0.1,
        max_grad_norm=1.0,
        num_generations=8,
        max_steps=10_000,
        temperature=1.0,
        top_p=1.0,
        generation_batch_size=64,
    )
    assert setup.args.lr_scheduler_type == "constant_with_warmup"
    assert setup.peft_config is None


def test_sft_learns_the_answer_alone() -> None:
    setup = recode_sft()
    check_settings(setup.args, completion_only_loss=True, max_length=3072, num_train_epochs=3.0)


@pytest.mark.parametrize(
    ("processes", "completions", "at_a_time", "accumulated"),
    [(1, 8, 4, 2), (2, 8, 4, 1), (8, 8, 1, 1), (1, 6, 3, 2), (4, 64, 4, 4), (1, 7, 1, 7)],
)
def test_completions_per_step_are_shared(
    processes: int, completions: int, at_a_time: int, accumulated: int
) -> None:
    args = recode_sft(processes=processes, completions=completions).args
    assert args.per_device_train_batch_size == at_a_time
    assert args.gradient_accumulation_steps == accumulated


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda: recode_grpo(completions=12), "8 per prompt", id="G and batch"),
        pytest.param(lambda: recode_grpo(num_generations=1), "2 or more", id="one of a group"),
        pytest.param(lambda: recode_grpo(processes=3), "shared equally by 3", id="processes"),
        pytest.param(
            lambda: recode_grpo(per_device_train_batch_size=3), "no multiple of 3", id="per device"
        ),
        pytest.param(lambda: recode_grpo(max_prompt_length=9), "max_prompt_length", id="no field"),
        pytest.param(lambda: recode_sft(beta=0.1), "SFTConfig refuses", id="a field of GRPO only"),
    ],
)
def test_what_does_not_fit_is_a_usage_error(make: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make()


def test_anything_may_be_overridden() -> None:
    args = recode_grpo("elsewhere", lora=False, beta=0.0, num_generations=4, max_steps=3).args
    check_settings(args, output_dir="elsewhere", beta=0.0, num_generations=4, max_steps=3)


def test_without_an_accelerator_the_cpu_is_used_in_32_bits() -> None:
    import torch

    if torch.accelerator.is_available():
        pytest.skip("needs a machine without an accelerator")
    check_settings(recode_grpo().args, use_cpu=True, bf16=False, gradient_checkpointing=False)

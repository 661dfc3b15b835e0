"""The settings of ReCode's training runs in the words of TRL 1.16, and SFT for comparison.

Read in the published scripts. What the two libraries call differently, or do by default:

1. TRL's default loss is DAPO's now; GRPO has to be asked for. `use_bias_correction_kl` would change
   the gradient of the KL term.
2. ReCode's GRPO run has one prompt per optimizer step: 8 completions, on 2 GPUs with 4 each.
3. verl counts a training step per 64 completions (8 prompts), in two optimizer steps of 32; TRL
   counts optimizer steps, so 5,000 there are 10,000 here.
4. `delta` bounds the ratio where the advantage is negative, as verl's `clip_ratio_c` does.
5. DAPO's dynamic sampling is not in TRL: `recode_trl.dynamic_sampling`. Its overlong punishment was
   off in ReCode's run.
6. TRL has no limit for prompts: `build_prompts` leaves out those over `MAX_PROMPT_TOKENS`.
7. Nobody published the SFT settings of the paper's comparison; those here are ours: the adapter of
   the GRPO run, three epochs, loss on the answer alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from recode_data.errors import UsageError

if TYPE_CHECKING:
    from peft import LoraConfig
    from trl import GRPOConfig, SFTConfig

PAPER_REWARD = "format+es_star"
"""Two reward functions of equal weight (section 3.3)."""
MAX_PROMPT_TOKENS = 2048
MAX_COMPLETION_TOKENS = 1024
GENERATIONS = 8
MOST_PER_DEVICE = 4
"""Completions that one device works on at a time, as in both published scripts."""
GRPO_COMPLETIONS, DAPO_COMPLETIONS, SFT_ROWS = 8, 32, 16
"""Per optimizer step, over all devices."""
DAPO_STEPS_PER_GENERATION = 2
"""Optimizer steps that share the completions of one generation."""

RECODE_GRPO: Mapping[str, Any] = {
    "loss_type": "grpo",
    "beta": 0.001,
    "use_bias_correction_kl": False,
    "epsilon": 0.2,
    "scale_rewards": "group",
    "num_generations": GENERATIONS,
    "max_completion_length": MAX_COMPLETION_TOKENS,
    "temperature": 1.0,
    "mask_truncated_completions": False,
    "learning_rate": 5e-5,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 150,
    "max_steps": 5000,
    "save_steps": 100,
    "seed": 42,
}

RECODE_DAPO: Mapping[str, Any] = {
    "loss_type": "dapo",
    "beta": 0.0,
    "epsilon": 0.2,
    "epsilon_high": 0.28,
    "delta": 10.0,
    "scale_rewards": "group",
    "num_generations": GENERATIONS,
    "max_completion_length": MAX_COMPLETION_TOKENS,
    "temperature": 1.0,
    "top_p": 1.0,
    "mask_truncated_completions": False,
    "learning_rate": 1e-6,
    "lr_scheduler_type": "constant_with_warmup",
    "warmup_steps": 10,
    "weight_decay": 0.1,
    "max_grad_norm": 1.0,
    "max_steps": 10_000,
    "save_steps": 1000,
    "seed": 42,
}

RECODE_SFT: Mapping[str, Any] = {
    "learning_rate": 5e-5,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 0.03,
    "num_train_epochs": 3.0,
    "max_length": MAX_PROMPT_TOKENS + MAX_COMPLETION_TOKENS,
    "completion_only_loss": True,
    "save_steps": 100,
    "seed": 42,
}

RECODE_LORA: Mapping[str, Any] = {
    "r": 64,
    "lora_alpha": 64,
    "lora_dropout": 0.01,
    "use_dora": True,
    "task_type": "CAUSAL_LM",
}


class Setup(NamedTuple):
    """What a trainer is made with."""

    args: GRPOConfig | SFTConfig
    peft_config: LoraConfig | None


def recode_grpo(
    output_dir: str = "recode-grpo",
    *,
    processes: int = 1,
    completions: int = GRPO_COMPLETIONS,
    lora: bool = True,
    **overrides: Any,
) -> Setup:
    """ReCode's GRPO run: a DoRA adapter of rank 64.

    Args:
        output_dir: Where checkpoints go.
        processes: That train together, one per device.
        completions: Per optimizer step, over all processes.
        lora: Train an adapter; else all parameters.
        overrides: Any field of GRPOConfig.

    Raises:
        UsageError: sizes that do not divide each other, or an override that is no such field.
    """
    return _grpo(RECODE_GRPO, output_dir, processes, completions, 1, lora, overrides)


def recode_dapo(
    output_dir: str = "recode-dapo",
    *,
    processes: int = 1,
    completions: int = DAPO_COMPLETIONS,
    lora: bool = False,
    **overrides: Any,
) -> Setup:
    """ReCode's DAPO run: all parameters, token-level loss, no KL; 64 completions at a time.

    Args:
        output_dir: Where checkpoints go.
        processes: That train together, one per device.
        completions: Per optimizer step, over all processes; twice as many are generated at a time.
        lora: Train an adapter; else all parameters.
        overrides: Any field of GRPOConfig.

    Raises:
        UsageError: sizes that do not divide each other, or an override that is no such field.
    """
    share = DAPO_STEPS_PER_GENERATION
    return _grpo(RECODE_DAPO, output_dir, processes, completions, share, lora, overrides)


def recode_sft(
    output_dir: str = "recode-sft",
    *,
    processes: int = 1,
    completions: int = SFT_ROWS,
    lora: bool = True,
    **overrides: Any,
) -> Setup:
    """Supervised training on the same rows, to compare with.

    Args:
        output_dir: Where checkpoints go.
        processes: That train together, one per device.
        completions: Rows per optimizer step, over all processes.
        lora: Train an adapter; else all parameters.
        overrides: Any field of SFTConfig.

    Raises:
        UsageError: sizes that do not divide each other, or an override that is no such field.
    """
    from trl import SFTConfig

    settings = {**RECODE_SFT, **machine_settings(lora), **_batch(completions, processes, overrides)}
    return _setup(SFTConfig, output_dir, settings, lora, overrides)


def machine_settings(lora: bool) -> dict[str, Any]:
    """What depends on whether there is an accelerator.

    All parameters are trained in 32 bits under bfloat16 autocast: with a learning rate of 1e-6 most
    updates are smaller than what 16 bits can hold. Frozen weights under an adapter need no more.
    """
    import torch

    if not torch.accelerator.is_available():
        return {
            "use_cpu": True,
            "bf16": False,
            "gradient_checkpointing": False,
            "dataloader_pin_memory": False,
            "model_init_kwargs": {"dtype": "float32"},
        }
    return {"bf16": True, "model_init_kwargs": {"dtype": "bfloat16" if lora else "float32"}}


def _grpo(
    preset: Mapping[str, Any],
    output_dir: str,
    processes: int,
    completions: int,
    steps_per_generation: int,
    lora: bool,
    overrides: Mapping[str, Any],
) -> Setup:
    from trl import GRPOConfig

    batch = _batch(completions, processes, overrides)
    generated = completions * steps_per_generation
    generations = overrides.get("num_generations", preset["num_generations"])
    if generations < 2 or generated % generations:
        raise UsageError(
            f"{generated} completions are generated at a time, which is no multiple of "
            f"{generations} per prompt (2 or more); with {generations} per prompt, choose "
            f"{generations}, {2 * generations}, {3 * generations}, … completions per step"
        )
    batch["generation_batch_size"] = generated
    settings = {**preset, **machine_settings(lora), **batch}
    return _setup(GRPOConfig, output_dir, settings, lora, overrides)


def _batch(completions: int, processes: int, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """How many completions each process works on at a time, and how often before it steps."""
    share, rest = divmod(completions, processes)
    if rest or not share:
        raise UsageError(
            f"{completions} completions per step cannot be shared equally by {processes} processes"
        )
    chosen = overrides.get("per_device_train_batch_size")
    if chosen is not None and share % chosen:
        raise UsageError(
            f"each of {processes} processes has {share} completions per step, which is no multiple "
            f"of {chosen} at a time"
        )
    most = min(share, MOST_PER_DEVICE)
    at_a_time = chosen or max(each for each in range(1, most + 1) if share % each == 0)
    return {
        "per_device_train_batch_size": at_a_time,
        "gradient_accumulation_steps": share // at_a_time,
    }


def _setup(
    config: Any,
    output_dir: str,
    settings: Mapping[str, Any],
    lora: bool,
    overrides: Mapping[str, Any],
) -> Setup:
    from peft import LoraConfig

    try:
        args = config(output_dir=output_dir, **{"report_to": "none", **settings, **overrides})
    except (TypeError, ValueError) as error:
        raise UsageError(f"{config.__name__} refuses these settings: {error}") from error
    return Setup(args, LoraConfig(**RECODE_LORA) if lora else None)

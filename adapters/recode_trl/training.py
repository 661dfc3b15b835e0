"""The order of work of `recode-train`, for all three methods."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recode_bench.scoring.execution import BUDGET_S, PairChecker
from recode_bench.scoring.warm import warm_sandboxes
from recode_bench.tasks import TaskSettings, open_task
from recode_data.errors import EnvironmentLacksError, UsageError
from recode_data.progress import Progress
from recode_data.publish import read_pairs
from recode_data.records import JsonValue, MigrationPair
from recode_data.workspace import Workspace
from recode_trl import presets
from recode_trl.dataset import build_prompts
from recode_trl.installed import require_training_libraries
from recode_trl.prompting import Tokenizer
from recode_trl.run_folder import claimed

_LOG = logging.getLogger(__name__)

MEMORY_BYTES_PER_S = 1e10
"""Rough memory bandwidth of a CPU that one process gets: writing a token reads every weight once."""


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """What is evaluated during training."""

    tasks: tuple[str, ...] = ()
    """As in `recode-bench eval --task`."""
    every: int = 100
    limit: int | None = 64
    metric: str = "pass@1"
    patience: int | None = None


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """One training."""

    method: str
    """`sft`, `grpo` or `dapo`."""
    data: Path
    model: str
    out: Path
    prompt: str = "recode"
    split: str = "train"
    reward: str = presets.PAPER_REWARD
    max_prompt_tokens: int = presets.MAX_PROMPT_TOKENS
    completions: int | None = None
    """Per optimizer step; None for the preset's."""
    lora: bool | None = None
    """Train an adapter; None for the preset's choice."""
    dynamic_sampling: bool = True
    """DAPO only."""
    overlong_tokens: int = 0
    """Completions within so many tokens of the limit are punished, up to -1 at the limit."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Fields of GRPOConfig or SFTConfig that differ from the preset."""
    bench: BenchRequest = BenchRequest()
    resume: bool = False
    budget_s: float = BUDGET_S
    allow_weak: bool = False

    def identity(self) -> dict[str, JsonValue]:
        """What a resumed training must have in common with the one that it goes on with."""
        return {
            "method": self.method,
            "model": self.model,
            "data": str(self.data),
            "split": self.split,
            "prompt": self.prompt,
            "reward": self.reward,
        }


@dataclass(frozen=True, slots=True)
class Trained:
    """How a training ended."""

    out: Path
    steps: int
    interrupted: bool
    is_first: bool
    """This is the first of the processes that train together: the one that reports."""
    best: Path | None
    """The checkpoint with the best benchmark; None where none was run."""


def train(request: TrainRequest, workspace: Workspace, progress: Progress) -> Trained:
    """Train, and leave the model or the adapter in the output folder.

    Raises:
        EnvironmentLacksError: training libraries or an environment are missing.
        UsageError: data, model, settings or output folder do not fit.
    """
    require_training_libraries()
    first = int(os.environ.get("RANK", "0")) == 0
    with claimed(request.out, request.identity(), resume=request.resume, first=first) as checkpoint:
        pairs = _pairs_of(request)
        checker = _checker(request, workspace)
        if request.method != "sft" and "execution" in request.reward:
            checker.prepare(pairs, progress)
        tokenizer = load_tokenizer(request.model)
        if tokenizer.chat_template is None:
            progress.note(
                f"{request.model} has no chat template: it is given prompts as plain text; "
                "--prompt plain is made for such models"
            )
        trainer = _make_trainer(request, pairs, tokenizer, checker)
        _say_how_slow(trainer, progress)
        if request.resume and first:
            progress.note(
                f"going on from {checkpoint.name}"
                if checkpoint
                else "no checkpoint yet: from the start"
            )
        try:
            return _run(trainer, request, workspace, checkpoint, progress)
        finally:
            warm_sandboxes(request.allow_weak).close()


def _run(
    trainer: Any,
    request: TrainRequest,
    workspace: Workspace,
    checkpoint: Path | None,
    progress: Progress,
) -> Trained:
    import torch
    from transformers.trainer_callback import PrinterCallback, ProgressCallback

    from recode_trl.reporting import ProgressLines, StopWhenTold

    stop = StopWhenTold()
    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)
    if request.bench.tasks:
        _attach_bench(trainer, request, workspace, progress)
    trainer.add_callback(ProgressLines())
    trainer.add_callback(stop)
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except torch.OutOfMemoryError as error:
        raise EnvironmentLacksError(
            f"the device's memory does not do: {str(error).splitlines()[0]}",
            "a smaller --per-device, --max-completion or model, --lora, or more devices; --resume "
            "goes on from the last checkpoint",
        ) from error
    if not stop.told:
        trainer.save_model(str(request.out))
    trainer.save_state()
    best = trainer.state.best_model_checkpoint
    trained = Trained(
        request.out,
        trainer.state.global_step,
        stop.told,
        trainer.is_world_process_zero(),
        Path(best) if best else None,
    )
    if hasattr(trainer, "end"):  # since transformers 5.18: trackers and the process group
        trainer.end()
    return trained


def _pairs_of(request: TrainRequest) -> tuple[MigrationPair, ...]:
    pairs = read_pairs(request.data)
    chosen = tuple(pair for pair in pairs if pair.split == request.split)
    if not chosen:
        splits = ", ".join(sorted({pair.split for pair in pairs})) or "none"
        raise UsageError(f"{request.data} has no row of split {request.split!r}; it has {splits}")
    return chosen


def _checker(request: TrainRequest, workspace: Workspace) -> PairChecker:
    together = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    jobs = max(1, len(os.sched_getaffinity(0)) // together)
    return PairChecker(
        workspace, jobs=jobs, budget_s=request.budget_s, allow_weak=request.allow_weak
    )


def load_tokenizer(model: str) -> Tokenizer:
    """The model's tokenizer, able to pad on the left.

    Raises:
        UsageError: there is no such model.
    """
    from transformers import AutoTokenizer

    if (Path(model) / "adapter_config.json").is_file() and not (
        Path(model) / "config.json"
    ).is_file():
        raise UsageError(
            f"{model} is an adapter; merge it into its base model first, and give that as --model"
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
    except (OSError, ValueError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise UsageError(f"no model {model!r} here or on the Hub: {lines[0]}") from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _make_trainer(
    request: TrainRequest,
    pairs: tuple[MigrationPair, ...],
    tokenizer: Tokenizer,
    checker: PairChecker,
) -> Any:
    makers: dict[str, tuple[Callable[..., presets.Setup], int, bool]] = {
        "sft": (presets.recode_sft, presets.SFT_ROWS, True),
        "grpo": (presets.recode_grpo, presets.GRPO_COMPLETIONS, True),
        "dapo": (presets.recode_dapo, presets.DAPO_COMPLETIONS, False),
    }
    preset, completions, lora = makers[request.method]
    setup = preset(
        str(request.out),
        processes=int(os.environ.get("WORLD_SIZE", "1")),
        completions=request.completions or completions,
        lora=lora if request.lora is None else request.lora,
        **request.settings,
    )
    dataset = build_prompts(
        pairs,
        request.prompt,
        tokenizer,
        max_prompt_tokens=request.max_prompt_tokens,
        answers=request.method == "sft",
    )
    shared = {
        "model": request.model,
        "args": setup.args,
        "train_dataset": dataset,
        "processing_class": tokenizer,
        "peft_config": setup.peft_config,
    }
    try:
        if request.method == "sft":
            from trl import SFTTrainer

            # Columns beside these would be kept and padded as if they were text.
            shared["train_dataset"] = dataset.select_columns(["prompt", "completion"])
            return SFTTrainer(**shared)
        return _rl_trainer(request)(reward_funcs=_rewards(request, setup, checker), **shared)
    except (OSError, ValueError) as error:
        raise UsageError(f"training cannot start: {error}") from error


def _rl_trainer(request: TrainRequest) -> Any:
    if request.method == "dapo" and request.dynamic_sampling:
        from recode_trl.dynamic_sampling import DynamicSamplingTrainer

        return DynamicSamplingTrainer
    from recode_trl.generating import SteadyTrainer

    return SteadyTrainer


def _rewards(request: TrainRequest, setup: presets.Setup, checker: PairChecker) -> list[Any]:
    from recode_trl.rewards import guarded, load_reward

    rewards = [load_reward(request.reward, checker)]
    if request.overlong_tokens:
        from trl.rewards import get_soft_overlong_punishment

        longest = getattr(setup.args, "max_completion_length", presets.MAX_COMPLETION_TOKENS)
        punish = get_soft_overlong_punishment(longest, request.overlong_tokens)
        rewards.append(guarded(lambda **given: punish(given["completion_ids"]), "overlong"))
    return rewards


def _attach_bench(
    trainer: Any, request: TrainRequest, workspace: Workspace, progress: Progress
) -> None:
    from recode_trl.callback import BenchCallback, BenchTask

    wanted = request.bench
    settings = TaskSettings(workspace, request.allow_weak)
    tasks = [
        BenchTask(
            name,
            open_task(name, settings),
            request.prompt if name.startswith("pairs:") else None,
            wanted.limit,
            getattr(trainer.args, "max_completion_length", None),
        )
        for name in wanted.tasks
    ]
    BenchCallback(
        tasks, request.out / "bench", wanted.every, wanted.metric, wanted.patience
    ).attach(trainer, progress)


def _say_how_slow(trainer: Any, progress: Progress) -> None:
    if trainer.accelerator.device.type != "cpu" or not trainer.accelerator.is_main_process:
        return
    weights = sum(
        parameter.numel() * parameter.element_size() for parameter in trainer.model.parameters()
    )
    seconds = weights / MEMORY_BYTES_PER_S
    progress.note(
        f"no accelerator: training runs on the CPU, with {weights / 1e6:,.1f} MB of weights. "
        f"Generating takes {seconds:.2g} s per token or more (estimated from memory bandwidth); a GPU "
        "is some 100 times as fast. On a CPU only tiny models are worth training."
    )

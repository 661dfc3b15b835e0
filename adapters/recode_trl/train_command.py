"""`recode-train sft`, `grpo` and `dapo`."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from recode_data.console import cache_option, weak_option
from recode_data.errors import ExitCode, UsageError

Command = Callable[..., int]


def shared_options(function: Command) -> Command:
    """What all three methods take."""
    for option in reversed(
        (
            click.option("--data", required=True, type=click.Path(path_type=Path), help="Dataset."),
            click.option("--model", required=True, metavar="NAME_OR_PATH", help="What is trained."),
            click.option(
                "--out",
                required=True,
                type=click.Path(path_type=Path),
                help="Folder for checkpoints and the result.",
            ),
            click.option(
                "--prompt",
                default="recode",
                show_default=True,
                metavar="NAME_OR_FILE",
                help="Template: one of the bench's for pairs, or your own file.",
            ),
            click.option("--split", default="train", show_default=True, help="Rows to train on."),
            click.option("--steps", type=click.IntRange(1), help="Optimizer steps."),
            click.option(
                "--batch", type=click.IntRange(1), help="Completions per step, over all devices."
            ),
            click.option(
                "--per-device", type=click.IntRange(1), help="Completions at a time per device."
            ),
            click.option("--learning-rate", type=click.FloatRange(0, min_open=True), help="Peak."),
            click.option("--seed", type=int, help="Of data order, adapter and sampling."),
            click.option("--save-every", type=click.IntRange(1), help="Steps per checkpoint."),
            click.option("--keep", type=click.IntRange(1), help="Checkpoints; the best stays too."),
            click.option("--log-every", type=click.IntRange(1), help="Steps per log entry."),
            click.option(
                "--lora/--full",
                default=None,
                help="Train an adapter, or all parameters (default: as the preset does).",
            ),
            click.option(
                "--max-prompt", type=click.IntRange(1), help="Tokens; longer rows are left out."
            ),
            click.option("--report-to", metavar="NAME", help="wandb, tensorboard, trackio, ..."),
            click.option(
                "--set",
                "settings",
                multiple=True,
                metavar="FIELD=VALUE",
                help="Any field of TRL's configuration; VALUE as JSON, else as text.",
            ),
            click.option(
                "--eval-task",
                "tasks",
                multiple=True,
                metavar="T[:PATH]",
                help="Evaluate this task of recode-bench during training.",
            ),
            click.option(
                "--eval-every",
                type=click.IntRange(1),
                default=100,
                show_default=True,
                help="Steps.",
            ),
            click.option(
                "--eval-limit",
                type=click.IntRange(1),
                default=64,
                show_default=True,
                help="Problems of each task, the same ones every time.",
            ),
            click.option(
                "--eval-metric",
                default="pass@1",
                show_default=True,
                help="Of the first task: decides which checkpoint is best.",
            ),
            click.option(
                "--patience", type=click.IntRange(1), help="Evaluations without a better one."
            ),
            click.option("--resume", is_flag=True, help="Go on from the last checkpoint in --out."),
            click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
            weak_option,
            cache_option,
        )
    ):
        function = option(function)
    return function


def reward_options(function: Command) -> Command:
    """What the methods with rewards take besides."""
    for option in reversed(
        (
            click.option(
                "--reward",
                default="format+es_star",
                show_default=True,
                metavar="MIX",
                help="E.g. format+2*execution+copy_relative, or a function as package.module.name.",
            ),
            click.option("--generations", type=click.IntRange(2), help="Completions per prompt."),
            click.option("--max-completion", type=click.IntRange(1), help="Tokens."),
            click.option(
                "--temperature", type=click.FloatRange(0, min_open=True), help="Sampling."
            ),
            click.option("--beta", type=click.FloatRange(0), help="Weight of the KL term."),
            click.option(
                "--overlong",
                type=click.IntRange(0),
                default=0,
                show_default=True,
                help="Punish completions within so many tokens of --max-completion.",
            ),
            click.option(
                "--budget",
                type=click.FloatRange(0, min_open=True),
                default=120,
                show_default=True,
                help="Seconds per batch for running code; the rest is unscored.",
            ),
            click.option(
                "--vllm/--no-vllm",
                default=None,
                help="Generate with vLLM (default: where it is installed and there is a GPU).",
            ),
        )
    ):
        function = option(function)
    return function


@click.command()
@shared_options
def sft(**options: Any) -> int:
    """Train on the targets of the pairs: supervised, to compare with.

    \b
    Example:
      recode-train sft --data pairs --model Qwen/Qwen2.5-Coder-7B-Instruct --out runs/sft
    """
    return _train("sft", options)


@click.command()
@shared_options
@reward_options
def grpo(**options: Any) -> int:
    """Train by GRPO with the settings of the ReCode paper, as far as nothing else is said.

    \b
    Example:
      recode-train grpo --data pairs --model Qwen/Qwen2.5-Coder-7B-Instruct --out runs/grpo \\
        --reward format+2*execution+copy_relative --eval-task pairs:pairs
    """
    return _train("grpo", options)


@click.command()
@shared_options
@reward_options
@click.option(
    "--dynamic-sampling/--no-dynamic-sampling",
    "dynamic_sampling",
    default=True,
    show_default=True,
    help="Replace prompts whose completions all earn the same.",
)
def dapo(**options: Any) -> int:
    """Train by DAPO with the settings of the ReCode paper, as far as nothing else is said.

    \b
    Example:
      recode-train dapo --data pairs --model Qwen/Qwen2.5-Coder-7B-Instruct --out runs/dapo
    """
    return _train("dapo", options)


FIELDS = {
    "steps": "max_steps",
    "per_device": "per_device_train_batch_size",
    "learning_rate": "learning_rate",
    "seed": "seed",
    "save_every": "save_steps",
    "keep": "save_total_limit",
    "log_every": "logging_steps",
    "report_to": "report_to",
    "generations": "num_generations",
    "max_completion": "max_completion_length",
    "temperature": "temperature",
    "beta": "beta",
}
"""Option to field of TRL's configuration."""


def _train(method: str, options: dict[str, Any]) -> int:
    from recode_data.progress import TerminalProgress
    from recode_data.workspace import Workspace
    from recode_trl.training import BenchRequest, TrainRequest, train

    with_rewards = (
        {
            "reward": options["reward"],
            "overlong_tokens": options["overlong"],
            "budget_s": options["budget"],
            "dynamic_sampling": options.get("dynamic_sampling", True),
        }
        if method != "sft"
        else {}
    )
    if options["max_prompt"] is not None:
        with_rewards["max_prompt_tokens"] = options["max_prompt"]
    request = TrainRequest(
        method=method,
        data=options["data"],
        model=options["model"],
        out=options["out"],
        prompt=options["prompt"],
        split=options["split"],
        completions=options["batch"],
        lora=options["lora"],
        settings=_settings(options),
        bench=BenchRequest(
            options["tasks"],
            options["eval_every"],
            options["eval_limit"],
            options["eval_metric"],
            options["patience"],
        ),
        resume=options["resume"],
        allow_weak=options["allow_weak"],
        **with_rewards,
    )
    # Advice of libraries to each other; and what they print, which is no result.
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    with redirect_stdout(sys.stderr):
        trained = train(request, Workspace.default(options["cache"]), TerminalProgress())
    if trained.is_first:
        _report(trained, options["as_json"])
    return int(ExitCode.INTERRUPTED if trained.interrupted else ExitCode.DONE)


def _report(trained: Any, as_json: bool) -> None:
    best = str(trained.best) if trained.best else None
    if as_json:
        found = {"out": str(trained.out), "steps": trained.steps, "best": best}
        click.echo(json.dumps({**found, "interrupted": trained.interrupted}, sort_keys=True))
    elif trained.interrupted:
        click.echo(f"saved after step {trained.steps}; --resume goes on from there", err=True)
    else:
        click.echo(f"trained {trained.steps} steps: {trained.out}")
        if best:
            click.echo(f"best checkpoint: {best}")


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    settings = {
        field: options[name] for name, field in FIELDS.items() if options.get(name) is not None
    }
    if _wants_vllm(options.get("vllm")):
        settings["use_vllm"] = True
    for text in options["settings"]:
        name, equals, value = text.partition("=")
        if not (name.isidentifier() and equals):
            raise UsageError(f"--set takes FIELD=VALUE, not {text!r}")
        try:
            settings[name] = json.loads(value)
        except ValueError:
            settings[name] = value
    return settings


def _wants_vllm(asked: bool | None) -> bool:
    """As asked; by default where it can be used."""
    from importlib.util import find_spec

    from recode_data.errors import EnvironmentLacksError

    there = find_spec("vllm") is not None
    if asked and not there:
        raise EnvironmentLacksError("vLLM is not installed", "pip install vllm, or --no-vllm")
    if asked is not None or not there:
        return bool(asked)
    import torch

    return bool(torch.cuda.is_available())

"""`recode-bench eval`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recode_data.console import cache_option, parse_day, weak_option
from recode_data.records import JsonValue

if TYPE_CHECKING:
    from recode_bench.models import TextModel
    from recode_bench.models.completing import Sampling
    from recode_bench.tasks import Profile


@click.command("eval")
@click.option("--task", "task_spec", required=True, metavar="T[:PATH]", help="See `tasks`.")
@click.option("--model", "model_spec", required=True, metavar="SPEC", help="See `models`.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the run; a repeated command goes on there.",
)
@click.option("--n", "samples", type=click.IntRange(1), help="Completions per problem.")
@click.option("--temperature", type=click.FloatRange(0), help="0 is greedy.")
@click.option("--top-p", type=click.FloatRange(0, 1, min_open=True), help="Nucleus sampling.")
@click.option("--max-tokens", type=click.IntRange(1), help="Longest completion.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the sampling.")
@click.option("--limit", type=click.IntRange(1), help="Only this many problems.")
@click.option("--shuffle", type=int, metavar="SEED", help="Take the problems in a random order.")
@click.option("--split", help="Only this split of the dataset, for tasks that have splits.")
@click.option("--prompt", metavar="NAME_OR_FILE", help="Prompt template: a name, or your own file.")
@click.option("--cutoff", metavar="DATE", help="Also score releases before and from YYYY-MM-DD on.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    help="Worker processes for scoring.",
)
@click.option("--executor", "executor_spec", default="local", help="`local` or `ray[:ADDRESS]`.")
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="Requests at a time, for endpoints.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=600,
    show_default=True,
    help="Seconds for one request to an endpoint.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="Prompts generated together, for models on this machine.",
)
@click.option("--adapter", metavar="DIR", help="PEFT adapter on top of a local model.")
@click.option("--continue-prefill", is_flag=True, help="The endpoint goes on from a begun answer.")
@click.option("--cpu-seconds", type=click.FloatRange(0, min_open=True), help="Limit of one run.")
@click.option("--json", "as_json", is_flag=True, help="Print results.json.")
@weak_option
@cache_option
def evaluate(
    task_spec: str,
    model_spec: str,
    out: Path,
    samples: int | None,
    temperature: float | None,
    top_p: float | None,
    max_tokens: int | None,
    seed: int,
    limit: int | None,
    shuffle: int | None,
    split: str | None,
    prompt: str | None,
    cutoff: str | None,
    jobs: int,
    executor_spec: str,
    concurrency: int,
    timeout: float,
    batch_size: int,
    adapter: str | None,
    continue_prefill: bool,
    cpu_seconds: float | None,
    as_json: bool,
    allow_weak: bool,
    cache: Path | None,
) -> None:
    """Score a model on a task.

    What is not given is as the task's profile says. An interrupted run goes on when the same
    command is given again: no completion is asked for twice.

    \b
    Example:
      recode-bench eval --task pairs:pairs --model oracle --out runs/oracle
      recode-bench eval --task pairs:pairs --model endpoint:MODEL@http://127.0.0.1:8000 \\
        --n 5 --temperature 0.8 --out runs/mine
    """
    from recode_bench.models import ModelSettings, open_model
    from recode_bench.prompts import load_template
    from recode_bench.runner import EvalRequest
    from recode_bench.runner import evaluate as run
    from recode_bench.tasks import TaskSettings, open_task
    from recode_data.executor import make_executor
    from recode_data.progress import TerminalProgress
    from recode_data.workspace import Workspace

    settings = TaskSettings(Workspace.default(cache), allow_weak, split, cpu_seconds)
    task = open_task(task_spec, settings)
    model = open_model(
        model_spec,
        task.problems(),
        ModelSettings(
            concurrency,
            timeout,
            batch_size,
            continue_prefill,
            adapter,
            os.environ.get("OPENAI_API_KEY"),
        ),
    )
    request = EvalRequest(
        task=task_spec,
        model=model_spec,
        samples=samples or _samples_of(model, task.profile),
        sampling=_sampling(task.profile, temperature, top_p, max_tokens, seed),
        template=load_template(task.templates, prompt or task.profile.prompt),
        limit=limit,
        shuffle=shuffle,
        cutoff=parse_day(cutoff, "--cutoff"),
    )
    executor = make_executor(jobs, executor_spec)
    try:
        results = run(task, model, request, out, executor, TerminalProgress())
    finally:
        executor.close()
    click.echo(json.dumps(results, sort_keys=True) if as_json else summary(results, out))


def _samples_of(model: TextModel, profile: Profile) -> int:
    """A file of completions says itself how many there are; baselines have one answer."""
    from recode_bench.models.baselines import KnowingModel
    from recode_bench.models.replay import ReplayModel

    if isinstance(model, KnowingModel):
        return 1
    return model.samples if isinstance(model, ReplayModel) else profile.samples


def _sampling(
    profile: Profile,
    temperature: float | None,
    top_p: float | None,
    max_tokens: int | None,
    seed: int,
) -> Sampling:
    default = profile.sampling
    return replace(
        default,
        temperature=default.temperature if temperature is None else temperature,
        top_p=default.top_p if top_p is None else top_p,
        max_tokens=max_tokens or default.max_tokens,
        seed=seed,
    )


def summary(results: Mapping[str, JsonValue], out: Path) -> str:
    """The scores in a few lines."""
    metrics = results["metrics"]
    assert isinstance(metrics, dict)  # noqa: S101 - written by `fold`
    named = {"over_migration_rate": "over-migration rate"}
    scores = [
        f"{named.get(name, name)} {_words(value)}"
        for name, value in metrics.items()
        if name.partition("@")[0] in ("pass", "UPass") or name in named
        if value is not None
    ]
    lines = [f"{results['model']} on {results['task']}: {', '.join(scores) or 'nothing scored'}"]
    unscored = metrics["unscored"]
    if unscored:
        lines.append(f"{unscored} of {results['samples']} samples could not be scored")
    lines.append(f"results: {out / 'results.json'}")
    return "\n".join(lines)


def _words(estimate: JsonValue) -> str:
    if not isinstance(estimate, dict):
        return "not estimable"
    value, low, high = (100 * float(str(estimate[name])) for name in ("value", "low", "high"))
    return f"{value:.1f} % [{low:.1f}, {high:.1f}] of {estimate['count']}"

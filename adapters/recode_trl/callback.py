"""The benchmark as a callback: what the policy can do now, every so many steps."""

from __future__ import annotations

import copy
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from transformers import Trainer, TrainerCallback

from recode_bench.models.completing import Completion, Request, Sampling
from recode_bench.models.transformers import Loaded, TransformersModel
from recode_bench.prompts import Template, load_template, render
from recode_bench.runner import EvalRequest, chosen, evaluate
from recode_bench.tasks import Task
from recode_data.executor import NotYet
from recode_data.progress import Progress, SilentProgress
from recode_data.records import JsonValue

BATCH_SIZE = 16
"""Prompts that are completed together; halved where the device's memory does not do."""

_LOG = logging.getLogger(__name__)
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class BenchTask:
    """A task of the bench, and how the policy is asked."""

    name: str
    """As in `--task`, e.g. `pairs:DIR`; metrics are logged under what is before the colon."""
    task: Task
    prompt: str | None = None
    """Template by name or path; None for the task's own."""
    limit: int | None = None
    """Problems, drawn once; None for all."""
    max_tokens: int | None = None

    @property
    def label(self) -> str:
        """Short name, for metrics and folders."""
        return self.name.partition(":")[0]

    def template(self) -> Template:
        """The prompt template."""
        return load_template(self.task.templates, self.prompt or self.task.profile.prompt)

    def sampling(self) -> Sampling:
        """Greedy: the same policy gives the same score."""
        most = self.max_tokens or self.task.profile.sampling.max_tokens
        return Sampling(max_tokens=most, stop=self.task.profile.sampling.stop)


@dataclass
class BenchCallback(TrainerCallback):  # type: ignore[misc]  # the types of transformers are not read
    """Evaluates tasks on the current policy; keeps the best checkpoint; may end the training.

    Metrics go where the trainer's own go, as `bench/TASK/METRIC`, once `attach` was called; each
    evaluation is a folder that `recode-bench report` and `compare` read. The best checkpoint is the
    one with the highest `metric`: it is saved at once, never rotated away, and named by
    `state.best_model_checkpoint`. What decides is read from the trainer's history, so that a
    resumed training goes on with it.

    With several processes each completes its share; the first one scores. Weights that are spread
    by FSDP cannot be asked this way.

    Args:
        tasks: What is evaluated.
        out: Folder for the runs.
        every: Steps between evaluations; the first is before training.
        metric: Of the first task; higher is better.
        patience: Evaluations without a better one after which training ends; None for never.
        batch_size: Prompts that are completed together.
        jobs: Completions that are scored at the same time.
    """

    tasks: Sequence[BenchTask]
    out: Path
    every: int
    metric: str = "pass@1"
    patience: int | None = None
    batch_size: int = BATCH_SIZE
    jobs: int = 2
    _trainer: Any = field(default=None, init=False)
    _tokenizer: Any = field(default=None, init=False)

    def attach(self, trainer: Trainer, progress: Progress | None = None) -> BenchCallback:
        """Become a callback of this trainer, which metrics are logged to; make environments.

        Raises:
            EnvironmentLacksError: one that the tasks need cannot be made.
        """
        self._trainer = trainer
        self._tokenizer = _left_padding(trainer.processing_class)
        trainer.add_callback(self)
        for each in self.tasks:
            each.task.prepare(self._problems(each), progress or SilentProgress())
        return self

    @property
    def watched(self) -> str:
        """Name under which the deciding metric is logged."""
        return f"bench/{self.tasks[0].label}/{self.metric}"

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """What the model can do before any step; not again in a resumed training."""
        if not any(self.watched in entry for entry in state.log_history):
            self._evaluate(state)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Every `every` steps: evaluate, and decide."""
        if state.global_step % self.every:
            return
        self._evaluate(state)
        history = [
            (entry[self.watched], entry["step"])
            for entry in state.log_history
            if entry.get(self.watched) is not None
        ]
        if not history:
            return
        best, step = max(history, key=lambda each: (each[0], -each[1]))
        if step == state.global_step:
            state.best_metric, state.best_global_step = best, step
            control.should_save = True
        since = sum(1 for _, each in history if each > step)
        if self.patience is not None and since >= self.patience:
            _LOG.info("no better %s in %d evaluations: training ends", self.watched, since)
            control.should_training_stop = True

    def _evaluate(self, state: Any) -> None:
        metrics: dict[str, float] = {}
        for each in self.tasks:
            completions = self._complete(each)
            results = [self._score(each, completions, state.global_step)]
            if self._world > 1:
                from accelerate.utils import broadcast_object_list

                broadcast_object_list(results)
            for name, value in scalars(results[0] or {}).items():
                metrics[f"bench/{each.label}/{name}"] = value
        # Not through GRPOTrainer.log, which would hand out what it has gathered for its own next one.
        Trainer.log(self._trainer, metrics)

    @property
    def _world(self) -> int:
        return int(self._trainer.accelerator.num_processes)

    def _problems(self, each: BenchTask) -> Sequence[Any]:
        return chosen(each.task.problems(), each.limit, 0 if each.limit else None)

    def _complete(self, each: BenchTask) -> list[Completion]:
        """Every process's share, all of them on each process."""
        from accelerate.utils import gather_object
        from trl.models import unwrap_model_for_generation

        template, trainer = each.template(), self._trainer
        requests = [
            Request(problem.id, 0, render(template, problem.values))
            for problem in self._problems(each)
        ]
        requests.sort(key=lambda each: -sum(len(turn.content) for turn in each.prompt.messages))
        mine = requests[trainer.accelerator.process_index :: self._world]
        training = trainer.model.training
        trainer.model.eval()
        try:
            with unwrap_model_for_generation(trainer.model_wrapped, trainer.accelerator) as model:
                loaded = Loaded(model, self._tokenizer, str(trainer.accelerator.device))
                policy = TransformersModel.of(loaded, batch_size=self.batch_size)
                completions = list(policy.complete(mine, each.sampling()))
        finally:
            trainer.model.train(training)
        return list(gather_object(completions)) if self._world > 1 else completions

    def _score(
        self, each: BenchTask, completions: Sequence[Completion], step: int
    ) -> Mapping[str, JsonValue] | None:
        """Metrics by the bench's own runner; only where this is the first process."""
        if not self._trainer.accelerator.is_main_process:
            return None
        folder = self.out / f"step-{step:06d}" / each.label
        shutil.rmtree(folder, ignore_errors=True)  # of a training that was killed here
        request = EvalRequest(
            task=each.name,
            model=f"policy@{step}",
            samples=1,
            sampling=each.sampling(),
            template=each.template(),
            limit=each.limit,
            shuffle=0 if each.limit else None,
        )
        with _Threads(self.jobs) as threads:
            results = evaluate(
                each.task, _Answered(completions), request, folder, threads, SilentProgress()
            )
        metrics = results["metrics"]
        return metrics if isinstance(metrics, dict) else {}


def scalars(metrics: Mapping[str, JsonValue]) -> dict[str, float]:
    """The numbers of `results.json` that a training log has room for."""
    found: dict[str, float] = {}
    means = metrics.get("means")
    entries = {**metrics, **(means if isinstance(means, dict) else {})}
    for name, value in entries.items():
        number = value.get("value") if isinstance(value, dict) else value
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            found[name] = float(number)
    return found


def _left_padding(processing: Any) -> Any:
    """A tokenizer for generating; the trainer's own stays as it is."""
    tokenizer = copy.deepcopy(getattr(processing, "tokenizer", processing))
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


class _Answered:
    """A model whose completions are known already."""

    def __init__(self, completions: Sequence[Completion]) -> None:
        self._known = {(each.problem_id, each.sample): each for each in completions}

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        """As they were given."""
        return (self._known[request.problem_id, request.sample] for request in requests)


class _Threads:
    """An executor in this process: the sandboxes that the rewards use are warm here."""

    def __init__(self, jobs: int) -> None:
        self._pool = ThreadPoolExecutor(jobs)

    def __enter__(self) -> _Threads:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def map(
        self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT | NotYet]
    ) -> Iterator[ResultT]:
        """Results in the order in which they finish."""
        pending: set[Future[ResultT]] = set()
        for item in items:
            if isinstance(item, NotYet):
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
            else:
                pending.add(self._pool.submit(function, item))
        yield from (future.result() for future in as_completed(pending))

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

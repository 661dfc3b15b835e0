"""The order of work of `recode-bench eval`: ask, score, fold; resumable at any moment."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from recode_bench.models import TextModel
from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_bench.problems import NO_COMPLETION, Outcome, Problem, ScoringJob, run_job
from recode_bench.prompts import Template, render
from recode_bench.results import fold
from recode_bench.run_folder import Key, RunFolder, RunJournal
from recode_bench.tasks import Task
from recode_data.executor import Executor
from recode_data.progress import Progress
from recode_data.records import JsonValue
from recode_data.verify import Verdict

RESULTS_VERSION = 1


@dataclass(frozen=True, slots=True)
class EvalRequest:
    """What is evaluated, and how."""

    task: str
    """As given, e.g. `pairs:DIR`."""
    model: str
    """As given, e.g. `endpoint:MODEL@URL`."""
    samples: int
    """Completions per problem."""
    sampling: Sampling
    template: Template
    limit: int | None = None
    """Only so many problems."""
    shuffle: int | None = None
    """Seed of the order in which problems are taken; None for the task's own order."""
    cutoff: str | None = None
    """`YYYY-MM-DD`: scores are also given for releases before and from that day on."""

    def identity(self, task: Task) -> dict[str, JsonValue]:
        """What finished work depends on: more problems or samples may be asked for later."""
        sampling: dict[str, JsonValue] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self.sampling).items()
        }
        return {
            "task": self.task,
            "data": dict(task.identity()),
            "model": self.model,
            "sampling": sampling,
            "prompt": self.template.version,
        }


def evaluate(
    task: Task,
    model: TextModel,
    request: EvalRequest,
    out: Path,
    executor: Executor,
    progress: Progress,
) -> dict[str, JsonValue]:
    """Ask the model for every missing completion, score it, and write the results.

    What an earlier run of the same request finished is taken over: no completion is asked for
    twice, and none is lost.

    Returns:
        The document of `results.json`.

    Raises:
        UsageError: the folder belongs to something else.
        RecodeError: the model cannot be asked, or an environment cannot be made.
    """
    folder = RunFolder(out)
    problems = chosen(task.problems(), request.limit, request.shuffle)
    identity = request.identity(task)
    with folder.claimed(identity):
        wanted = [(item.id, sample) for item in problems for sample in range(request.samples)]
        outcomes = {key: item for key, item in folder.outcomes().items() if _is_final(item)}
        missing = [key for key in wanted if key not in outcomes]
        if missing:
            if len(missing) < len(wanted):
                progress.note(f"{len(wanted) - len(missing)} outcomes are there already")
            task.prepare(problems, progress)
            with folder.writing() as journal:
                run = _Run(task, model, request, {item.id: item for item in problems}, journal)
                jobs = run.jobs(missing, folder.completions())
                scored = executor.map(run_job, jobs)
                for outcome in progress.track(scored, f"scoring {request.model}", len(missing)):
                    journal.add_outcome(outcome)
                    outcomes[outcome.task_id, outcome.sample] = outcome
                outcomes.update(run.unanswered)
        ordered = [outcomes[key] for key in wanted]
        results: dict[str, JsonValue] = {
            "version": RESULTS_VERSION,
            **identity,
            "n": request.samples,
            "limit": request.limit,
            "shuffle": request.shuffle,
            "problems": len(problems),
            "samples": len(ordered),
            "levels": [*sorted({item.level for item in ordered if item.level})],
            "metrics": fold(problems, ordered, request.samples, request.cutoff),
        }
        folder.finish(ordered, results)
    return results


def chosen(
    problems: Sequence[Problem], limit: int | None, shuffle: int | None
) -> tuple[Problem, ...]:
    """The problems to ask, in order; a larger limit only adds to what a smaller one takes."""
    ordered = list(problems)
    if shuffle is not None:
        random.Random(shuffle).shuffle(ordered)  # noqa: S311 - an order, nothing secret
    return tuple(ordered[:limit])


def _is_final(outcome: Outcome) -> bool:
    """What could not be scored is tried again."""
    return outcome.verdict is not Verdict.UNSCORED


class _Run:
    """Turns what is missing into scoring jobs, asking the model as they are taken."""

    def __init__(
        self,
        task: Task,
        model: TextModel,
        request: EvalRequest,
        problems: Mapping[str, Problem],
        journal: RunJournal,
    ) -> None:
        self._task, self._model, self._request = task, model, request
        self._problems, self._journal = problems, journal
        self.unanswered: dict[Key, Outcome] = {}
        """Samples that the model gave nothing for: not scored, and asked for again next time."""

    def jobs(self, missing: Sequence[Key], known: Mapping[Key, Completion]) -> Iterator[ScoringJob]:
        """Completions that are there already first, then new ones as they come."""
        for key in missing:
            if key in known:
                yield self._job(known[key])
        asked = [
            self._ask(problem, sample)
            for problem, sample in missing
            if (problem, sample) not in known
        ]
        if not asked:
            return
        for completion in self._model.complete(asked, self._request.sampling):
            if completion.finish is Finish.FAILED:
                self.unanswered[completion.problem_id, completion.sample] = Outcome(
                    completion.problem_id,
                    completion.sample,
                    Verdict.UNSCORED,
                    NO_COMPLETION,
                    0.0,
                    completion.error,
                )
                continue
            self._journal.add_completion(completion)
            yield self._job(completion)

    def _job(self, completion: Completion) -> ScoringJob:
        return self._task.job(self._problems[completion.problem_id], completion)

    def _ask(self, problem_id: str, sample: int) -> Request:
        prompt = render(self._request.template, self._problems[problem_id].values)
        return Request(problem_id, sample, prompt)

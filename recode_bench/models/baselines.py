"""What models that know the problem have in common: they answer with code, in a fence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_bench.problems import Problem


class KnowingModel:
    """Answers with what `answer` knows of each problem, without reading the prompt."""

    def __init__(self, problems: Sequence[Problem], answer: Callable[[Problem], str | None]):
        self._problems = {problem.id: problem for problem in problems}
        self._answer = answer

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        """One completion per request, in order; failed where the problem has no such answer."""
        for request in requests:
            code = self._answer(self._problems[request.problem_id])
            if code is None:
                yield Completion(
                    request.problem_id,
                    request.sample,
                    "",
                    Finish.FAILED,
                    error="the task has no such answer for this problem",
                )
            else:
                text = fenced(code)
                yield Completion(request.problem_id, request.sample, text, Finish.STOP)


def fenced(code: str) -> str:
    """The code as a Markdown block, in a fence longer than any that the code holds."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}python\n{code}\n{fence}\n"

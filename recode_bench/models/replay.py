"""`replay:FILE`: completions that were made before, in the schema of HumanEval's samples.

One JSON object per line with `task_id` and `completion`; the n-th line of a problem is its n-th
sample. The files of EvalPlus (`solution`) and GitChameleon (`example_id`, `answer`) are read too.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_data.errors import MalformedInputError, UsageError

IDS = ("task_id", "example_id")
TEXTS = ("completion", "solution", "answer", "output")


class ReplayModel:
    """Answers from a file."""

    def __init__(self, completions: dict[str, list[str]]) -> None:
        self._completions = completions
        self.samples = max(map(len, completions.values()), default=1)
        """Samples of the problem that has most."""

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        """One completion per request, in order; failed where the file has none."""
        for request in requests:
            found = self._completions.get(request.problem_id, ())
            if request.sample < len(found):
                text = found[request.sample]
                yield Completion(request.problem_id, request.sample, text, Finish.STOP)
            else:
                yield Completion(
                    request.problem_id,
                    request.sample,
                    "",
                    Finish.FAILED,
                    error=f"the file holds {len(found)} completions of this problem",
                )


def open_model(path: Path) -> ReplayModel:
    """The completions of a file, gzipped or not.

    Raises:
        UsageError: there is no such file.
        MalformedInputError: a line is not a JSON object with an id and a completion.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; replay:FILE takes lines of JSON")
    found: defaultdict[str, list[str]] = defaultdict(list)
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            problem, text = _read(line, f"{path}, line {number}")
            found[problem].append(text)
    return ReplayModel(dict(found))


def _lines(path: Path) -> list[str]:
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError) as error:
            raise MalformedInputError(f"{path} is no whole gzip file: {error}") from error
    return content.decode("utf-8", "replace").split("\n")


def _read(line: str, where: str) -> tuple[str, str]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MalformedInputError(f"{where}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise MalformedInputError(f"{where}: must be an object, not {type(row).__name__}")
    problem = next((row[name] for name in IDS if name in row), None)
    text = next((row[name] for name in TEXTS if isinstance(row.get(name), str)), None)
    if problem is None or text is None:
        raise MalformedInputError(
            f"{where}: needs `task_id` and `completion`, has {', '.join(map(str, row))}"
        )
    return str(problem), text

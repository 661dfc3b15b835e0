"""Evaluates in forks that kill themselves at one write after the other; prints what was left.

Run as a program, since forks belong into a process without threads: prints JSON, a list of
{"kill_at", "asked", "same"} for each point of death, `asked` counting how often each completion was
asked for over both runs, `same` whether all files equal those of an undisturbed run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recode_bench import run_folder
from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_bench.problems import Outcome, Problem, ScoringJob
from recode_bench.prompts import parse_template
from recode_bench.runner import EvalRequest, evaluate
from recode_bench.tasks import Profile
from recode_data.executor import InProcessExecutor
from recode_data.progress import Progress, SilentProgress
from recode_data.records import JsonValue
from recode_data.verify import Verdict

TEMPLATE = parse_template("=== user ===\n{{text}}\n", "own")


@dataclass(frozen=True)
class LengthJob:
    """Passes texts of an even length."""

    completion: Completion

    def run(self) -> Outcome:
        even = len(self.completion.text) % 2 == 0
        verdict = Verdict.PASSED if even else Verdict.FAILED
        return Outcome(
            self.completion.problem_id,
            self.completion.sample,
            verdict,
            "ok" if even else "odd",
            0.25,
            measured={"length": len(self.completion.text)},
        )


class LengthTask:
    """A task whose problems are their names."""

    templates = "pairs"
    profile = Profile(samples=2, sampling=Sampling(), prompt="docs")

    def __init__(self, names: Sequence[str] = ("a", "bb", "ccc")) -> None:
        self._names = names

    def problems(self) -> tuple[Problem, ...]:
        return tuple(Problem(name, {"text": name}) for name in self._names)

    def identity(self) -> Mapping[str, JsonValue]:
        return {"names": list(self._names)}

    def prepare(self, problems: Sequence[Problem], progress: Progress) -> None:
        pass

    def job(self, problem: Problem, completion: Completion) -> ScoringJob:
        return LengthJob(completion)


class LoggingModel:
    """Answers with the prompt and the sample, and writes down what it was asked for."""

    def __init__(self, log: Path, fails: frozenset[str] = frozenset()) -> None:
        self.log = log
        self.fails = fails

    def complete(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[Completion]:
        for request in requests:
            with self.log.open("a") as file:
                file.write(f"{request.problem_id} {request.sample}\n")
            text = request.prompt.messages[0].content + "x" * request.sample
            if request.problem_id in self.fails:
                yield Completion(
                    request.problem_id, request.sample, "", Finish.FAILED, error="no answer"
                )
            else:
                yield Completion(request.problem_id, request.sample, text, Finish.STOP)


def request(**given: object) -> EvalRequest:
    values = {"task": "length", "model": "logging", "samples": 2, "sampling": Sampling()}
    return EvalRequest(**{**values, "template": TEMPLATE, **given})  # type: ignore[arg-type]  # as given


def run(folder: Path) -> None:
    evaluate(
        LengthTask(),
        LoggingModel(folder / "asked.txt"),
        request(),
        folder / "run",
        InProcessExecutor(),
        SilentProgress(),
    )


def files(folder: Path) -> dict[str, bytes]:
    names = ("results.json", "outcomes.jsonl", "completions.jsonl", "run.json")
    found = {name: (folder / "run" / name).read_bytes() for name in names}
    # A torn line stays where it was cut off, and is read as nothing.
    lines = found["completions.jsonl"].split(b"\n")
    found["completions.jsonl"] = b"\n".join(sorted(each for each in lines if each[-1:] == b"}"))
    return found


def run_and_die(folder: Path, kill_at: int) -> bool:
    """In a fork; whether it died. Half of the bytes of the last write arrive."""
    pid = os.fork()
    if pid == 0:
        writes = 0
        real_append = run_folder._append

        def append(descriptor: int, record: object) -> None:
            nonlocal writes
            writes += 1
            if writes == kill_at:
                line = run_folder.encode(record) + b"\n"
                os.write(descriptor, line[: len(line) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            real_append(descriptor, record)
            if -writes == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        run_folder._append = append
        run(folder)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def main(root: Path) -> None:
    undisturbed = root / "undisturbed"
    undisturbed.mkdir()
    run(undisturbed)
    report = []
    for kill_at in [*range(1, 13), *range(-12, 0)]:  # in the middle of a write, and after one
        folder = root / str(kill_at)
        folder.mkdir()
        died = run_and_die(folder, kill_at)
        run(folder)
        asked = Counter((folder / "asked.txt").read_text().splitlines())
        same = files(folder) == files(undisturbed)
        report.append({"kill_at": kill_at, "died": died, "asked": asked, "same": same})
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

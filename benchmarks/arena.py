"""CodeUpdateArena: references, agreement with the published harness, speed against its way.

    python benchmarks/arena.py [FILE] [--packages math,re,...] [--tasks 50] [--skip-references]

FILE is the published `arena-ungrouped.jsonl` or a part of it; by default the sample that the
environment variable RECODE_SHARED leads to. Printed, from one run:

- how many reference solutions pass with the update and without it, and each that does not;
- on how many completions (references and mutants of them) both harnesses give the same verdict;
- wall time of the same tasks, one-sided, for both, with our servers warm and counting their start.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from recode_bench.models.baselines import fenced
from recode_bench.models.completing import Completion, Finish
from recode_bench.results import WITHOUT_UPDATE
from recode_bench.scoring.warm import warm_sandboxes
from recode_bench.tasks.arena_rows import ArenaRow, read_rows
from recode_bench.tasks.codeupdatearena import (
    CodeUpdateArenaTask,
    preload_of,
    problem_of,
    program_of,
)
from recode_bench.tasks.judging import Court
from recode_bench.tasks.task import TaskSettings
from recode_data.progress import TerminalProgress
from recode_data.sandbox import best_level
from recode_data.workspace import Workspace

HARNESS = Path(__file__).with_name("published_harness.py")
DEFECT_SPLIT = "tests are split at blank lines"


class Published:
    """The published way, in the same environment; libraries imported before the clock starts."""

    def __init__(self, python: str, modules: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [python, "-W", "ignore", str(HARNESS), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        self.cpu = 0.0
        """CPU seconds of the last task."""

    def judge(self, row: ArenaRow, solution: str, *, published_split: bool) -> tuple[bool, float]:
        """Whether every test passes with the update, and the seconds that it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        tests = split_at_blank_lines(row) if published_split else row.tests
        programs = [
            "\n".join(
                (row.imports, row.implementation, row.enforcement, solution, source, f"{name}()")
            )
            for source, name in tests
        ]
        self._process.stdin.write(json.dumps({"programs": programs}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        self.cpu = float(answer["cpu"])
        return all(verdict == "passed" for verdict in answer["verdicts"]), answer["seconds"]

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def split_at_blank_lines(row: ArenaRow) -> list[tuple[str, str]]:
    """As published: a blank line ends a test, whatever it stands in."""
    text = "\n\n".join(source.strip("\n") for source, _ in row.tests)
    parts = [part for part in re.split(r"\n\n(?=\S|\n)", text) if part.strip()]
    return [
        (part, found[1] if (found := re.search(r"def\s+(\w+)", part)) else "None") for part in parts
    ]


def mutants(row: ArenaRow, seed: int) -> Iterator[tuple[str, str]]:
    """Completions that are nearly right, by name."""
    code, draw = row.reference, random.Random(seed)
    yield "empty", "pass"
    yield "cut off", code[: int(len(code) * draw.uniform(0.3, 0.9))]
    tree = ast.parse(code)
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value]
    numbers = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    ]
    if returns:
        draw.choice(returns).value = ast.Constant(None)
        yield "returns None", ast.unparse(tree)
    if numbers:
        tree = ast.parse(code)
        found = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        ]
        chosen = draw.choice(found)
        chosen.value = chosen.value + 1
        yield "another number", ast.unparse(tree)
    tree = ast.parse(code)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.keywords]
    if calls:
        draw.choice(calls).keywords.pop()
        yield "an argument less", ast.unparse(tree)


def references(task: CodeUpdateArenaTask, rows: Sequence[ArenaRow]) -> None:
    """Every reference, with the update and without."""
    passed = without = 0
    for row in rows:
        completion = Completion(row.id, 0, fenced(row.reference), Finish.STOP)
        outcome = task.job(problem_of(row), completion).run()
        passed += outcome.verdict.value == "passed"
        without += outcome.measured.get(WITHOUT_UPDATE) is True
        if outcome.verdict.value != "passed":
            print(f"  {row.id}: {outcome.verdict.value}, {outcome.reason}: {outcome.detail[:150]}")
    print(
        f"references: {passed} of {len(rows)} pass with the update "
        f"({100 * passed / len(rows):.1f} %), {without} without it"
    )


def agreement(courts: dict[str, Court], harness: Published, rows: Sequence[ArenaRow]) -> None:
    """The same verdict on references and mutants, apart from the defects that are listed."""
    total = same = defects = 0
    for number, row in enumerate(rows):
        for name, code in (("reference", row.reference), *mutants(row, number)):
            ours = courts[row.id].judge(program_of(row, updated=True), code).passed
            theirs, _ = harness.judge(row, code, published_split=True)
            total += 1
            if ours == theirs:
                same += 1
            elif ours == harness.judge(row, code, published_split=False)[0]:
                defects += 1
                print(f"  {row.id}, {name}: a listed defect ({DEFECT_SPLIT})")
            else:
                print(f"  {row.id}, {name}: ours {ours}, published {theirs}")
    print(
        f"agreement: {same} of {total} verdicts are the same, {defects} differ by a listed "
        f"defect, {total - same - defects} otherwise"
    )


def speed(courts: dict[str, Court], harness: Published, rows: Sequence[ArenaRow]) -> None:
    """Wall time of the same tasks, in turn, so that both meet the same load."""
    programs = {row.id: program_of(row, updated=True) for row in rows}
    warm_sandboxes().close()
    cold: dict[str, float] = {}
    for row in rows:
        started = time.perf_counter()
        courts[row.id].judge(programs[row.id], row.reference)
        cold[row.id] = time.perf_counter() - started
    ours: dict[str, float] = {}
    theirs: dict[str, float] = {}
    cpu: dict[str, tuple[float, float]] = {}
    for row in rows:
        started = time.perf_counter()
        judged = courts[row.id].judge(programs[row.id], row.reference)
        ours[row.id] = time.perf_counter() - started
        passed, theirs[row.id] = harness.judge(row, row.reference, published_split=False)
        cpu[row.id] = harness.cpu, judged.seconds
        if not (passed and judged.passed):  # these measure the time limit, not the harness
            print(f"  left out: {row.id}: ours {judged.passed}, published {passed}")
            del ours[row.id], theirs[row.id], cold[row.id], cpu[row.id]
    tests = sum(len(row.tests) for row in rows if row.id in ours)
    published, warm, started_too = (sum(each.values()) for each in (theirs, ours, cold))
    middle = statistics.median(theirs[name] / ours[name] for name in ours)
    levels = best_level().value
    print(f"speed: {len(ours)} tasks, {tests} tests, all passed both ways, isolation {levels}")
    print(f"  published way: {published:.2f} s, {published / len(ours):.3f} s a task")
    print(
        f"  ours, warm: {warm:.2f} s, {published / warm:.1f} times faster "
        f"({middle:.1f} times on the median task)"
    )
    print(
        f"  ours, counting the servers' start: {started_too:.2f} s, "
        f"{published / started_too:.1f} times faster"
    )
    published, our = (sum(each) for each in zip(*cpu.values(), strict=True))
    print(
        f"  CPU time, which other programs do not change: {published:.2f} s and {our:.2f} s, "
        f"{published / our:.1f} times less; load average {os.getloadavg()[0]:.1f}"
    )
    for name in sorted(ours, key=lambda name: -ours[name])[:3]:
        print(f"  slowest: {name}: ours {ours[name]:.2f} s, published {theirs[name]:.2f} s")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = Path(os.environ.get("RECODE_SHARED", "."))
    default = shared / "data" / "codeupdatearena" / "sample.jsonl"
    parser.add_argument("file", nargs="?", type=Path, default=default)
    parser.add_argument("--packages", default="math,re,itertools,numpy,sympy")
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--agreement", type=int, default=40, help="rows")
    parser.add_argument("--skip-references", action="store_true")
    given = parser.parse_args()
    if not given.file.exists():
        sys.exit(f"{given.file} is not there: name the published file, or set RECODE_SHARED")
    packages = given.packages.split(",")
    rows = [row for row in read_rows(given.file) if row.package in packages]
    task = CodeUpdateArenaTask(rows, TaskSettings(Workspace.default(None)))
    task.prepare([problem_of(row) for row in rows], TerminalProgress())
    courts = {}
    for row in rows:
        job = task.job(problem_of(row), Completion(row.id, 0, "", Finish.STOP))
        environment = job.environment
        preload = preload_of(row, environment)
        courts[row.id] = Court(environment, warm_sandboxes(), preload, job.limits)
    shuffled = list(rows)
    random.Random(0).shuffle(shuffled)
    modules = sorted({name for row in rows for name in courts[row.id].preload})
    harness = Published(courts[rows[0].id].environment.python, modules)
    try:
        speed(courts, harness, shuffled[: given.tasks])
        agreement(courts, harness, shuffled[: given.agreement])
    finally:
        harness.close()
    if not given.skip_references:
        references(task, rows)


if __name__ == "__main__":
    main()

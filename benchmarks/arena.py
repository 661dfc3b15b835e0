"""CodeUpdateArena: references, agreement with the published harness, speed against its way.

    python benchmarks/arena.py [FILE] [--packages math,re,...] [--tasks 50] [--skip-references]

FILE is the published `arena-ungrouped.jsonl` or a part of it; by default the sample that the
environment variable RECODE_SHARED leads to. Printed, from one run:

- how many reference solutions pass with the update and without it, and each that does not;
- on how many completions (references and mutants of them) both harnesses give the same verdict;
- wall time of the same tasks, one-sided, for both, with our servers warm and counting their start;
  --seed draws other tasks.
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
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
HEAVY_S = 0.3
"""A task that computes for longer measures itself rather than the harness."""


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
        self.own = 0.0
        """Seconds of the last task in which its programs ran."""

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
        self.cpu, self.own = float(answer["cpu"]), float(answer["own"])
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


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one task: wall time and CPU time of both, and what its tests take by themselves."""

    ours: float
    our_cpu: float
    published: float
    published_cpu: float
    own: float


def in_turn(
    courts: dict[str, Court], harness: Published, rows: Sequence[ArenaRow]
) -> dict[str, Timing]:
    """Each task once by us, on a warm server, and once by the published way: the same load."""
    found: dict[str, Timing] = {}
    for row in rows:
        program = program_of(row, updated=True)
        courts[row.id].judge(program, row.reference)
        started = time.perf_counter()
        judged = courts[row.id].judge(program, row.reference)
        ours = time.perf_counter() - started
        passed, theirs = harness.judge(row, row.reference, published_split=False)
        if passed and judged.passed:
            found[row.id] = Timing(ours, judged.seconds, theirs, harness.cpu, harness.own)
        else:  # these measure the time limit, not the harness
            print(f"  left out: {row.id}: ours {judged.passed}, published {passed}")
    return found


def wall_of_all(courts: dict[str, Court], rows: Sequence[ArenaRow], jobs: int) -> float:
    """Seconds for all tasks, `jobs` of them at a time."""
    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as threads:
        judged = threads.map(
            lambda row: courts[row.id].judge(program_of(row, updated=True), row.reference), rows
        )
        assert all(each.passed for each in judged)
    return time.perf_counter() - started


def wall_by_server(courts: dict[str, Court], rows: Sequence[ArenaRow], jobs: int) -> float:
    """Seconds for all tasks, those of one server one after another, `jobs` servers at a time."""
    groups: defaultdict[tuple[str, ...], list[ArenaRow]] = defaultdict(list)
    for row in rows:
        groups[courts[row.id].preload].append(row)
    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as threads:
        largest_first = sorted(groups.values(), key=len, reverse=True)
        list(threads.map(lambda group: wall_of_all(courts, group, 1), largest_first))
    return time.perf_counter() - started


def speed(
    courts: dict[str, Court], harness: Published, rows: Sequence[ArenaRow], jobs: int
) -> None:
    """Time of the same tasks, which pass both ways."""
    found = in_turn(courts, harness, rows)
    kept = [row for row in rows if row.id in found]
    wall_of_all(courts, kept, jobs)
    warm = wall_of_all(courts, kept, jobs)
    warm_sandboxes().close()
    cold = wall_by_server(courts, kept, jobs)
    every = found.values()
    published, one_by_one = sum(each.published for each in every), sum(each.ours for each in every)
    own = sum(each.own for each in every)
    print(
        f"speed: {len(kept)} tasks, {sum(len(row.tests) for row in kept)} tests, all passed both "
        f"ways, isolation {best_level().value}, load average {os.getloadavg()[0]:.1f}"
    )
    print(
        f"  published way, one test after another: {published:.2f} s; by themselves the tests "
        f"take {own:.2f} s of it, so one at a time nothing can be over {published / own:.1f} times "
        f"faster"
    )
    for words, seconds in (
        (f"warm, {jobs} tasks at a time", warm),
        (f"counting the servers' start, {jobs} servers at a time", cold),
        ("warm, one task after another", one_by_one),
    ):
        print(f"  ours, {words}: {seconds:.2f} s, {published / seconds:.1f} times faster")
    middle = statistics.median(each.published / each.ours for each in every)
    print(f"  median task: {middle:.1f} times faster")
    light = [each for each in every if each.own < HEAVY_S]
    theirs, ours = sum(each.published for each in light), sum(each.ours for each in light)
    print(
        f"  the {len(light)} tasks that take less than {HEAVY_S:g} s by themselves, one after "
        f"another: {theirs:.2f} s and {ours:.2f} s, {theirs / ours:.1f} times faster"
    )
    theirs, ours = sum(each.published_cpu for each in every), sum(each.our_cpu for each in every)
    print(f"  CPU time: {theirs:.2f} s and {ours:.2f} s, {theirs / ours:.1f} times less")
    for name in sorted(found, key=lambda name: -found[name].ours)[:3]:
        each = found[name]
        print(
            f"  slowest: {name}: ours {each.ours:.2f} s, published {each.published:.2f} s, "
            f"by itself {each.own:.2f} s"
        )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = Path(os.environ.get("RECODE_SHARED", "."))
    default = shared / "data" / "codeupdatearena" / "sample.jsonl"
    parser.add_argument("file", nargs="?", type=Path, default=default)
    parser.add_argument("--packages", default="math,re,itertools,numpy,sympy")
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seed", type=int, default=0, help="of the order; -1: as in the file")
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
    if given.seed >= 0:
        random.Random(given.seed).shuffle(shuffled)
    modules = sorted({name for row in rows for name in courts[row.id].preload})
    harness = Published(courts[rows[0].id].environment.python, modules)
    try:
        speed(courts, harness, shuffled[: given.tasks], given.jobs)
        agreement(courts, harness, shuffled[: given.agreement])
    finally:
        harness.close()
    if not given.skip_references:
        references(task, rows)


if __name__ == "__main__":
    main()

"""The rewards: speed against the published kind, robustness, and execution over many batches.

Usage: python benchmarks/rewards.py [--data DIR] [--batches N] [--fuzzed N] [--cache DIR]

Prints (1) how much faster `es_star` is than a reward of the published kind, a Levenshtein table in
plain Python (own reimplementation, for timing alone), on the same pairs of 1,500 characters; (2)
exceptions and values out of range over fuzzed completions, for every text reward; (3) seconds per
batch of 64 completions for the execution reward, warm, with the processes and the memory of this
process before and after. DIR holds a dataset as `recode-data build` writes it; without it, rows
about the standard library are made, whose environment needs no package.
"""

from __future__ import annotations

import argparse
import ast
import math
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from recode_bench.scoring import rewards, similarity
from recode_bench.scoring.execution import PairChecker
from recode_bench.scoring.warm import warm_sandboxes
from recode_data.progress import TerminalProgress
from recode_data.publish import read_pairs
from recode_data.records import MigrationPair
from recode_data.workspace import Workspace
from tests.runnable_pairs import control_pair, square_root_pair

CHARACTERS = 1500
ROUNDS = 7
BATCH = 64
GROUP = 8


def plain_es_star(completion: str, target: str) -> float:
    """As published rewards do it: a regular expression, `ast.parse`, a table in Python."""
    found = re.search(r"```python\n(.*?)\n```", completion, re.DOTALL)
    if found is None:
        return -2.0
    code = found.group(1).strip()
    try:
        ast.parse(code)
    except SyntaxError:
        return -2.0
    table = [[0] * (len(target) + 1) for _ in range(len(code) + 1)]
    for i in range(len(code) + 1):
        for j in range(len(target) + 1):
            if i == 0 or j == 0:
                table[i][j] = i + j
            elif code[i - 1] == target[j - 1]:
                table[i][j] = table[i - 1][j - 1]
            else:
                table[i][j] = 1 + min(table[i - 1][j], table[i][j - 1], table[i - 1][j - 1])
    return 3.5 * (1 - table[-1][-1] / max(len(code), len(target))) - 1.5


def long_pairs(count: int) -> list[tuple[str, str]]:
    """Completions and targets of about 1,500 characters of valid Python, none like another."""
    chance = random.Random(0)

    def program() -> str:
        lines: list[str] = []
        while sum(map(len, lines)) + len(lines) < CHARACTERS:
            name, other = (f"value_{chance.randrange(100)}" for _ in range(2))
            lines.append(f"{name} = library.compute({other}, axis={chance.randrange(9)})")
        return "\n".join(lines)[:CHARACTERS].rpartition("\n")[0]

    return [(f"```python\n{program()}\n```", program()) for _ in range(count)]


def measure_speed() -> None:
    """(1)"""
    pairs = long_pairs(ROUNDS)
    ratios, ours, theirs = [], [], []
    for completion, target in pairs:
        start = time.process_time()
        expected = plain_es_star(completion, target)
        slow = time.process_time() - start
        start = time.process_time()
        for _ in range(50):
            similarity.normalised_target.cache_clear()
            (found,) = rewards.es_star([completion], [target])
        fast = (time.process_time() - start) / 50
        assert found is not None
        assert math.isclose(expected, found, abs_tol=1e-9)
        ratios.append(slow / fast)
        ours.append(fast)
        theirs.append(slow)
    print(
        f"es_star at {CHARACTERS} characters: {1e6 * statistics.median(ours):,.0f} µs against "
        f"{1e3 * statistics.median(theirs):,.0f} ms in plain Python: {statistics.median(ratios):,.0f} "
        f"times as fast (median of {ROUNDS} pairs; least {min(ratios):,.0f}; CPU time)"
    )


PIECES = (
    "```python\n", "\n```", "```", "~~~", "<think>", "</think>", "<answer>", "</answer>", "[PYTHON]",
    "[/PYTHON]", "<|im_end|>", "x = 1", "import numpy as np\n", "np.prod(x)", "'''", '"', "#", "\\",
    "\0", "\ud800", "\r\n", "\t", "(", "[" * 200, "é", "\U0001d4b3", "\u2028", "-" * 500, "def f(:\n", "lambda",
)  # fmt: skip


def fuzzed(count: int) -> list[str]:
    """Completions out of pieces that extraction and scoring look at, and out of any characters."""
    chance = random.Random(1)
    texts = []
    for _ in range(count):
        parts = chance.choices(PIECES, k=chance.randrange(12))
        if chance.random() < 0.5:
            parts.append(
                "".join(chr(chance.randrange(0x3000)) for _ in range(chance.randrange(40)))
            )
        chance.shuffle(parts)
        texts.append("".join(parts))
    return texts


def measure_robustness(count: int) -> None:
    """(2)"""
    texts = fuzzed(count)
    old, new = "import numpy as np\nx = np.product(y)", "import numpy as np\nx = np.prod(y)"
    raised = strange = 0
    start = time.process_time()
    for text in texts:
        for reward in (rewards.es, rewards.es_star, rewards.em, rewards.em_star):
            for prefill in ("", "<think>\n"):
                try:
                    (value,) = reward([text], [new], prefill=prefill)
                except Exception:  # noqa: BLE001 - counting them is the point
                    raised += 1
                else:
                    strange += value is None or not -2.0 <= value <= 2.0
        try:
            values = [
                *rewards.format([text]),
                *rewards.copy_relative([[{"role": "assistant", "content": text}]], [new], [old]),
            ]
        except Exception:  # noqa: BLE001 - counting them is the point
            raised += 1
        else:
            strange += any(value is None or not -1.0 <= value <= 1.0 for value in values)
    seconds = time.process_time() - start
    print(
        f"{count:,} fuzzed completions, 10 rewards each: {raised} exceptions, {strange} values out "
        f"of range ({seconds:.0f} s)"
    )


def dressed(code: str) -> str:
    """A completion as the prompt asks for."""
    return f"Renamed.\n</think>\n<answer>\n```python\n{code}\n```\n</answer>"


def batch_of(pairs: list[MigrationPair], chance: random.Random) -> tuple[list[str], list[object]]:
    """Eight rows with eight completions each: half the target, half the copy."""
    rows = [pair for pair in chance.choices(pairs, k=BATCH // GROUP) for _ in range(GROUP)]
    codes = [row.new_code if index % 2 else row.old_code for index, row in enumerate(rows)]
    return [dressed(code) for code in codes], list(rows)


def measure_execution(data: Path | None, batches: int, cache: Path | None) -> None:
    """(3)"""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.default(cache) if data else Workspace(Path(folder))
        if data is not None:
            pairs = list(read_pairs(data))
        else:
            pairs = [square_root_pair(workspace), control_pair(workspace)]
        checker = PairChecker(workspace)
        checker.prepare(pairs, TerminalProgress())
        chance = random.Random(2)
        process = psutil.Process()
        seconds: list[float] = []
        none = 0
        for number in range(batches + 3):
            completions, rows = batch_of(pairs, chance)
            start = time.perf_counter()
            earned = rewards.execution(completions, rows, checker=checker)  # type: ignore[arg-type]  # pairs
            if number >= 3:
                seconds.append(time.perf_counter() - start)
                none += earned.count(None)
            if number == 3 + batches // 10:
                early = process.memory_info().rss, len(process.children(recursive=True))
            if number % 100 == 99:
                print(f"  {number + 1} batches, {process.memory_info().rss >> 20} MiB", flush=True)
        late = process.memory_info().rss, len(process.children(recursive=True))
        warm_sandboxes(False).close()
        left = len(process.children(recursive=True))
        print(
            f"execution, {batches} batches of {BATCH}: {statistics.median(seconds):.2f} s median, "
            f"{statistics.quantiles(seconds, n=20)[-1]:.2f} s for 19 of 20; {none} unscored\n"
            f"  memory {early[0] >> 20} MiB after a tenth, {late[0] >> 20} MiB at the end; warm "
            f"processes {early[1]} and {late[1]}; after closing {left}"
        )


def main() -> None:
    """Print the three measurements."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--fuzzed", type=int, default=100_000)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    measure_speed()
    measure_robustness(arguments.fuzzed)
    measure_execution(arguments.data, arguments.batches, arguments.cache)


if __name__ == "__main__":
    main()

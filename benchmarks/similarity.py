"""Speed of scoring on the paper's rows, on one core.

Usage: RECODE_SHARED=DIR python benchmarks/similarity.py

Prints, for DIR/data/recode/train.jsonl: row scores per second, a row score being everything from
the completion (old code in a Python fence) to its reward, caches empty at the start; the same with
warm caches; and how much faster the distance is than a plain Python table at 1,500 characters.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import string
import time
from collections.abc import Callable
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from recode_bench.extract import extract_code
from recode_bench.scoring import similarity

ROUNDS = 9


def python_distance(a: str, b: str) -> int:
    """The textbook table, a row at a time."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        previous, row[0] = row[0], i
        for j, right in enumerate(b, start=1):
            previous, row[j] = (
                row[j],
                min(row[j] + 1, row[j - 1] + 1, previous + (left != right)),
            )
    return row[-1]


def seconds(work: Callable[[], object]) -> float:
    """CPU time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print three figures."""
    path = Path(os.environ["RECODE_SHARED"]) / "data" / "recode" / "train.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    scored = [
        (f"```python\n{row['old_code']}\n```", row["new_code"]) for row in rows if row["old_code"]
    ]

    def score() -> None:
        for completion, target in scored:
            similarity.es_star(extract_code(completion), target)

    cold, warm = [], []
    for _ in range(ROUNDS):
        similarity.normalised_target.cache_clear()
        cold.append(seconds(score))
        warm.append(seconds(score))
    for name, times in (("empty caches", cold), ("warm caches", warm)):
        rates = [len(scored) / each for each in times]
        median, best = statistics.median(rates), max(rates)
        print(f"{name}: {median:,.0f} row scores/s (median of {ROUNDS}; best {best:,.0f})")

    letters = random.Random(0)
    a, b = ("".join(letters.choices(string.printable, k=1500)) for _ in range(2))
    assert python_distance(a, b) == Levenshtein.distance(a, b)
    slow = seconds(lambda: python_distance(a, b))
    fast = seconds(lambda: [Levenshtein.distance(a, b) for _ in range(1000)]) / 1000
    print(f"distance at 1,500 characters: {slow / fast:,.0f} times a Python table")


if __name__ == "__main__":
    main()

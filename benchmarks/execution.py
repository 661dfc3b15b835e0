"""What a run in the sandbox costs beyond the snippet's own time, in a warm environment.

Usage: python benchmarks/execution.py [--runs 60] [--json]

For each snippet: milliseconds that it takes by itself (in an interpreter that has imported the
library), in the sandbox of this machine with all observations, and in a fresh interpreter without
any isolation, the usual way. All medians; runs of the three take turns, so that a busy machine slows
them alike. The last line is the median overhead over all runs, which is to be at most 25 ms.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from recode_data.records import Environment
from recode_data.sandbox import SandboxPool, best_level
from recode_data.verify import observe

LIMIT_MS = 25.0
SNIPPETS = {
    "nothing": "x = 1\n",
    "an array": "import numpy as np\nx = np.arange(6).reshape(2, 3)\nx.sum(axis=0)\n",
    "printing": "import numpy as np\nprint(np.linspace(0, 1, 5))\n",
    "linear algebra": "import numpy as np\na = np.eye(120) * 3\nx = np.linalg.solve(a, a[0])\n",
    "an error": "import numpy as np\nnp.no_such_name\n",
    "a frame": "import pandas as pd\nt = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})\nt.sum()\n",
}
ALONE = """
import json, sys, time, io, contextlib
import numpy, pandas
for line in sys.stdin:
    code = compile(json.loads(line), "<snippet>", "exec")
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(code, {"__name__": "__main__"})
        except Exception:
            pass
    print(time.perf_counter() - began, flush=True)
"""


@dataclass(frozen=True)
class Row:
    """Medians of one snippet, in milliseconds."""

    snippet: str
    alone: float
    sandboxed: float
    fresh: float
    overhead: float


def measure(runs: int) -> tuple[list[Row], float]:
    """A row per snippet, and the median overhead over all of their runs."""
    own = Environment("own", sys.executable, sys.prefix, platform.python_version(), ())
    alone = subprocess.Popen(
        [sys.executable, "-c", ALONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    rows: list[Row] = []
    overheads: list[float] = []
    with SandboxPool(size=2) as pool:
        for name, code in SNIPPETS.items():
            found = [_round(code, own, alone, pool) for _ in range(runs + 1)][1:]
            over = [sandboxed - by_itself for by_itself, sandboxed, _ in found]
            overheads += over
            medians = [statistics.median(column) for column in zip(*found, strict=True)]
            rows.append(Row(name, *medians, statistics.median(over)))
    alone.communicate()
    return rows, statistics.median(overheads)


def _round(
    code: str, environment: Environment, alone: subprocess.Popen[str], pool: SandboxPool
) -> tuple[float, float, float]:
    """One run of each kind, in milliseconds."""
    assert alone.stdin is not None
    assert alone.stdout is not None
    alone.stdin.write(json.dumps(code) + "\n")
    alone.stdin.flush()
    by_itself = float(alone.stdout.readline())
    began = time.perf_counter()
    observe(code, environment, pool, imports=("numpy", "pandas"))
    between = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=False)
    return 1e3 * by_itself, 1e3 * (between - began), 1e3 * (time.perf_counter() - between)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows, overhead = measure(options.runs)
    if options.json:
        document = {"level": best_level().value, "overhead_ms": overhead}
        print(json.dumps({**document, "rows": [vars(row) for row in rows]}, sort_keys=True))
        return
    head = ("ms, medians", "alone", "sandbox", "overhead", "fresh", "fresh / sandbox")
    print(f"{head[0]:<16}" + "".join(f"{word:>16}" for word in head[1:]))
    for row in rows:
        columns = (row.alone, row.sandboxed, row.overhead, row.fresh)
        print(f"{row.snippet:<16}" + "".join(f"{value:>16.1f}" for value in columns), end="")
        print(f"{row.fresh / row.sandboxed:>15.1f}x")
    print(
        f"isolation level {best_level().value}: {overhead:.1f} ms median overhead of a run "
        f"(to be at most {LIMIT_MS:g} ms)"
    )


if __name__ == "__main__":
    main()

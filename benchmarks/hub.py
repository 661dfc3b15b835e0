"""Round trip of many rows through a Hub on loopback, and pushes that are cut at random moments.

Usage: python benchmarks/hub.py [--rows 10000] [--cuts 20] [--seed 0]

Prints as JSON: seconds of `recode-data push`, of `load_dataset` in a fresh process, and of both;
whether rows and types are equal; and for how many random cuts the repeated command ended with the
same remote content as an undisturbed push. Each command is a process of its own, as a user's is.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.explorer import pair
from tests.built_datasets import write_built
from tests.hub_server import TOKEN, ToyHub

REPO = "somebody/many-pairs"
LOAD = f"""
import sys, pyarrow as pa, pyarrow.parquet as pq
from datasets import load_dataset
for split, rows in load_dataset({REPO!r}).items():
    pq.write_table(rows.data.table, sys.argv[1] + "/" + split + ".parquet")
"""


def environment(hub: ToyHub, home: Path) -> dict[str, str]:
    """Settings under which every Hub client speaks to `hub`."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("HF_")}
    settings = {"HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN, "HF_HOME": str(home)}
    return {**kept, **settings, "HF_HUB_DISABLE_XET": "1"}


def push(hub: ToyHub, dataset: Path, home: Path) -> int:
    """Exit code of one push."""
    command = [sys.executable, "-m", "recode_data.cli", "push", str(dataset), REPO]
    return subprocess.run(
        command, env=environment(hub, home), capture_output=True, check=False
    ).returncode


def round_trip(dataset: Path, folder: Path) -> dict[str, object]:
    """Push, load, compare."""
    loaded = folder / "loaded"
    loaded.mkdir()
    with ToyHub().serving() as hub:
        start = time.perf_counter()
        if push(hub, dataset, folder / "home"):
            sys.exit("the push failed")
        pushed = time.perf_counter() - start
        subprocess.run(
            [sys.executable, "-c", LOAD, str(loaded)],
            env=environment(hub, folder / "home"),
            check=True,
            capture_output=True,
        )
        seconds = time.perf_counter() - start
    equal_rows = equal_types = True
    for file in loaded.iterdir():
        found = pq.read_table(file).replace_schema_metadata()
        shards = sorted((dataset / "data").glob(f"{file.stem}-*.parquet"))
        sent = pa.concat_tables([pq.read_table(shard) for shard in shards])
        equal_rows &= found.to_pylist() == sent.to_pylist()
        equal_types &= [str(kind) for kind in found.schema.types] == [
            str(kind).replace("element", found.schema.field("old_requirements").type.value_field.name)
            for kind in sent.schema.types
        ]  # fmt: skip
    return {
        "push_s": round(pushed, 1),
        "load_s": round(seconds - pushed, 1),
        "round_trip_s": round(seconds, 1),
        "rows_equal": equal_rows,
        "types_equal": equal_types,
    }


def cuts(dataset: Path, folder: Path, number: int, seed: int) -> dict[str, object]:
    """Push until a random byte, then again."""
    with ToyHub().serving() as hub:
        push(hub, dataset, folder / "home")
        whole, expected = hub.passed_bytes, hub.repositories[REPO].content()
    draw, same, finished_despite = random.Random(seed), 0, 0
    moments = []
    for attempt in range(number):
        with ToyHub().serving() as hub:
            hub.cut_at = draw.randrange(whole)
            hub.outage = attempt % 2 == 0
            moments.append(round(hub.cut_at / whole, 3))
            finished_despite += push(hub, dataset, folder / "home") == 0
            hub.cut_at = None
            same += push(hub, dataset, folder / "home") == 0 and (
                hub.repositories[REPO].content() == expected
            )
    return {
        "cuts": number,
        "same_content_after_repeating": same,
        "first_command_got_through": finished_despite,
        "moments": sorted(moments),
    }


def main() -> None:
    """Generate, push, load, cut."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        draw = random.Random(options.seed)
        rows = [pair(number, draw) for number in range(options.rows)]
        dataset = write_built(folder / "dataset", rows)
        size = sum(file.stat().st_size for file in dataset.rglob("*.parquet"))
        result: dict[str, object] = {"rows": options.rows, "mb": round(size / 1e6, 1)}
        result |= round_trip(dataset, folder)
        small = write_built(folder / "small", rows[:200])
        result |= cuts(small, folder, options.cuts, options.seed)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

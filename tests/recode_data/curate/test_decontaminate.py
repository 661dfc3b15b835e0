from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recode_data.curate.benchmarks import (
    Benchmark,
    Task,
    benchmark_file,
    codes_in,
    read_benchmark,
)
from recode_data.curate.decontaminate import decontamination_entry, find_contaminated
from recode_data.errors import MalformedInputError
from tests.making import make_pair
from tests.recode_data.curate.test_shingles import MEAN, OTHER, PROSE, SAME

SHORT = "def f(first, second):\n    return first * second - first\n"
BENCHMARK = Benchmark("tasks.jsonl", "0" * 64, (Task("t/1", (MEAN,)), Task("t/2", (PROSE,)), Task("t/3", (SHORT,))))  # fmt: skip


def found_in(benchmark: Benchmark = BENCHMARK, **fields: str) -> tuple[str, str] | None:
    overlap = find_contaminated([make_pair(id="row", **fields)], [benchmark]).get("row")
    return (overlap.task, overlap.how) if overlap else None


@pytest.mark.parametrize(
    ("fields", "expect"),
    [
        ({"new_code": SAME}, ("t/1", "code")),
        ({"old_code": f"import toy\nx = toy.load(1)\n{SAME}\nprint(x)\n"}, ("t/1", "code")),
        ({"update_info": f"Since 2.0, {PROSE}."}, ("t/2", "text")),
        ({"new_code": f"import toy\n# {PROSE}\ntoy.read()\n"}, ("t/2", "text")),
        ({"new_code": "g = 1\ndef h(a, b):\n    '''x'''\n    return (a * b) - a\n"}, ("t/3", "code")),
        ({"new_code": OTHER}, None),
        ({"new_code": "def h(a, b):\n    return a * b - b\n"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_what_is_found(fields: dict[str, str], expect: tuple[str, str] | None) -> None:
    assert found_in(**fields) == expect


def test_a_short_function_that_many_rows_have_is_an_idiom() -> None:
    rows = [make_pair(id=str(n), new_code=f"{SHORT}\nx = {n}\n") for n in range(4)]
    assert find_contaminated(rows, [BENCHMARK]) == {}
    assert len(find_contaminated(rows[:3], [BENCHMARK])) == 3


def test_what_every_task_has_is_boilerplate() -> None:
    tasks = tuple(Task(str(n), (f"{MEAN}\nname_{n} = {n} + {n} + {n} + {n}\n",)) for n in range(9))
    assert found_in(Benchmark("b", "", tasks), new_code=SAME) is None
    assert found_in(Benchmark("b", "", tasks[:4]), new_code=SAME) == ("0", "code")


def test_a_text_that_tasks_share_counts_once() -> None:
    """Tasks of one update repeat its implementation."""
    tasks = tuple(Task(str(n), (MEAN, f"task {n} is about something")) for n in range(9))
    assert found_in(Benchmark("b", "", tasks), new_code=SAME) == ("0", "code")


def test_the_manifest_lists_files_and_rows() -> None:
    rows = [make_pair(id="a", new_code=SAME), make_pair(id="b")]
    entry = decontamination_entry(2, [BENCHMARK], find_contaminated(rows, [BENCHMARK]))
    assert entry == {
        "checked": 2,
        "references": [{"name": "tasks.jsonl", "sha256": "0" * 64, "tasks": 3, "removed": 1}],
        "removed": [
            {"row": "a", "reference": "tasks.jsonl", "task": "t/1", "how": "code", "share": 1.0}
        ],
    }


# --- files ----------------------------------------------------------------------------------------

ROWS = [
    {"task_id": "T/0", "prompt": "def f(x):\n    '''Say it twice.'''\n", "canonical_solution": "    return x + x\n"},
    {"task_id": "T/1", "nested": {"list": [{"code": "import toy\ntoy.load_it_now()"}]}, "number": 3},
]  # fmt: skip


def write(folder: Path, kind: str) -> Path:
    lines = "".join(json.dumps(row) + "\n" for row in ROWS)
    file = folder / f"tasks.{kind}"
    if kind == "jsonl":
        file.write_text(lines)
    elif kind == "jsonl.gz":
        file.write_bytes(gzip.compress(lines.encode()))
    elif kind == "json":
        file.write_text(json.dumps(ROWS))
    else:
        pq.write_table(pa.Table.from_pylist([{**row, "nested": json.dumps(row.get("nested"))} for row in ROWS]), file)  # fmt: skip
    return file


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "json", "parquet"])
def test_files_of_any_kind(tmp_path: Path, kind: str) -> None:
    found = read_benchmark(write(tmp_path, kind))
    assert (found.name, [task.name for task in found.tasks]) == (f"tasks.{kind}", ["T/0", "T/1"])
    assert ROWS[0]["prompt"] + ROWS[0]["canonical_solution"] in found.tasks[0].texts  # type: ignore[operator]
    assert any("toy.load_it_now()" in text for text in found.tasks[1].texts)


def test_a_python_file_is_one_task(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(MEAN)
    assert read_benchmark(file).tasks == (Task("row 0", (MEAN,)),)


@pytest.mark.parametrize("content", [b"", b"{torn", b"\xff\xfe", b"[1, 2]", b'{"a": "short"}\n'])
def test_bad_files_are_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(content)
    with pytest.raises(MalformedInputError, match=r"bad\.jsonl"):
        read_benchmark(file)


BODY = "    kept = [value for value in values if value > 0]\n    return sum(kept) / max(len(kept), 1)\n"
SHAPES = {
    "CodeUpdateArena": {"update": {"update_id": "u", "implementation": "def g(x): ..."}, "prog_syn_id": "u:0", "ref_solution": f"def mean(values):\n{BODY}", "unit_tests": "def test_a():\n    assert 1"},
    "HumanEval+": {"task_id": "HumanEval/7", "prompt": "def mean(values):\n    \"\"\"Mean of the positive ones.\"\"\"\n", "canonical_solution": BODY, "base_input": [[1, 2]], "contract": ""},
    "GitChameleon": {"example_id": "7", "starting_code": "import numpy as np\ndef mean(values):\n", "solution": BODY, "functional": 1, "docs": []},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_solutions_of_known_benchmarks_are_found(tmp_path: Path, shape: str) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps(SHAPES[shape]))
    stolen = "def average(items):\n  good = [i for i in items if i > 0]  # mine\n  return sum(good) / max(len(good), 1)\n"  # fmt: skip
    benchmark = read_benchmark(file)
    task = benchmark.tasks[0].name
    assert task in {"u:0", "HumanEval/7", "7"}
    assert found_in(benchmark, new_code=stolen) == (task, "code")
    assert found_in(benchmark, new_code=stolen.replace("> 0", "< 0").replace("sum", "min")) is None


def test_a_missing_file_is_a_usage_error() -> None:
    with pytest.raises(MalformedInputError, match="is no file"):
        benchmark_file("nothing-there.jsonl")


def test_humaneval_comes_with_its_package() -> None:
    found = read_benchmark(benchmark_file("HumanEval"))
    assert len(found.tasks) == 164
    assert found.tasks[0].name == "HumanEval/0"


def test_code_in_prose() -> None:
    text = "Before:\n```python\na = 1\n```\nand\n>>> b = 2\n... \n>>> c = 3\n4\n"
    assert list(codes_in(text))[1:] == ["a = 1\n", "b = 2\n\nc = 3"]

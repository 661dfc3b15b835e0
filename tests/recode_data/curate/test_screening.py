from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from recode_data.curate import screen, split_by_library, trained_on
from recode_data.curate.screening import command_options
from recode_data.records import BenchmarkFile, BuildOptions, DropReason, MigrationPair, Producer
from tests.making import make_pair
from tests.recode_data.curate.test_shingles import MEAN, SAME


def rows(*sizes: tuple[str, int]) -> list[MigrationPair]:
    return [make_pair(id=f"{name}-{n}", dependency=name) for name, size in sizes for n in range(size)]  # fmt: skip


@pytest.fixture
def benchmark(tmp_path: Path) -> BenchmarkFile:
    file = tmp_path / "tasks.jsonl"
    file.write_text(json.dumps({"task_id": "t/1", "code": MEAN}))
    return BenchmarkFile(file.name, "abc", str(file))


def test_without_options_nothing_is_screened() -> None:
    found = screen([make_pair(licence=""), make_pair(licence="GPL-3.0-only")], BuildOptions())
    assert (found.reasons, found.entry) == ({}, {"command_options": []})


def test_licence_and_benchmark_each_give_their_reason(benchmark: BenchmarkFile) -> None:
    pairs = [
        make_pair(id="good"),
        make_pair(id="gpl", licence="GPL-3.0-only", new_code=SAME),
        make_pair(id="silent", licence=""),
        make_pair(id="leak", new_code=SAME),
    ]
    options = BuildOptions(licence="permissive", decontaminate=(benchmark,))
    found = screen(pairs, options)
    assert found.reasons == {
        "gpl": (DropReason.LICENCE, "GPL-3.0-only"),
        "silent": (DropReason.LICENCE, "the release says nothing"),
        "leak": (DropReason.CONTAMINATED, "code of t/1 in tasks.jsonl, share 1.0"),
    }
    assert found.entry["licences"] == {"only": "permissive"}
    assert found.entry["decontamination"]["checked"] == 2  # type: ignore[index, call-overload]


def test_options_are_said_without_folders(benchmark: BenchmarkFile) -> None:
    options = BuildOptions(
        (Producer.FORWARD,), 9, None, "library", "permissive", (benchmark,), allow_weak=True
    )
    assert command_options(options) == [
        "--producer forward",
        "--limit 9",
        "--split-by library",
        "--licence permissive",
        "--decontaminate tasks.jsonl",
    ]


# --- splits by library ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sizes",
    [
        (("a", 80), ("b", 10), ("c", 10)),
        (("a", 50), ("b", 40), ("c", 10), ("d", 9), ("e", 3)),
        (("a", 30), ("b", 30), ("c", 40)),
        tuple((f"lib{n}", 5) for n in range(20)),
    ],
)
def test_no_library_is_in_two_splits(sizes: tuple[tuple[str, int], ...]) -> None:
    split = split_by_library(rows(*sizes))
    of = {pair.dependency: pair.split for pair in split}
    assert all(of[pair.dependency] == pair.split for pair in split)
    assert set(of.values()) == {"train", "validation", "test"}


def test_many_small_libraries_fill_the_shares() -> None:
    counts = Counter(pair.split for pair in split_by_library(rows(*((f"lib{n}", 5) for n in range(20)))))  # fmt: skip
    assert counts == {"train": 80, "validation": 10, "test": 10}


@pytest.mark.parametrize(("sizes", "splits"), [((("a", 9),), {"train"}), ((("a", 9), ("b", 3)), {"train", "test"})])  # fmt: skip
def test_training_keeps_a_library(sizes: tuple[tuple[str, int], ...], splits: set[str]) -> None:
    assert {pair.split for pair in split_by_library(rows(*sizes))} == splits


def test_the_split_does_not_depend_on_order() -> None:
    pairs = rows(("a", 50), ("b", 40), ("c", 10), ("d", 9))
    first = {pair.id: pair.split for pair in split_by_library(pairs)}
    second = {pair.id: pair.split for pair in split_by_library(pairs[::-1])}
    assert first == second


# --- near-duplicates across splits ----------------------------------------------------------------

CODE = "import toy\nvalue = toy.load({n}, 2, 3, 4, 5, 6, 7)\n"


def test_a_test_row_that_is_nearly_a_training_row_is_named() -> None:
    pairs = [
        make_pair(id="train", old_code=CODE.format(n=1)),
        make_pair(id="twin", old_code=CODE.format(n=2), split="test"),
        make_pair(id="other library", old_code=CODE.format(n=2), dependency="b", split="test"),
        make_pair(id="other", old_code="from toy import save\nsave()\n", split="validation"),
    ]
    assert trained_on(pairs) == {"twin": "train"}

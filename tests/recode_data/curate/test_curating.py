"""All of curation at once: every candidate ends once, and the card says what was removed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from recode_data.curate import MAX_PAIRS_PER_CHANGE
from recode_data.pipeline import curate
from recode_data.publish import write_dataset
from recode_data.records import BenchmarkFile, BuildOptions, DropReason, Outcome, Verified
from tests.built_datasets import STEP, step_result, toy_drops
from tests.making import make_candidate, make_change, make_verified
from tests.recode_data.curate.test_deduplicate import WORDS, distinct
from tests.recode_data.curate.test_shingles import MEAN, SAME


def verified(number: int, api: str, more: str = "", **fields: str) -> Verified:
    """Snippets of one API are near-duplicates; those of two are not alike."""
    words = WORDS[number % len(WORDS) :] + WORDS[: number % len(WORDS)]
    body = "".join(f"{word} = {word!r}.__len__() * {number}\n" for word in words[:9])
    candidate = make_candidate(
        f"import toy\n{body}x = {api}({number})\n{more}",
        f"import toy\n{body}x = toy.read({number})\n{more}",
        change=make_change(api),
    )
    return make_verified(candidate, **fields)


@pytest.fixture
def benchmark(tmp_path: Path) -> BenchmarkFile:
    file = tmp_path / "arena.jsonl"
    file.write_text(json.dumps({"task_id": "t/1", "code": MEAN}))
    return BenchmarkFile(file.name, "e" * 64, str(file))


@pytest.fixture
def outcomes() -> list[Outcome]:
    return [
        *(verified(number, f"toy.f{number}") for number in range(12)),
        verified(20, "toy.leak", SAME),
        verified(21, "toy.gpl", licence="GPL-3.0-only"),
        *toy_drops(),
    ]


def test_every_candidate_ends_once(outcomes: list[Outcome], benchmark: BenchmarkFile) -> None:
    options = BuildOptions(licence="permissive", decontaminate=(benchmark,))
    pairs, dropped, _ = curate([step_result(STEP, outcomes)], options)
    reasons = Counter(drop.reason for _, drop in dropped)
    assert reasons[DropReason.CONTAMINATED] == 1
    assert reasons[DropReason.LICENCE] == 1
    assert len(pairs) + len(dropped) == len(outcomes)
    assert not {pair.old_api for pair in pairs} & {"toy.leak", "toy.gpl"}


def test_without_options_both_stay(outcomes: list[Outcome]) -> None:
    pairs, _, _ = curate([step_result(STEP, outcomes)], BuildOptions())
    assert {"toy.leak", "toy.gpl"} <= {pair.old_api for pair in pairs}


def test_no_row_outside_train_is_nearly_one_of_it(outcomes: list[Outcome]) -> None:
    """Two APIs that are no group, with the same code but for a name."""
    twins = [
        make_verified(
            make_candidate(
                f"import toy\nvalue = toy.old{n}(1, 2, 3, 4, 5, 6, 7, 8, 9)\n",
                f"import toy\nvalue = toy.new{n}(1, 2, 3, 4, 5, 6, 7, 8, 9)\n",
                change=make_change(f"toy.old{n}"),
            ),
            new_api=f"toy.new{n}",
        )
        for n in range(12)
    ]
    items = [item.pair for item in twins]
    pairs, dropped, _ = curate([step_result(STEP, [*outcomes, *twins])], BuildOptions())
    late = [drop for _, drop in dropped if drop.detail.endswith("of train")]
    kept = {pair.id: pair.split for pair in pairs}
    splits = {kept[item.id] for item in items if item.id in kept}
    assert splits == {"train"}
    assert len(late) == sum(item.id not in kept for item in items) > 0
    assert {drop.reason for drop in late} == {DropReason.NEAR_DUPLICATE}


def test_the_card_lists_what_was_removed(
    outcomes: list[Outcome], benchmark: BenchmarkFile, tmp_path: Path
) -> None:
    options = BuildOptions(licence="permissive", decontaminate=(benchmark,))
    results = [step_result(STEP, outcomes)]
    pairs, dropped, curation = curate(results, options)
    write_dataset(tmp_path / "out", results, pairs, dropped, {}, curation)
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    digest = hashlib.sha256(Path(benchmark.path).read_bytes()).hexdigest()
    assert f"| arena.jsonl | 1 | `{digest[:16]}…` | 1 |" in card
    assert "`arena.jsonl` | `t/1` | `code` |" in card
    assert "Only releases under permissive licences were used." in card
    assert "--licence permissive --decontaminate arena.jsonl --out DIR" in card
    assert str(tmp_path) not in card + (tmp_path / "out" / "manifest.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("others", "of_one_change"), [(0, MAX_PAIRS_PER_CHANGE), (1960, 30)], ids=["small", "large"]
)
def test_what_one_change_may_have_grows_with_the_build(others: int, of_one_change: int) -> None:
    many = [distinct(number, "toy.load") for number in range(40)]
    rest = [make_verified(make_candidate(change=make_change(f"toy.f{n}"))) for n in range(others)]
    _, dropped, _ = curate([step_result(STEP, [*many, *rest])], BuildOptions())
    capped = sum(drop.reason is DropReason.OVER_CAP for _, drop in dropped)
    assert len(many) - capped == of_one_change

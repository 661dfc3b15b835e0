from __future__ import annotations

import json
from collections import defaultdict

from recode_data.curate import split_by_change
from recode_data.records import Producer
from tests.making import make_pair


def rows(changes: int, each: int) -> list:
    return [
        make_pair(id=f"{change}-{row}", old_api=f"toy.old{change}", new_api=f"toy.new{change}")
        for change in range(changes)
        for row in range(each)
    ]


def test_a_change_is_in_one_split_only() -> None:
    splits = defaultdict(set)
    for pair in split_by_change(rows(40, 5)):
        splits[pair.old_api].add(pair.split)
    assert all(len(found) == 1 for found in splits.values())


def test_shares_are_near_what_is_asked() -> None:
    counts = defaultdict(int)
    for pair in split_by_change(rows(40, 5)):
        counts[pair.split] += 1
    assert 14 <= counts["test"] <= 22
    assert 14 <= counts["validation"] <= 22


def test_two_old_names_of_one_new_name_stay_together() -> None:
    pairs = [
        make_pair(id=f"{name}{row}", old_api=f"toy.{name}", new_api="toy.inf")
        for name in ("Inf", "infty", "PINF")
        for row in range(3)
    ] + rows(20, 3)
    splits = {pair.split for pair in split_by_change(pairs) if pair.new_api == "toy.inf"}
    assert len(splits) == 1


def test_order_of_rows_does_not_matter() -> None:
    pairs = rows(15, 2)
    forward = {pair.id: pair.split for pair in split_by_change(pairs)}
    backward = {pair.id: pair.split for pair in split_by_change(pairs[::-1])}
    assert forward == backward


def test_since_puts_the_young_into_test() -> None:
    pairs = [*rows(5, 2), make_pair(id="young", new_release_date="2026-02-01")]
    found = {pair.id: pair.split for pair in split_by_change(pairs, since="2026-01-01")}
    assert found.pop("young") == "test"
    assert "test" not in found.values()


def test_nothing_in_nothing_out() -> None:
    assert split_by_change([]) == ()


def test_what_a_composed_row_joins_stays_together() -> None:
    pairs = rows(40, 3)
    for number in range(0, 40, 2):
        evidence = {"further": [{"change": {"old_api": f"toy.old{number + 1}"}}]}
        pairs.append(
            make_pair(
                id=f"both-{number}",
                old_api=f"toy.old{number}",
                new_api=f"toy.new{number}",
                producer=Producer.COMPOSED,
                evidence=json.dumps(evidence),
            )
        )
    splits = defaultdict(set)
    for pair in split_by_change(pairs):
        splits[int(pair.old_api.removeprefix("toy.old")) // 2].add(pair.split)
    assert all(len(found) == 1 for found in splits.values())
    assert {split for found in splits.values() for split in found} == {
        "train",
        "validation",
        "test",
    }


def test_training_never_meets_a_change_of_test_on_the_way() -> None:
    pairs = rows(40, 3)
    for number in range(40):
        evidence = {"further": [{"change": {"old_api": f"toy.old{(number + 1) % 40}"}}]}
        pairs.append(
            make_pair(
                id=f"met-{number}",
                old_api=f"toy.old{number}",
                new_api=f"toy.new{number}",
                producer=Producer.FORWARD,
                evidence=json.dumps(evidence),
            )
        )
    found = {pair.id: pair.split for pair in split_by_change(pairs)}
    order = ("train", "validation", "test")
    for number in range(40):
        own, met = found[f"{number}-0"], found[f"{(number + 1) % 40}-0"]
        assert found[f"met-{number}"] == max(own, met, key=order.index)
    assert len(set(found.values())) == 3

"""Train, validation and test by change: the test split asks about changes that training never saw."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from recode_data.records import MigrationPair, Producer, content_id

TEST_SHARE = 0.1
VALIDATION_SHARE = 0.1
SPLITS = ("train", "validation", "test")


def split_by_change(
    pairs: Sequence[MigrationPair], *, since: str | None = None
) -> tuple[MigrationPair, ...]:
    """Assign splits so that pairs that teach the same migration stay together.

    Pairs belong together when they share old or new API (`Inf` and `infty` both become `inf`), or are
    composed of both. A program that met further changes by itself goes where the least known of its
    changes is: a module that went as a whole would otherwise tie all its members together.
    Groups are taken in the order of a hash of their names, so the assignment of a group depends on
    nothing but its content and the sizes of the groups before it. With `since` (`YYYY-MM-DD`), the
    test split is instead every pair whose new release is from that day on: younger than the
    training data of a model with that cutoff.
    """
    if since is not None:
        young = [pair for pair in pairs if (pair.new_release_date or "") >= since]
        older = [pair for pair in pairs if (pair.new_release_date or "") < since]
        kept = split_by_change(older)
        return (
            *(replace(pair, split="train") if pair.split == "test" else pair for pair in kept),
            *(replace(pair, split="test") for pair in young),
        )
    groups = _groups(pairs)
    wanted = {"test": TEST_SHARE * len(pairs), "validation": VALIDATION_SHARE * len(pairs)}
    taken: dict[str, int] = defaultdict(int)
    assigned: dict[str, str] = {}
    for name in sorted(groups, key=lambda group: content_id("split", group)):
        members = groups[name]
        split = "train"
        for choice, quota in wanted.items():
            if taken[choice] + len(members) <= quota + 1 and taken[choice] < quota:
                split = choice
                break
        taken[split] += len(members)
        assigned.update({pair.id: split for pair in members})
    by_api = {f"{pair.dependency}:{pair.old_api}": assigned[pair.id] for pair in pairs}

    def split_of(pair: MigrationPair) -> str:
        further = (f"{pair.dependency}:{api}" for api in _further_apis(pair))
        met = (assigned[pair.id], *(by_api[api] for api in further if api in by_api))
        return max(met, key=SPLITS.index)

    return tuple(replace(pair, split=split_of(pair)) for pair in pairs)


def split_by_library(pairs: Sequence[MigrationPair]) -> tuple[MigrationPair, ...]:
    """Whole libraries for test and validation: those asked about are unknown to training.

    Each of the two gets the libraries, by a hash of their names, that still fit its share; the one
    nearest to the share where none does, while a library is left for training.
    """
    sizes = Counter(pair.dependency for pair in pairs)
    left = sorted(sizes, key=lambda name: content_id("library", name))
    assigned: dict[str, str] = {}
    for split, share in (("test", TEST_SHARE), ("validation", VALIDATION_SHARE)):
        quota = share * len(pairs)
        taken = 0
        for name in list(left):
            if taken + sizes[name] <= quota and len(left) > 1:
                assigned[name] = split
                taken += sizes[name]
                left.remove(name)
        if not taken and len(left) > 1:
            nearest = min(left, key=lambda name: (abs(sizes[name] - quota), name))
            assigned[nearest] = split
            left.remove(nearest)
    return tuple(replace(pair, split=assigned.get(pair.dependency, "train")) for pair in pairs)


def _further_apis(pair: MigrationPair) -> tuple[str, ...]:
    """Old APIs of the further changes that the program meets."""
    further = json.loads(pair.evidence).get("further", [])
    return tuple(str(item["change"]["old_api"]) for item in further)


def _groups(pairs: Sequence[MigrationPair]) -> dict[str, list[MigrationPair]]:
    """Connected components of APIs that a pair joins, named by their smallest member."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            name = parent[name]
        return name

    for pair in pairs:
        joined = _further_apis(pair) if pair.producer is Producer.COMPOSED else ()
        for api in (pair.new_api or pair.old_api, *joined):
            old, other = root(f"{pair.dependency}:{pair.old_api}"), root(f"{pair.dependency}:{api}")
            parent[max(old, other)] = min(old, other)
    groups: dict[str, list[MigrationPair]] = defaultdict(list)
    for pair in pairs:
        groups[root(f"{pair.dependency}:{pair.old_api}")].append(pair)
    return groups

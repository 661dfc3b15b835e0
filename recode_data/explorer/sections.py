"""A built dataset as the data blocks of a page."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from recode_data.explorer.collection import Collection
from recode_data.explorer.dataset import BuiltDataset, ChangeRow, DropRow
from recode_data.explorer.observed_words import observed_in_words
from recode_data.records import (
    ApiChange,
    Effect,
    Evidence,
    JsonValue,
    MigrationPair,
    VersionStep,
)

DROPS_PER_REASON = 60
"""Dropped candidates that the page shows of each reason; the counts are of all."""

FEATURED_LINES = range(3, 15)
"""Lengths of old code that fit an overview."""


class DatasetBlocks:
    """The blocks of one dataset, ready for `Page`; rows are in the order of the files."""

    def __init__(self, dataset: BuiltDataset) -> None:
        environments = _Numbered()
        numbers = {
            _change_key(row.step, row.change): number for number, row in enumerate(dataset.changes)
        }
        pairs = _pairs(dataset.pairs, numbers, environments)
        changes = _changes(dataset.changes)
        drops = _drops(dataset.drops)
        self.first: dict[str, JsonValue] = {"dataset": _overview(dataset, pairs, environments)}
        """Needed for the first view."""
        self.later: dict[str, JsonValue] = {}
        """Details, chunk by chunk."""
        for collection in (changes, pairs, drops):
            index, details = collection.blocks()
            self.first.update(index)
            self.later.update(details)


class _Numbered:
    """Environments, each once, in the order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, tuple[str, ...]], int] = {}

    def number(self, python: str, requirements: tuple[str, ...]) -> int:
        return self._numbers.setdefault((python, requirements), len(self._numbers))

    def documents(self) -> list[JsonValue]:
        return [
            {"python": python, "requirements": list(requirements)}
            for python, requirements in self._numbers
        ]


class _AboutAChange(Protocol):
    """What changes, pairs and drops have in common."""

    @property
    def kind(self) -> object: ...
    @property
    def old_api(self) -> str: ...
    @property
    def parameter(self) -> str | None: ...


def title_of(steps: Sequence[VersionStep]) -> str:
    """Heading of a dataset's page."""
    if len(steps) == 1:
        step = steps[0]
        return f"{step.library} {step.old} → {step.new}"
    libraries = list(dict.fromkeys(step.library for step in steps))
    if len(libraries) <= 3:
        return ", ".join(libraries)
    return f"{len(steps)} version steps of {len(libraries)} libraries"


def steps_of(dataset: BuiltDataset) -> list[VersionStep]:
    """The version steps of the build, in its order.

    Steps whose spelling is not `LIB:OLD:NEW` are left out; their rows name them still.
    """
    steps = dataset.manifest["steps"]
    texts = [str(step).split(":") for step in steps] if isinstance(steps, list) else []
    found = [VersionStep(*parts) for parts in texts if len(parts) == 3]
    seen = dict.fromkeys([*found, *(row.step for row in dataset.changes)])
    return list(seen)


def _change_key(step: VersionStep, about: _AboutAChange) -> tuple[str, ...]:
    kind = getattr(about.kind, "value", about.kind)
    return (str(step), str(kind), about.old_api, about.parameter or "")


def _step(pair: MigrationPair) -> VersionStep:
    return VersionStep(pair.dependency, pair.old_version, pair.new_version)


# --- the three collections ------------------------------------------------------------------------


def _pairs(
    pairs: Sequence[MigrationPair],
    changes: Mapping[tuple[str, ...], int],
    environments: _Numbered,
) -> Collection:
    return Collection(
        "pairs",
        {
            "id": [pair.id for pair in pairs],
            "library": [pair.dependency for pair in pairs],
            "old_version": [pair.old_version for pair in pairs],
            "new_version": [pair.new_version for pair in pairs],
            "kind": [pair.kind.value for pair in pairs],
            "effect": [pair.effect.value for pair in pairs],
            "producer": [pair.producer.value for pair in pairs],
            "split": [pair.split for pair in pairs],
            "old_api": [pair.old_api for pair in pairs],
            "new_api": [pair.new_api for pair in pairs],
            "parameter": [pair.parameter for pair in pairs],
        },
        [_pair_detail(pair, changes, environments) for pair in pairs],
    )


def _pair_detail(
    pair: MigrationPair, changes: Mapping[tuple[str, ...], int], environments: _Numbered
) -> JsonValue:
    evidence = _evidence(pair)
    change, replacement = evidence.get("change"), evidence.get("replacement")
    return {
        "description": pair.description,
        "update_info": pair.update_info,
        "old_code": pair.old_code,
        "new_code": pair.new_code,
        "works_on_old": pair.works_on_old,
        "proof": evidence.get("proof"),
        "observed": observed_in_words(pair.checks),
        "change": changes.get(_change_key(_step(pair), pair)),
        "replacement": replacement if isinstance(replacement, dict) else None,
        "evidence": change.get("evidence") if isinstance(change, dict) else None,
        "origin": evidence.get("origin"),
        "source": [pair.source_release, pair.source_file, pair.source_line],
        "licence": pair.licence,
        "released": [pair.old_release_date, pair.new_release_date],
        "environments": [
            environments.number(pair.old_python, pair.old_requirements),
            environments.number(pair.new_python, pair.new_requirements),
        ],
    }


def _evidence(pair: MigrationPair) -> dict[str, JsonValue]:
    try:
        document = json.loads(pair.evidence)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _changes(rows: Sequence[ChangeRow]) -> Collection:
    return Collection(
        "changes",
        {
            "library": [row.step.library for row in rows],
            "old_version": [row.step.old for row in rows],
            "new_version": [row.step.new for row in rows],
            "kind": [row.change.kind.value for row in rows],
            "old_api": [row.change.old_api for row in rows],
            "parameter": [row.change.parameter for row in rows],
            "new_api": [_new_name(row.change) for row in rows],
            "pairs": [row.pairs for row in rows],
            "evidence": [_evidence_kinds(row.change) for row in rows],
            "path": ["repeated" if row.change.alias_of else "first" for row in rows],
        },
        [_change_detail(row.change) for row in rows],
    )


def _new_name(change: ApiChange) -> str | None:
    """What to write instead; for parameters, their new name."""
    best = change.replacements[0] if change.replacements else None
    if best is not None and best.new_parameter and change.parameter:
        return best.new_parameter
    return change.new_api or (best.new_api if best is not None else None)


def _evidence_kinds(change: ApiChange) -> str:
    """Kinds of evidence for the best replacement, or else for the change, strongest first."""
    items = change.replacements[0].evidence if change.replacements else change.evidence
    return ", ".join(dict.fromkeys(item.kind.value.replace("_", " ") for item in items))


def _change_detail(change: ApiChange) -> JsonValue:
    old, new = change.old_signature, change.new_signature
    return {
        "object_kind": change.object_kind.value if change.object_kind else None,
        "old_signature": None if old is None else str(old),
        "new_signature": None if new is None else str(new),
        "old_value": change.old_value,
        "new_value": change.new_value,
        "message": change.message,
        "alias_of": change.alias_of,
        "evidence": _evidence_list(change.evidence),
        "replacements": [
            {
                "new_api": item.new_api,
                "new_parameter": item.new_parameter,
                "score": item.score,
                "evidence": _evidence_list(item.evidence),
            }
            for item in change.replacements
        ],
    }


def _evidence_list(items: Iterable[Evidence]) -> list[JsonValue]:
    return [{"kind": item.kind.value, "detail": item.detail} for item in items]


def _drops(rows: Sequence[DropRow]) -> Collection:
    shown = _examples(rows)
    return Collection(
        "drops",
        {
            "library": [row.step.library for row in shown],
            "old_version": [row.step.old for row in shown],
            "new_version": [row.step.new for row in shown],
            "reason": [row.reason for row in shown],
            "kind": [row.kind for row in shown],
            "producer": [row.producer for row in shown],
            "old_api": [row.old_api for row in shown],
            "new_api": [row.new_api for row in shown],
            "parameter": [row.parameter for row in shown],
        },
        [
            {
                "detail": row.detail,
                "old_code": row.old_code,
                "new_code": row.new_code,
                "source": list(row.source),
            }
            for row in shown
        ],
    )


def _examples(rows: Sequence[DropRow]) -> list[DropRow]:
    """Some of each reason, spread over as many changes as there are."""
    turns: Counter[tuple[str, ...]] = Counter()
    by_reason: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, row in enumerate(rows):
        key = (row.reason, *_change_key(row.step, row))
        by_reason[row.reason].append((turns[key], number))
        turns[key] += 1
    chosen = [number for found in by_reason.values() for _, number in sorted(found)[:DROPS_PER_REASON]]
    return [rows[number] for number in sorted(chosen)]


# --- overview -------------------------------------------------------------------------------------


def _overview(dataset: BuiltDataset, pairs: Collection, environments: _Numbered) -> JsonValue:
    manifest = dataset.manifest
    counts = manifest.get("counts")
    candidates = counts.get("candidates") if isinstance(counts, dict) else None
    steps = steps_of(dataset)
    proved = {_change_key(row.step, row.change) for row in dataset.changes if row.pairs}
    return {
        "title": title_of(steps),
        "steps": [{"library": step.library, "old": step.old, "new": step.new} for step in steps],
        "candidates": candidates,
        "verified": len(dataset.pairs),
        "dropped": len(dataset.drops),
        "changes": len(dataset.changes),
        "changes_with_pairs": len(proved),
        "usages": counts.get("old_usages") if isinstance(counts, dict) else None,
        "change_kinds": _change_kinds(dataset.changes),
        "effects": _counts(pair.effect.value for pair in dataset.pairs),
        "kinds": _counts(pair.kind.value for pair in dataset.pairs),
        "producers": _counts(pair.producer.value for pair in dataset.pairs),
        "splits": _counts(pair.split for pair in dataset.pairs),
        "drop_reasons": _counts(row.reason for row in dataset.drops),
        "featured": _featured(dataset.pairs, pairs),
        "releases": manifest.get("releases") or [],
        "environments": environments.documents(),
        "tools": manifest.get("tools") or {},
        "files": manifest.get("files") or {},
    }


def _counts(values: Iterable[str]) -> list[JsonValue]:
    """[value, count] pairs, most frequent first."""
    return [
        [value, count]
        for value, count in sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    ]


def _change_kinds(rows: Iterable[ChangeRow]) -> list[JsonValue]:
    """[kind, count, how many of them have pairs], most frequent first."""
    all_kinds: Counter[str] = Counter()
    with_pairs: Counter[str] = Counter()
    for row in rows:
        all_kinds[row.change.kind.value] += 1
        with_pairs[row.change.kind.value] += bool(row.pairs)
    ordered = sorted(all_kinds.items(), key=lambda item: (-item[1], item[0]))
    return [[kind, count, with_pairs[kind]] for kind, count in ordered]


def _featured(pairs: Sequence[MigrationPair], collection: Collection) -> list[JsonValue]:
    """One pair of each effect, with its details: short, and with as little beside it as can be."""
    chosen: list[JsonValue] = []
    for effect in (Effect.BREAK, Effect.WARN, Effect.DRIFT):
        numbers = [number for number, pair in enumerate(pairs) if pair.effect is effect]
        if numbers:
            best = min(numbers, key=lambda number: _plainness(pairs[number]))
            chosen.append({"row": best, "detail": collection.details[best]})
    return chosen


def _plainness(pair: MigrationPair) -> tuple[bool, bool, int, str]:
    lines = pair.old_code.count("\n")
    return (
        lines not in FEATURED_LINES,
        pair.new_api is None or pair.new_api == pair.old_api,
        len(pair.old_code),
        pair.id,
    )

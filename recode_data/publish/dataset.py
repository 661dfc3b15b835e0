"""Write a finished build: data files first, card, and the manifest last."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from recode_data.journal import write_atomically
from recode_data.publish.card import render_card
from recode_data.publish.configs import (
    CHANGES,
    DROPPED,
    configs_document,
    files_of,
    split_files,
    write_shards,
)
from recode_data.publish.manifest import make_manifest
from recode_data.publish.tables import write_changes, write_dropped
from recode_data.records import (
    ApiChange,
    Dropped,
    JsonValue,
    MigrationPair,
    StepResult,
    VersionStep,
)


def write_dataset(
    out: Path,
    results: Sequence[StepResult],
    pairs: Sequence[MigrationPair],
    dropped: Sequence[tuple[VersionStep, Dropped]],
    seconds: Mapping[str, float],
    curation: Mapping[str, JsonValue] | None = None,
) -> dict[str, JsonValue]:
    """Write every file of the dataset folder and return the manifest.

    Args:
        out: the folder.
        results: one per version step.
        pairs: the rows.
        dropped: every candidate that is no row, with its step.
        seconds: by phase; for `timings.json` only, which no other file depends on.
        curation: what curation was told and found, for manifest and card.
    """
    ordered = sorted(pairs, key=lambda pair: (pair.dependency, pair.old_api, pair.id))
    drops = sorted(
        dropped, key=lambda entry: (str(entry[0]), entry[1].reason.value, entry[1].candidate.key)
    )
    configs = write_shards(out, ordered)
    for name, written in (
        (CHANGES, write_changes(_with_pair_counts(results, ordered), out / "changes.parquet")),
        (DROPPED, write_dropped(drops, out / "dropped.parquet")),
    ):
        configs[name] = {"train": split_files([f"{name}.parquet"], [written])}
    document = make_manifest(
        results,
        ordered,
        [drop for _, drop in drops],
        configs_document(configs),
        curation or {},
    )
    files: dict[str, JsonValue] = {name: _hashed(out / name) for name in files_of(configs)}
    card = render_card({**document, "files": files})
    write_atomically(out / "README.md", card.encode())
    files["README.md"] = _hashed(out / "README.md")
    timings: dict[str, JsonValue] = {name: round(value, 3) for name, value in seconds.items()}
    write_atomically(out / "timings.json", _json(timings))
    manifest: dict[str, JsonValue] = {**document, "files": files}
    write_atomically(out / "manifest.json", _json(manifest))
    return manifest


def _with_pair_counts(
    results: Sequence[StepResult], pairs: Sequence[MigrationPair]
) -> list[tuple[VersionStep, ApiChange, int]]:
    """Every change with its step and the number of rows about it."""
    used = Counter(
        (
            VersionStep(pair.dependency, pair.old_version, pair.new_version),
            (pair.kind, pair.old_api, pair.parameter),
        )
        for pair in pairs
    )
    return [
        (
            result.context.step,
            change,
            used[result.context.step, (change.kind, change.old_api, change.parameter)],
        )
        for result in results
        for change in sorted(result.changes, key=lambda change: change.key)
    ]


def _hashed(path: Path) -> JsonValue:
    raw = path.read_bytes()
    return {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}


def _json(document: Mapping[str, JsonValue]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()

"""Write a finished build: data files first, card, and the manifest last."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from recode_data.curate import SPLITS
from recode_data.journal import write_atomically
from recode_data.publish.card import render_card
from recode_data.publish.tables import write_changes, write_dropped, write_pairs
from recode_data.records import (
    Dropped,
    JsonValue,
    MigrationPair,
    Release,
    StepResult,
    VersionStep,
)

MANIFEST_VERSION = 1


def write_dataset(
    out: Path,
    results: Sequence[StepResult],
    pairs: Sequence[MigrationPair],
    dropped: Sequence[tuple[VersionStep, Dropped]],
    seconds: Mapping[str, float],
) -> dict[str, JsonValue]:
    """Write every file of the dataset folder and return the manifest.

    The manifest holds no clock and no path of this machine, so that two builds can be compared;
    `timings.json` beside it holds `seconds` by phase.
    """
    ordered = sorted(pairs, key=lambda pair: (pair.dependency, pair.old_api, pair.id))
    files = _write_shards(out / "data", ordered)
    used = Counter(
        (
            pair.dependency,
            pair.old_version,
            pair.new_version,
            pair.kind.value,
            pair.old_api,
            pair.parameter,
        )
        for pair in ordered
    )
    write_changes(
        (
            (
                step,
                change,
                used[
                    (
                        step.library,
                        step.old,
                        step.new,
                        change.kind.value,
                        change.old_api,
                        change.parameter,
                    )
                ],
            )
            for result in results
            for step in [result.context.step]
            for change in sorted(result.changes, key=lambda change: change.key)
        ),
        out / "changes.parquet",
    )
    write_dropped(
        sorted(
            dropped,
            key=lambda entry: (str(entry[0]), entry[1].reason.value, entry[1].candidate.key),
        ),
        out / "dropped.parquet",
    )
    files += [out / "changes.parquet", out / "dropped.parquet"]
    manifest = _manifest(results, ordered, [drop for _, drop in dropped])
    write_atomically(out / "README.md", render_card(manifest).encode())
    files.append(out / "README.md")
    manifest["files"] = {
        str(path.relative_to(out)): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
        }
        for path in sorted(files)
    }
    write_atomically(
        out / "timings.json", _json({key: round(value, 3) for key, value in seconds.items()})
    )
    write_atomically(out / "manifest.json", _json(manifest))
    return manifest


def _write_shards(folder: Path, ordered: Sequence[MigrationPair]) -> list[Path]:
    """One file per split and library, `train-numpy-00000.parquet`; stale ones are removed.

    A library's rows can then be loaded alone, and all of them by `train-*.parquet`, without any
    row being stored twice.
    """
    shards: dict[Path, list[MigrationPair]] = {}
    for pair in ordered:
        path = folder / f"{pair.split}-{pair.dependency.lower()}-00000.parquet"
        shards.setdefault(path, []).append(pair)
    for path, rows in shards.items():
        write_pairs(rows, path)
    for path in folder.glob("*.parquet"):
        if path not in shards:
            path.unlink()
    return list(shards)


def _json(document: Mapping[str, JsonValue] | Mapping[str, float]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _manifest(
    results: Sequence[StepResult], pairs: Sequence[MigrationPair], dropped: Sequence[Dropped]
) -> dict[str, JsonValue]:
    outcomes = sum(len(result.outcomes) for result in results)
    return {
        "version": MANIFEST_VERSION,
        "steps": [str(result.context.step) for result in results],
        "releases": [
            _release(release)
            for result in results
            for release in (result.context.old, result.context.new)
        ],
        "environments": [
            {
                "release": release.pin,
                "python": environment.python_version,
                "requirements": list(environment.requirements),
            }
            for result in results
            for release, environment in (
                (result.context.old, result.context.old_environment),
                (result.context.new, result.context.new_environment),
            )
        ],
        "counts": {
            "changes": sum(len(result.changes) for result in results),
            "changes_with_pairs": len({_change_of(pair) for pair in pairs}),
            "old_usages": sum(result.old_usages for result in results),
            "new_usages": sum(result.new_usages for result in results),
            "probed": sum(result.probed for result in results),
            "candidates": outcomes,
            "verified": len(pairs),
            "dropped": len(dropped),
        },
        "change_kinds": _count(
            change.kind.value for result in results for change in result.changes
        ),
        "kinds": _count(pair.kind.value for pair in pairs),
        "effects": _count(pair.effect.value for pair in pairs),
        "producers": _count(pair.producer.value for pair in pairs),
        "drop_reasons": _count(drop.reason.value for drop in dropped),
        "candidates_by_producer": _count(
            outcome.candidate.producer.value for result in results for outcome in result.outcomes
        ),
        "libraries": {
            library: _count(pair.split for pair in pairs if pair.dependency == library)
            for library in sorted({pair.dependency for pair in pairs})
        },
        "splits": {split: sum(pair.split == split for pair in pairs) for split in SPLITS},
        "tools": _tools(),
    }


def _change_of(pair: MigrationPair) -> tuple[str, str, str, str, str | None]:
    return (pair.dependency, pair.new_version, pair.kind.value, pair.old_api, pair.parameter)


def _release(release: Release) -> JsonValue:
    return {
        "pin": release.pin,
        "released": release.released,
        "licence": release.licence,
        "files": [
            {"filename": artifact.filename, "sha256": artifact.sha256}
            for artifact in (release.wheel, release.sdist)
            if artifact is not None
        ],
    }


def _count(values: Iterable[str]) -> dict[str, JsonValue]:
    return dict(sorted(Counter(values).items()))


def _tools() -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name in ("recode-toolkit", "libcst", "pyarrow", "rapidfuzz", "uv"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found

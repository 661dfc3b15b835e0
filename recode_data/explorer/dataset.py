"""Read a built dataset folder whole: pairs, changes, drops and manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recode_data.errors import MalformedInputError, UsageError
from recode_data.publish import CHANGE_SCHEMA, DROPPED_SCHEMA, read_changes, read_pairs
from recode_data.records import ApiChange, JsonValue, MigrationPair, VersionStep


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change with its step and the number of pairs that it gave."""

    step: VersionStep
    change: ApiChange
    pairs: int


@dataclass(frozen=True, slots=True)
class DropRow:
    """A candidate that was not admitted, as `dropped.parquet` has it."""

    step: VersionStep
    reason: str
    detail: str
    kind: str
    old_api: str
    parameter: str | None
    new_api: str | None
    producer: str
    old_code: str
    new_code: str
    source: tuple[str, str, int]
    """Release, file, 1-based line."""


@dataclass(frozen=True, slots=True)
class BuiltDataset:
    """All that a finished build left."""

    pairs: tuple[MigrationPair, ...]
    changes: tuple[ChangeRow, ...]
    drops: tuple[DropRow, ...]
    manifest: Mapping[str, JsonValue]


def read_dataset(folder: Path) -> BuiltDataset:
    """Read what `recode-data build … --out FOLDER` wrote.

    Raises:
        UsageError: no such folder, or its build has not finished.
        MalformedInputError: a file is torn or has another schema.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name the one that `recode-data build` wrote")
    manifest = _manifest(folder)
    pairs = read_pairs(folder) if any((folder / "data").glob("*.parquet")) else ()
    if not pairs and _verified(manifest) != 0:
        raise MalformedInputError(
            f"{folder} has no pairs in data/, but its manifest counts {_verified(manifest)}; "
            "build or download it again"
        )
    return BuiltDataset(pairs, tuple(_changes(folder)), tuple(_drops(folder)), manifest)


def _manifest(folder: Path) -> dict[str, JsonValue]:
    file = folder / "manifest.json"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        what = "its build has not finished" if (folder / ".state").is_dir() else "no built dataset"
        raise UsageError(
            f"{folder} has no manifest.json: {what}; give (or repeat) the command "
            f"`recode-data build … --out {folder}`"
        ) from error
    except (OSError, ValueError) as error:
        raise MalformedInputError(f"{file} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("steps"), list):
        raise MalformedInputError(f"{file} is not a manifest of `recode-data build`")
    return manifest


def _verified(manifest: Mapping[str, JsonValue]) -> JsonValue:
    counts = manifest.get("counts")
    return counts.get("verified") if isinstance(counts, dict) else None


def _changes(folder: Path) -> Iterator[ChangeRow]:
    columns = ["library", "old_version", "new_version", "pairs"]
    changes = read_changes(folder)
    rows = _rows(folder / "changes.parquet", CHANGE_SCHEMA, columns)
    for change, row in zip(changes, rows, strict=True):
        yield ChangeRow(_step(row), change, int(str(row["pairs"])))


def _drops(folder: Path) -> Iterator[DropRow]:
    for row in _rows(folder / "dropped.parquet", DROPPED_SCHEMA, DROPPED_SCHEMA.names):
        text = {name: "" if value is None else str(value) for name, value in row.items()}
        yield DropRow(
            step=_step(row),
            reason=text["reason"],
            detail=text["detail"],
            kind=text["kind"],
            old_api=text["old_api"],
            parameter=text["parameter"] or None,
            new_api=text["new_api"] or None,
            producer=text["producer"],
            old_code=text["old_code"],
            new_code=text["new_code"],
            source=(text["source_release"], text["source_file"], int(text["source_line"] or 0)),
        )


def _step(row: Mapping[str, JsonValue]) -> VersionStep:
    return VersionStep(str(row["library"]), str(row["old_version"]), str(row["new_version"]))


def _rows(file: Path, schema: pa.Schema, columns: list[str]) -> list[dict[str, JsonValue]]:
    if not file.is_file():
        raise MalformedInputError(f"{file} is missing: not the folder of a finished build")
    try:
        table = pq.read_table(file)
        rows: list[dict[str, JsonValue]] = (
            table.select(columns)
            .cast(pa.schema([schema.field(name) for name in columns]))
            .to_pylist()
        )
    except (pa.ArrowException, KeyError, ValueError, OSError) as error:
        raise MalformedInputError(f"{file} cannot be read: {error}") from error
    return rows

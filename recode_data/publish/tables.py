"""Records to Parquet and back: explicit Arrow schemas, same records same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from recode_data.errors import MalformedInputError
from recode_data.records import (
    ApiChange,
    Dropped,
    JsonValue,
    MigrationPair,
    VersionStep,
    decode,
    encode,
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a written file holds; `size` in bytes of memory, not of the file."""

    rows: int
    size: int


_LISTS = ("old_requirements", "new_requirements")

PAIR_SCHEMA = pa.schema(
    [
        pa.field(
            item.name,
            pa.list_(pa.string())
            if item.name in _LISTS
            else pa.int64()
            if item.name == "source_line"
            else pa.bool_()
            if item.name == "works_on_old"
            else pa.string(),
        )
        for item in fields(MigrationPair)
    ]
)

CHANGE_SCHEMA = pa.schema(
    [
        ("library", pa.string()),
        ("old_version", pa.string()),
        ("new_version", pa.string()),
        ("kind", pa.string()),
        ("old_api", pa.string()),
        ("parameter", pa.string()),
        ("new_api", pa.string()),
        ("message", pa.string()),
        ("pairs", pa.int64()),
        ("record", pa.string()),  # the whole ApiChange as JSON
    ]
)

DROPPED_SCHEMA = pa.schema(
    [
        ("library", pa.string()),
        ("old_version", pa.string()),
        ("new_version", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("kind", pa.string()),
        ("old_api", pa.string()),
        ("parameter", pa.string()),
        ("new_api", pa.string()),
        ("producer", pa.string()),
        ("old_code", pa.string()),
        ("new_code", pa.string()),
        ("source_release", pa.string()),
        ("source_file", pa.string()),
        ("source_line", pa.int64()),
    ]
)


def pair_row(pair: MigrationPair) -> dict[str, Any]:
    """The row of a pair: enums by value, tuples as lists."""
    row: dict[str, Any] = {}
    for item in fields(pair):
        value = getattr(pair, item.name)
        row[item.name] = value.value if isinstance(value, Enum) else value
    for name in _LISTS:
        row[name] = list(row[name])
    return row


def write_pairs(pairs: Sequence[MigrationPair], path: Path) -> Written:
    """Write rows in the given order."""
    return _write(pa.Table.from_pylist([pair_row(pair) for pair in pairs], PAIR_SCHEMA), path)


def write_changes(
    step_changes: Iterable[tuple[VersionStep, ApiChange, int]], path: Path
) -> Written:
    """Write changes with their step and the number of pairs that each contributed."""
    rows = [
        {
            "library": step.library,
            "old_version": step.old,
            "new_version": step.new,
            "kind": change.kind.value,
            "old_api": change.old_api,
            "parameter": change.parameter,
            "new_api": change.new_api,
            "message": change.message,
            "pairs": pairs,
            "record": encode(change).decode(),
        }
        for step, change, pairs in step_changes
    ]
    return _write(pa.Table.from_pylist(rows, CHANGE_SCHEMA), path)


def write_dropped(dropped: Iterable[tuple[VersionStep, Dropped]], path: Path) -> Written:
    """Write every candidate that was not admitted, with its reason."""
    rows = [
        {
            "library": step.library,
            "old_version": step.old,
            "new_version": step.new,
            "reason": drop.reason.value,
            "detail": drop.detail[:500],
            "kind": drop.candidate.change.kind.value,
            "old_api": drop.candidate.change.old_api,
            "parameter": drop.candidate.change.parameter,
            "new_api": drop.candidate.replacement.new_api if drop.candidate.replacement else None,
            "producer": drop.candidate.producer.value,
            "old_code": drop.candidate.old_code,
            "new_code": drop.candidate.new_code,
            "source_release": drop.candidate.usage.release,
            "source_file": drop.candidate.usage.source_file,
            "source_line": drop.candidate.usage.source_line,
        }
        for step, drop in dropped
    ]
    return _write(pa.Table.from_pylist(rows, DROPPED_SCHEMA), path)


def _write(table: pa.Table, path: Path) -> Written:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        pq.write_table(table, temporary, compression="zstd", store_schema=True)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return Written(table.num_rows, table.nbytes)


def read_pairs(folder_or_file: Path) -> tuple[MigrationPair, ...]:
    """Pairs of a built folder (`data/*.parquet`), of one Parquet file, or of a JSONL file.

    Rows keep the order of their files; files are read in the order train, validation, test.

    Raises:
        MalformedInputError: nothing there, a torn file, or columns that a pair must have lack.
    """
    rows: list[MigrationPair] = []
    for file in _pair_files(folder_or_file):
        raw = _read_json_lines(file) if file.suffix == ".jsonl" else _read_parquet(file)
        rows.extend(_pair_of(row, file, number) for number, row in enumerate(raw, 1))
    return tuple(rows)


def _pair_files(folder_or_file: Path) -> list[Path]:
    if folder_or_file.is_file():
        return [folder_or_file]
    order = {"train": 0, "validation": 1, "test": 2}
    found = sorted(
        (folder_or_file / "data").glob("*.parquet"),
        key=lambda path: (order.get(path.name.split("-")[0], 9), path.name),
    )
    if not found:
        raise MalformedInputError(
            f"{folder_or_file} holds no pairs: expected data/*.parquet as "
            "`recode-data build … --out DIR` writes it, or a .parquet or .jsonl file"
        )
    return found


def _read_parquet(file: Path) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    except (pa.ArrowInvalid, OSError) as error:
        raise MalformedInputError(f"{file} is not a readable Parquet file: {error}") from error
    return rows


def _read_json_lines(file: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                rows.append(msgspec.json.decode(line, type=dict[str, Any]))
            except msgspec.MsgspecError as error:
                raise MalformedInputError(f"{file}, line {number}: {error}") from error
    return rows


def _pair_of(row: Mapping[str, JsonValue], file: Path, number: int) -> MigrationPair:
    missing = {item.name for item in fields(MigrationPair)} - row.keys() - {*_LISTS, "split"}
    if missing:
        raise MalformedInputError(
            f"{file} lacks the columns {', '.join(sorted(missing))}; it has "
            f"{', '.join(sorted(row))}"
        )
    try:
        return msgspec.convert(row, MigrationPair)
    except msgspec.ValidationError as error:
        raise MalformedInputError(f"{file}, row {number}: {error}") from error


def read_changes(folder: Path) -> tuple[ApiChange, ...]:
    """Changes of a built folder, in file order.

    Raises:
        MalformedInputError: no such file, or not one that a build wrote.
    """
    file = folder / "changes.parquet"
    if not file.is_file():
        raise MalformedInputError(f"{folder} has no changes.parquet: not a folder of a build")
    return tuple(decode(str(row["record"]), ApiChange) for row in _read_parquet(file))

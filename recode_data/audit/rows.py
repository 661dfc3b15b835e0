"""Rows of any pair file: ours, the paper's JSON or JSON Lines, Parquet or a built folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from packaging.utils import canonicalize_name

from recode_data.errors import MalformedInputError

REQUIRED = ("old_code", "new_code")
DISTRIBUTIONS = {"pytorch": "torch", "sklearn": "scikit-learn", "pil": "pillow", "cv2": "opencv-python"}  # fmt: skip
"""What people call a library → its name on the package index."""

_PIN = re.compile(r"^\s*(?:==|~=|>=|<=|>|<)?\s*")


@dataclass(frozen=True, slots=True)
class Pins:
    """What rebuilds both environments of a row."""

    old_python: str
    old_requirements: tuple[str, ...]
    new_python: str
    new_requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One pair as found; a field is None where the file has null or no such column."""

    number: int
    """0-based position in the file."""
    dependency: str | None
    new_version: str | None
    update_info: str | None
    old_code: str | None
    new_code: str | None
    effect: str | None = None
    split: str | None = None
    description: str | None = None
    old_version: str | None = None
    old_api: str | None = None
    new_api: str | None = None
    pins: Pins | None = None
    """Of rows in the toolkit's own schema."""


def distribution_of(dependency: str | None) -> str:
    """A library's name on the package index; empty where none is given."""
    name = canonicalize_name(dependency or "")
    return DISTRIBUTIONS.get(name, name)


def bare_version(version: str | None) -> str:
    """A version without operators: `2.2.0`, or a series such as `1.1.x`."""
    return _PIN.sub("", version or "").strip()


def read_rows(source: Path) -> tuple[AuditRow, ...]:
    """All rows in file order.

    Raises:
        MalformedInputError: not a file of pairs; says which columns it lacks.
    """
    raw = list(_raw_rows(source))
    if not raw:
        raise MalformedInputError(f"{source} has no rows")
    missing = [name for name in REQUIRED if not any(name in row for row in raw)]
    if missing:
        raise MalformedInputError(
            f"{source} is no file of pairs: it lacks {', '.join(missing)}; it has "
            f"{', '.join(sorted(raw[0]))}"
        )
    return tuple(_row(number, row) for number, row in enumerate(raw))


def _row(number: int, row: Mapping[str, Any]) -> AuditRow:
    def text(name: str) -> str | None:
        value = row.get(name)
        return None if value is None else str(value)

    return AuditRow(
        number,
        text("dependency"),
        text("new_version"),
        text("update_info"),
        text("old_code"),
        text("new_code"),
        text("effect"),
        text("split"),
        text("description"),
        text("old_version"),
        text("old_api"),
        text("new_api"),
        _pins(row),
    )


def _pins(row: Mapping[str, Any]) -> Pins | None:
    old, new = row.get("old_requirements"), row.get("new_requirements")
    old_python, new_python = row.get("old_python"), row.get("new_python")
    if not (isinstance(old, list) and isinstance(new, list) and old_python and new_python):
        return None
    return Pins(str(old_python), tuple(map(str, old)), str(new_python), tuple(map(str, new)))


def _raw_rows(source: Path) -> Iterable[dict[str, Any]]:
    if source.is_dir():
        files = sorted((source / "data").glob("*.parquet")) or sorted(source.glob("*.jsonl"))
        if not files:
            raise MalformedInputError(f"{source} holds neither data/*.parquet nor *.jsonl")
        return [row for file in files for row in _raw_rows(file)]
    if not source.is_file():
        raise MalformedInputError(f"{source} does not exist")
    if source.suffix == ".parquet":
        try:
            rows: list[dict[str, Any]] = pq.read_table(source).to_pylist()
            return rows
        except (pa.ArrowInvalid, OSError) as error:
            raise MalformedInputError(f"{source} is not a readable Parquet file") from error
    return _json_rows(source)


def _json_rows(source: Path) -> list[dict[str, Any]]:
    try:
        text = source.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInputError(f"{source} is not UTF-8 text: {error}") from error
    if text.lstrip().startswith("["):
        try:
            rows = json.loads(text)
        except ValueError as error:
            raise MalformedInputError(f"{source} is not JSON: {error}") from error
    else:
        rows = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    rows.append(json.loads(line))
                except ValueError as error:
                    raise MalformedInputError(f"{source}, line {number}: {error}") from error
    if not all(isinstance(row, dict) for row in rows):
        raise MalformedInputError(f"{source}: each row must be a JSON object")
    return list(rows)

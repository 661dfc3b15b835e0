"""Data of published benchmarks: JSON lines and Parquet, gzipped or not, and datasets of the Hub."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from recode_data.errors import EnvironmentLacksError, MalformedInputError, UsageError

SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".parquet")


def read_objects(path: Path) -> Iterator[Mapping[str, object]]:
    """Objects of a file, or of all data files of a folder in the order of their names.

    Raises:
        UsageError: there is no such file, or no data in the folder.
        MalformedInputError: a line is not a JSON object.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.name.endswith(SUFFIXES))
        if not files:
            raise UsageError(f"{path} holds no file of {', '.join(SUFFIXES)}")
        for file in files:
            yield from _objects(file)
    elif path.is_file():
        yield from _objects(path)
    else:
        raise UsageError(f"{path}: no such file or folder")


def _objects(file: Path) -> Iterator[Mapping[str, object]]:
    if file.suffix == ".parquet":
        yield from _parquet(file)
        return
    for number, line in enumerate(lines_of(file), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise MalformedInputError(f"{file}, line {number}: not JSON: {error}") from error
        rows = row if isinstance(row, list) and number == 1 else [row]
        for each in rows:
            if not isinstance(each, dict):
                kind = type(each).__name__
                raise MalformedInputError(f"{file}, line {number}: must be an object, not {kind}")
            yield each


def lines_of(file: Path) -> list[str]:
    """Lines of a text file, gzipped or not.

    Raises:
        MalformedInputError: it is not whole, or not UTF-8.
    """
    content = file.read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise MalformedInputError(f"{file} is no whole gzip file: {error}") from error
    try:
        return content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedInputError(f"{file} is not UTF-8 text: {error}") from error


def _parquet(file: Path) -> Iterator[Mapping[str, object]]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(file)
    except (pyarrow.ArrowException, OSError) as error:
        raise MalformedInputError(f"{file} is no Parquet file: {error}") from error
    yield from table.to_pylist()


def rows_of_hub(name: str) -> Iterator[Mapping[str, object]]:
    """Rows of all splits of a dataset on the Hub.

    Raises:
        EnvironmentLacksError: it cannot be had.
    """
    import datasets

    try:
        splits = datasets.load_dataset(name)
    except Exception as error:
        raise EnvironmentLacksError(
            f"the dataset {name} cannot be loaded from the Hub: {error}",
            "check the name and the network, or download its file and name that: TASK:FILE",
        ) from error
    for split in splits.values():
        yield from split

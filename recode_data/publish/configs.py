"""Files of a dataset by configuration and split, and writing them.

A row is stored once: `all` names every file, each library its own, `control` those of rows that need
no edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from packaging.utils import canonicalize_name

from recode_data.curate import SPLITS
from recode_data.publish.tables import Written, write_pairs
from recode_data.records import Effect, JsonValue, MigrationPair

ALL, CONTROL, CHANGES, DROPPED = "all", "control", "changes", "dropped"
"""Configurations that are no library's."""


@dataclass(frozen=True, slots=True)
class SplitFiles:
    """One split of one configuration; files are relative to the dataset's folder."""

    files: tuple[str, ...]
    rows: int
    size: int
    """Bytes of the rows in memory, as Arrow has them."""


Configs: TypeAlias = "dict[str, dict[str, SplitFiles]]"


def config_of(library: str) -> str:
    """Name of a library's configuration."""
    name = canonicalize_name(library)
    return f"{name}-library" if name in {ALL, CONTROL, CHANGES, DROPPED} else name


def write_shards(out: Path, ordered: Sequence[MigrationPair]) -> Configs:
    """Write `data/SPLIT-LIBRARY-00000.parquet` and the like; stale files are removed."""
    shards: dict[str, list[MigrationPair]] = {}
    for pair in ordered:
        shards.setdefault(_shard(pair), []).append(pair)
    written = {name: write_pairs(rows, out / name) for name, rows in sorted(shards.items())}
    for path in (out / "data").glob("*.parquet"):
        if f"data/{path.name}" not in shards:
            path.unlink()
    members: dict[str, set[str]] = {ALL: set()}
    for pair in ordered:
        names = [ALL, config_of(pair.dependency), *([CONTROL] if _is_control(pair) else [])]
        for name in names:
            members.setdefault(name, set()).add(_shard(pair))
    rest = sorted(members.keys() - {ALL, CONTROL})
    order = [ALL, *rest, *([CONTROL] if CONTROL in members else [])]
    return {name: _by_split(members[name], written) for name in order if members[name]}


def _is_control(pair: MigrationPair) -> bool:
    return pair.effect is Effect.NONE


def _shard(pair: MigrationPair) -> str:
    """An underscore, which no canonical name has: `x_control` is no library called `x-control`."""
    mark = "_control" if _is_control(pair) else ""
    return f"data/{pair.split}-{canonicalize_name(pair.dependency)}{mark}-00000.parquet"


def _by_split(files: set[str], written: Mapping[str, Written]) -> dict[str, SplitFiles]:
    found = {}
    for split in SPLITS:
        own = sorted(file for file in files if file.startswith(f"data/{split}-"))
        if own:
            found[split] = split_files(own, [written[file] for file in own])
    return found


def split_files(files: Sequence[str], written: Sequence[Written]) -> SplitFiles:
    """A split that consists of these files."""
    return SplitFiles(
        tuple(files), sum(item.rows for item in written), sum(item.size for item in written)
    )


def files_of(configs: Configs) -> list[str]:
    """Every file once, sorted."""
    return sorted(
        {file for splits in configs.values() for about in splits.values() for file in about.files}
    )


def configs_document(configs: Configs) -> list[JsonValue]:
    """What the manifest says of them: a list, since their order matters."""
    return [
        {
            "name": name,
            "split": split,
            "files": list(about.files),
            "rows": about.rows,
            "bytes": about.size,
        }
        for name, splits in configs.items()
        for split, about in splits.items()
    ]

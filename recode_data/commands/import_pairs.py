"""`recode-data import`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from recode_data.console import cache_option, weak_option
from recode_data.records import JsonValue


@click.command("import")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the dataset; a repeated command goes on there.",
)
@click.option(
    "--skip",
    "skip",
    multiple=True,
    metavar="LIBRARY",
    help="Make no environment for this library (repeatable); its rows end as dropped.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    help="Worker processes.",
)
@weak_option
@cache_option
def import_pairs(
    source: Path, out: Path, skip: tuple[str, ...], jobs: int, allow_weak: bool, cache: Path | None
) -> None:
    """Prove the rows of somebody else's file of pairs, and make a dataset of those that hold.

    FILE is JSON, JSON Lines or Parquet with the columns of the ReCode paper's file. Each row is run
    on the version that it names and on the one before; every row ends as proved, as repaired (proved
    with imports that it took for granted), or as dropped with a reason.

    \b
    Example:
      recode-data import train.jsonl --out imported --skip torch
    """
    from packaging.utils import canonicalize_name

    from recode_data.executor import make_executor
    from recode_data.intake import ImportOptions, import_file
    from recode_data.progress import TerminalProgress
    from recode_data.releases.index import read_index_settings
    from recode_data.releases.preceding import list_versions
    from recode_data.workspace import Workspace

    workspace = Workspace.default(cache)
    settings = read_index_settings(os.environ, home=Path.home(), prefix=Path(sys.prefix))
    options = ImportOptions(tuple(sorted(map(canonicalize_name, skip))), allow_weak)
    executor = make_executor(jobs)
    try:
        manifest = import_file(
            source,
            out,
            workspace,
            lambda libraries: list_versions(libraries, settings, workspace.interpreters()),
            executor,
            TerminalProgress(),
            options,
        )
    finally:
        executor.close()
    click.echo(_summary(manifest, out))


def _summary(manifest: dict[str, JsonValue], out: Path) -> str:
    """Rows by what became of them, most frequent first."""
    from recode_data.publish.manifest import mapping

    found = mapping(mapping(manifest.get("curation")).get("import"))
    outcomes = sorted(mapping(found.get("outcomes")).items(), key=lambda item: (-int(str(item[1])), item[0]))  # fmt: skip
    lines = [f"{name:<26} {count:>6}" for name, count in outcomes]
    return "\n".join([*lines, f"{'rows':<26} {found.get('rows'):>6}", f"dataset: {out}"])

"""`recode-data verify`."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import click

from recode_data.console import cache_option
from recode_data.errors import ExitCode


@click.command()
@click.argument("source", metavar="DIR_OR_FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    help="Worker processes.",
)
@click.option("--limit", type=click.IntRange(1), help="Only this many rows.")
@click.option("--shuffle", type=int, metavar="SEED", help="Take the rows in a random order.")
@cache_option
def verify(
    source: Path,
    as_json: bool,
    jobs: int,
    limit: int | None,
    shuffle: int | None,
    cache: Path | None,
) -> int:
    """Prove every row again from nothing: environments rebuilt from its pins.

    Exit code 1 when a row does not hold.

    \b
    Example:
      recode-data verify pairs --shuffle 1 --limit 500 --json
    """
    from recode_data.executor import make_executor
    from recode_data.progress import TerminalProgress
    from recode_data.publish import read_pairs
    from recode_data.reprove import reprove
    from recode_data.workspace import Workspace

    pairs = list(read_pairs(source))
    if shuffle is not None:
        random.Random(shuffle).shuffle(pairs)  # noqa: S311 - a sample, nothing secret
    pairs = pairs[:limit]
    progress = TerminalProgress()
    workspace = Workspace.default(cache, progress.downloaded)
    executor = make_executor(jobs)
    try:
        failures = reprove(pairs, workspace, executor, progress)
    finally:
        executor.close()
    if as_json:
        document = {
            "rows": len(pairs),
            "proved": len(pairs) - len(failures),
            "failed": [
                {"id": item.id, "reason": item.reason, "detail": item.detail} for item in failures
            ],
        }
        click.echo(json.dumps(document, sort_keys=True))
    else:
        for item in failures:
            click.echo(f"{item.id}: {item.reason}: {item.detail}")
        click.echo(f"{len(pairs) - len(failures)} of {len(pairs)} rows proved again")
    return int(ExitCode.FINDINGS if failures else ExitCode.DONE)

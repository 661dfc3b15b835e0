"""`recode-bench compare`."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("first", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("second", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--flips", type=click.IntRange(0), default=20, show_default=True, help="Most listed.")
def compare(first: Path, second: Path, as_json: bool, flips: int) -> None:
    """Compare two runs problem by problem; what changed between them is listed.

    \b
    Example:
      recode-bench compare runs/base runs/trained
    """
    from recode_bench.comparison import compare_runs, describe_comparison
    from recode_bench.report import read_runs

    comparison = compare_runs(*read_runs([first, second]))
    if as_json:
        click.echo(json.dumps(comparison.document(), sort_keys=True))
    else:
        click.echo(describe_comparison(comparison, flips))

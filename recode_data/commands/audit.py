"""`recode-data audit`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from recode_data.errors import ExitCode


@click.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--html",
    "page",
    metavar="F",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the findings as one HTML page.",
)
def audit(source: Path, as_json: bool, page: Path | None) -> int:
    """Find the mechanical defects of any file of pairs, the paper's schema included.

    FILE is JSON, JSON Lines, Parquet or a built folder. Exit code 1 when there are defects.

    \b
    Example:
      recode-data audit train.jsonl --html audit.html
    """
    from recode_data.audit import audit_rows, read_rows

    rows = read_rows(source)
    found = audit_rows(rows)
    if page is not None:
        from recode_data.audit.page import write_audit_page

        write_audit_page(found, rows, source.name, page)
    if as_json:
        click.echo(json.dumps(found.document(), sort_keys=True))
    else:
        for kind, numbers in found.defects:
            share = 100 * len(numbers) / found.rows
            click.echo(f"{kind:<30} {len(numbers):>6}  {share:5.1f} %")
        click.echo(f"{'clean':<30} {found.clean:>6}  {100 * found.clean / found.rows:5.1f} %")
        click.echo(f"{'rows':<30} {found.rows:>6}")
    return int(ExitCode.DONE if found.clean == found.rows else ExitCode.FINDINGS)

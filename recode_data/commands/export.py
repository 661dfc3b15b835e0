"""`recode-data export`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("source", metavar="DIR_OR_FILE", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    metavar="F.jsonl",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON Lines file to write.",
)
@click.option(
    "--paper-schema",
    is_flag=True,
    help="The six columns of the ReCode paper's file, so that its training scripts run on it.",
)
@click.option(
    "--split",
    "splits",
    multiple=True,
    type=click.Choice(["train", "validation", "test"]),
    help="Only rows of this split (repeatable).",
)
def export(source: Path, out: Path, paper_schema: bool, splits: tuple[str, ...]) -> None:
    """Write a dataset as JSON Lines, one row a line.

    \b
    Example:
      recode-data export pairs --paper-schema --split train --out train.jsonl
    """
    from recode_data.publish.export import export_rows

    rows = export_rows(source, out, paper_schema=paper_schema, splits=splits)
    click.echo(f"{rows} rows: {out}")

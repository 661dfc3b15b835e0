"""`recode-data explore`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    metavar="F.html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="HTML file to write; it needs no other file and no network.",
)
def explore(folder: Path, out: Path) -> None:
    """Write one HTML page that shows a built dataset: changes, pairs, proofs and drops.

    \b
    Example:
      recode-data explore pairs --out pairs.html
    """
    from recode_data.explorer import write_explorer

    dataset = write_explorer(folder, out)
    click.echo(
        f"{len(dataset.changes)} API changes, {len(dataset.pairs)} pairs, "
        f"{len(dataset.drops)} dropped candidates: {out}"
    )

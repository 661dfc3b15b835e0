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
@click.option(
    "--source-link",
    "links",
    multiple=True,
    metavar="LIB=URL",
    help="Where the source of a library can be looked at, with {version}, {file} and {line} "
    "(repeatable).",
)
def explore(folder: Path, out: Path, links: tuple[str, ...]) -> None:
    """Write one HTML page that shows a built dataset: changes, pairs, proofs and drops.

    \b
    Example:
      recode-data explore pairs --out pairs.html
      recode-data explore pairs --out pairs.html \
        --source-link "numpy=https://github.com/numpy/numpy/blob/v{version}/{file}#L{line}"
    """
    from recode_data.explorer import write_explorer
    from recode_data.explorer.source_links import parse_source_links

    dataset = write_explorer(folder, out, parse_source_links(links))
    click.echo(
        f"{len(dataset.changes)} API changes, {len(dataset.pairs)} pairs, "
        f"{len(dataset.drops)} dropped candidates: {out}"
    )

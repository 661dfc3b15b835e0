"""`recode-data card`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--croissant",
    "as_croissant",
    is_flag=True,
    help="Print Croissant 1.0 metadata (JSON) instead of the card.",
)
def card(folder: Path, as_croissant: bool) -> None:
    """Print the dataset card of a built folder, rendered from its manifest.

    \b
    Example:
      recode-data card pairs > data_cards/pairs.md
    """
    import json

    from recode_data.publish import read_manifest, render_card
    from recode_data.publish.croissant import croissant

    manifest = read_manifest(folder)
    if as_croissant:
        click.echo(json.dumps(croissant(manifest), indent=1, ensure_ascii=False))
    else:
        click.echo(render_card(manifest), nl=False)

"""`recode-data libraries`."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--catalog", default="full", show_default=True, help="Only this catalog.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def libraries(catalog: str, as_json: bool) -> None:
    """List the libraries of the catalog, with their version steps.

    Each line can be given to `recode-data build`; any other library of the package index can too.

    \b
    Example:
      recode-data libraries
      recode-data build --catalog small --out pairs
    """
    from recode_data.catalog import catalog_entries, catalog_names

    entries = catalog_entries(catalog)
    if as_json:
        document = {
            "catalogs": {
                name: [entry.name for entry in catalog_entries(name)] for name in catalog_names()
            },
            "libraries": [
                {
                    "name": entry.name,
                    "steps": [str(step) for step in entry.steps()],
                    "import_names": entry.import_names,
                    "python": entry.python,
                    "companions": entry.companions,
                    "licence": entry.licence,
                }
                for entry in entries
            ],
        }
        click.echo(json.dumps(document, sort_keys=True))
        return
    for entry in entries:
        steps = " ".join(str(step) for step in entry.steps())
        click.echo(f"{entry.name:<14}{entry.licence:<14}{steps}")

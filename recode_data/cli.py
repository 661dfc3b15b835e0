"""`recode-data`: mine, prove, look at and publish migration pairs."""

from __future__ import annotations

import sys

import click

from recode_data.console import LazyGroup, run_command

COMMANDS = {
    "audit": "recode_data.commands.audit:audit",
    "build": "recode_data.commands.build:build",
    "card": "recode_data.commands.card:card",
    "diff": "recode_data.commands.diff:diff",
    "explore": "recode_data.commands.explore:explore",
    "export": "recode_data.commands.export:export",
    "import": "recode_data.commands.import_pairs:import_pairs",
    "libraries": "recode_data.commands.libraries:libraries",
    "push": "recode_data.commands.push:push",
    "verify": "recode_data.commands.verify:verify",
}


@click.group(cls=LazyGroup, commands_at=COMMANDS)
@click.version_option(package_name="recode-toolkit")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Mine, prove and publish migration pairs from the versions of a library.

    \b
    Example:
      recode-data build numpy:1.26.4:2.0.0 --out pairs
      recode-data verify pairs
    """


def main() -> None:
    """Entry point of `recode-data`."""
    sys.exit(run_command(cli))


if __name__ == "__main__":
    main()

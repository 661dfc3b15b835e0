"""`recode-bench`: score models on API updates, compare them, and report."""

from __future__ import annotations

import sys

import click

from recode_data.console import LazyGroup, run_command

COMMANDS = {
    "compare": "recode_bench.commands.compare:compare",
    "doctor": "recode_bench.commands.doctor:doctor",
    "eval": "recode_bench.commands.evaluate:evaluate",
    "models": "recode_bench.commands.listings:models",
    "report": "recode_bench.commands.report:report",
    "tasks": "recode_bench.commands.listings:tasks",
}


@click.group(cls=LazyGroup, commands_at=COMMANDS)
@click.version_option(package_name="recode-toolkit")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Score models on API updates: own datasets of migration pairs, and published benchmarks.

    \b
    Example:
      recode-bench eval --task pairs:pairs --model oracle --out runs/oracle
      recode-bench report runs/oracle --html report.html
    """


def main() -> None:
    """Entry point of `recode-bench`."""
    sys.exit(run_command(cli))


if __name__ == "__main__":
    main()

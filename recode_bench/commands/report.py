"""`recode-bench report`."""

from __future__ import annotations

from pathlib import Path

import click

from recode_data.errors import UsageError


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page.")
@click.option("--markdown", is_flag=True, help="Print a table, also where --html is given.")
def report(runs: tuple[Path, ...], html: Path | None, markdown: bool) -> None:
    """Report one or more runs as an HTML page, or as a Markdown table on stdout.

    \b
    Example:
      recode-bench report runs/copy runs/oracle --html report.html
    """
    from recode_bench.report import markdown_table, write_report

    if not runs:
        raise UsageError("name at least one folder that `recode-bench eval … --out RUN` wrote")
    if markdown or html is None:
        click.echo(markdown_table(runs), nl=False)
    if html is not None:
        write_report(runs, html)
        click.echo(f"report: {html}")

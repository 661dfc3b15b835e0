"""`recode-bench doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from recode_data.console import cache_option
from recode_data.errors import ExitCode


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@cache_option
def doctor(as_json: bool, cache: Path | None) -> int:
    """Say what this machine has: isolation, interpreters, optional packages.

    Exit code 1 where model output cannot be run safely here.

    \b
    Example:
      recode-bench doctor
    """
    from recode_bench.diagnosis import describe_diagnosis, diagnose
    from recode_data.workspace import Workspace

    found = diagnose(Workspace.default(cache))
    click.echo(json.dumps(found, sort_keys=True) if as_json else describe_diagnosis(found))
    isolation = found["isolation"]
    assert isinstance(isolation, dict)  # noqa: S101 - made by `diagnose`
    return int(ExitCode.DONE if isolation["level"] in ("A", "B", "C") else ExitCode.FINDINGS)

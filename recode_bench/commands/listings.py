"""`recode-bench tasks` and `recode-bench models`."""

from __future__ import annotations

from collections.abc import Sequence

import click


@click.command()
def tasks() -> None:
    """List what `--task` takes.

    \b
    Example:
      recode-bench tasks
    """
    from recode_bench.tasks import TASKS

    _print([(name, words) for name, _, words in TASKS])


@click.command()
def models() -> None:
    """List what `--model` takes.

    \b
    Example:
      recode-bench models
    """
    from recode_bench.models import MODELS

    _print([(name, words) for name, _, words in MODELS])


def _print(rows: Sequence[tuple[str, str]]) -> None:
    width = max(len(name) for name, _ in rows)
    for name, words in rows:
        click.echo(f"{name:<{width}}  {words}")

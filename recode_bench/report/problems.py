"""Which model passed which problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recode_bench.report.runs import Run, Sample
from recode_bench.report.scores import verdict_on
from recode_bench.report.tables import verdict_table
from recode_data.explorer import ExtraColumn, Listing, Markup
from recode_data.explorer.collection import Collection, Detail
from recode_data.explorer.listings import Column
from recode_data.records import JsonValue, MigrationPair


def pair_verdicts(
    runs: Sequence[Run], pairs: Sequence[MigrationPair]
) -> tuple[list[ExtraColumn], dict[str, Markup]]:
    """Columns for the list of pairs, one per run; and the table of each pair, by its id."""
    by_run = [run.by_problem() for run in runs]
    columns = [
        ExtraColumn(run.label, _column(number), _verdicts(found))
        for number, (run, found) in enumerate(zip(runs, by_run, strict=True))
    ]
    tables = {}
    for pair in pairs:
        table = verdict_table(runs, [found.get(pair.id, []) for found in by_run])
        if table is not None:
            tables[pair.id] = table
    return columns, tables


def problems_listing(name: str, label: str, runs: Sequence[Run]) -> Listing:
    """The problems of a task whose dataset is not shown."""
    by_run = [run.by_problem() for run in runs]
    problems = list(dict.fromkeys(problem for found in by_run for problem in found))
    columns: dict[str, Sequence[JsonValue]] = {
        "id": [f"{name}-{number}" for number in range(len(problems))],
        "old_api": list(problems),
    }
    for number, found in enumerate(by_run):
        verdicts = _verdicts(found)
        columns[_column(number)] = [verdicts.get(problem) for problem in problems]
    details = []
    for problem in problems:
        samples = [found.get(problem, []) for found in by_run]
        texts = [f"{item.reason}\n{item.detail}" for found in samples for item in found]
        table = verdict_table(runs, samples) or Markup("")
        details.append(Detail(table, "\n".join(texts), "", ""))
    return Listing(
        name=name,
        label=label,
        noun="problem",
        introduction=Markup("Every problem, and which model passed it."),
        collection=Collection(name, columns, details),
        columns=(
            Column("Problem", "old_api", "link"),
            *(Column(run.label, _column(number), "verdict") for number, run in enumerate(runs)),
        ),
        filters=tuple((_column(number), run.label) for number, run in enumerate(runs)),
    )


def _column(number: int) -> str:
    return f"model{number}"


def _verdicts(by_problem: Mapping[str, Sequence[Sample]]) -> dict[str, str]:
    return {problem: verdict_on(samples) for problem, samples in by_problem.items()}

"""The page of a report: scores of models, and what they were about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recode_bench.report.chart import bar_chart
from recode_bench.report.dataset import dataset_of
from recode_bench.report.problems import pair_verdicts, problems_listing
from recode_bench.report.recorded import cutoff_section, passes_section
from recode_bench.report.runs import Run, by_task, read_runs
from recode_bench.report.scores import Score, controls_of, score
from recode_bench.report.tables import (
    group_tables,
    metrics_section,
    reasons_section,
    score_table,
)
from recode_data.explorer import (
    BuiltDataset,
    Markup,
    Page,
    Section,
    asset,
    changes_listing,
    drops_listing,
    featured_pairs,
    fragment,
    glance,
    pairs_listing,
    section,
    sources,
    tag,
    title_of,
    what_changed,
    why_dropped,
    write_page,
)
from recode_data.explorer.page import View
from recode_data.explorer.words import counted, percent

MODELS_NAMED = 5
"""In the sentence below the title; the chart has all."""


def write_report(runs: Sequence[Path], out: Path) -> None:
    """Write one HTML file about the runs; it needs nothing else.

    Where the runs' task is `pairs:DIR` and DIR is still there, the page also shows what changed in
    the library, the pairs with their proofs, and why candidates were dropped.

    Raises:
        UsageError: no run was named, or a folder is not one of a finished run.
        MalformedInputError: a file of a run cannot be read.
    """
    write_page(report_page(read_runs(runs)), out)


def report_page(runs: Sequence[Run]) -> Page:
    """The page; a dataset is shown in full only if all its runs are about the same one."""
    tasks = by_task(runs)
    if len(tasks) == 1:
        (task,) = tasks
        found = dataset_of(task)
        if found.dataset is not None:
            return _page_of_dataset(runs, found.dataset)
    return _page_of_tasks(tasks)


# --- runs on one dataset --------------------------------------------------------------------------


def _page_of_dataset(runs: Sequence[Run], dataset: BuiltDataset) -> Page:
    scores = [score(run, controls_of(dataset.pairs)) for run in runs]
    extra, more = pair_verdicts(runs, dataset.pairs)
    title = title_of(dataset)
    return Page(
        title=f"{title}: scores and pairs",
        summary=_summary(scores, f"{counted(len(dataset.pairs), 'proved pair')} of {title}"),
        views=[
            Section(
                "overview",
                "Overview",
                fragment(
                    _headline(scores),
                    cutoff_section(runs),
                    glance(dataset),
                    what_changed(dataset),
                    featured_pairs(dataset.pairs, more),
                    why_dropped(dataset),
                ),
            ),
            Section("scores", "Scores", _score_details(runs, scores, dataset)),
            changes_listing(dataset),
            pairs_listing(dataset, extra, more),
            drops_listing(dataset),
            Section("sources", "Sources", sources(dataset)),
        ],
        styles=[asset("recode_bench.report", "report.css")],
    )


def _summary(scores: Sequence[Score], what: str) -> str:
    shares = [f"{item.label} {percent(item.pass_at_1.value)}" for item in scores if item.pass_at_1]
    named = f" At the first try: {', '.join(shares)}." if 0 < len(shares) <= MODELS_NAMED else ""
    return f"{counted(len(scores), 'model')} on {what}.{named}"


def _headline(scores: Sequence[Score]) -> Markup:
    return section("Scores of the models", _chart(scores))


def _chart(scores: Sequence[Score]) -> Markup:
    return bar_chart(
        "pass@1 with 95 % intervals over problems",
        [(item.label, item.pass_at_1) for item in scores],
    )


def _score_details(
    runs: Sequence[Run], scores: Sequence[Score], dataset: BuiltDataset | None
) -> Markup:
    return fragment(
        score_table(scores),
        tag(
            "p",
            {"class": "quiet"},
            "Over-migration is the share of control samples, which need no edit, that an edit "
            "broke; control rows do not count in pass@1.",
        )
        if any(item.over_migration is not None for item in scores)
        else None,
        passes_section(runs),
        group_tables(runs, dataset.pairs) if dataset else None,
        reasons_section(runs),
        metrics_section(runs),
    )


# --- runs without a dataset, or on several tasks --------------------------------------------------


def _page_of_tasks(tasks: dict[str, list[Run]]) -> Page:
    views: list[View] = []
    several = len(tasks) > 1
    overview: list[Markup] = []
    problems: list[View] = []
    for number, (task, runs) in enumerate(tasks.items()):
        found = dataset_of(task)
        pairs = found.dataset.pairs if found.dataset else ()
        scores = [score(run, controls_of(pairs)) for run in runs]
        overview.append(
            fragment(
                section(f"Task {task}", _chart(scores)),
                cutoff_section(runs),
                _missing(found.why_not),
                _score_details(runs, scores, found.dataset),
            )
        )
        label = f"Problems: {task.partition(':')[0]}" if several else "Problems"
        problems.append(problems_listing(f"problems{number or ''}", label, runs))
    views = [Section("overview", "Scores", fragment(overview)), *problems]
    models = list(dict.fromkeys(run.model for runs in tasks.values() for run in runs))
    return Page(
        title="Scores of models" if several else f"Scores on {next(iter(tasks))}",
        summary=f"{counted(len(models), 'model')} on {counted(len(tasks), 'task')}.",
        views=views,
        styles=[asset("recode_bench.report", "report.css")],
    )


def _missing(why_not: str) -> Markup | None:
    if not why_not:
        return None
    text = f"The pairs and changes are not shown, only the scores: {why_not}"
    return tag("p", {"class": "warning", "role": "note"}, text)

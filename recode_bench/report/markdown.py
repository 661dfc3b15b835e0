"""Scores as a Markdown table, for a terminal, a README or a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recode_bench.metrics import Estimate
from recode_bench.report.chart import interval_words
from recode_bench.report.dataset import dataset_of
from recode_bench.report.runs import by_task, read_runs
from recode_bench.report.scores import Score, controls_of, score
from recode_data.explorer.words import percent

_HEAD = ("model", "pass@1", "95 % interval", "problems", "samples", "unscored")


def markdown_table(runs: Sequence[Path]) -> str:
    """One table per task, a row per run in the order given; ends with a line end.

    Raises:
        UsageError: a folder is not one of a finished run.
        MalformedInputError: a file of a run cannot be read.
    """
    texts = []
    for task, found in by_task(read_runs(runs)).items():
        dataset = dataset_of(task).dataset
        controls = controls_of(dataset.pairs) if dataset else frozenset()
        texts.append(_table(task, [score(run, controls) for run in found]))
    return "\n".join(texts)


def _table(task: str, scores: Sequence[Score]) -> str:
    with_controls = any(item.over_migration is not None for item in scores)
    head = [*_HEAD, "over-migration"] if with_controls else list(_HEAD)
    rows = [
        [
            item.label,
            _share(item.pass_at_1),
            _interval(item.pass_at_1),
            str(item.problems),
            str(item.samples),
            str(item.unscored),
            *([_share(item.over_migration)] if with_controls else []),
        ]
        for item in scores
    ]
    lines = [f"Task `{_cell(task)}`", "", _row(head), _row(["---", *["---:"] * (len(head) - 1)])]
    return "\n".join([*lines, *map(_row, rows)]) + "\n"


def _share(estimate: Estimate | None) -> str:
    return "not scored" if estimate is None else percent(estimate.value)


def _interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return interval_words(estimate)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    """A model's name must not end its cell or its line."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")

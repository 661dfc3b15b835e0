"""Tables of scores: models, groups of problems, reasons of failure, verdicts on one problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recode_bench.metrics import Estimate
from recode_bench.report.chart import interval_words
from recode_bench.report.runs import Run, Sample
from recode_bench.report.scores import Score, failure_reasons, groups
from recode_data.explorer import Markup, fragment, section, tag
from recode_data.explorer.markup import Child
from recode_data.explorer.words import CHANGE_KINDS, EFFECTS, counted, percent, plain
from recode_data.records import MigrationPair


def score_table(scores: Sequence[Score]) -> Markup:
    """One row per model."""
    with_controls = any(score.over_migration is not None for score in scores)
    headings = ["Model", "pass@1", "Problems", "Samples", "Unscored"]
    if with_controls:
        headings.append("Over-migration")
    return plain_table(
        "Scores of the models, with 95 % intervals over problems",
        headings,
        [
            [
                score.label,
                estimate_cell(score.pass_at_1),
                score.problems,
                score.samples,
                score.unscored,
                *([estimate_cell(score.over_migration)] if with_controls else []),
            ]
            for score in scores
        ],
    )


def estimate_cell(estimate: Estimate | None) -> Child:
    """A share with its interval; a dash where nothing was scored."""
    if estimate is None:
        return "not scored"
    interval = tag("span", {"class": "interval"}, interval_words(estimate))
    return [percent(estimate.value), " ", interval]


def group_tables(runs: Sequence[Run], pairs: Sequence[MigrationPair]) -> Markup:
    """pass@1 by effect, kind, library and producer of the pairs."""
    attributes: list[tuple[str, dict[str, str]]] = [
        ("effect", {pair.id: EFFECTS[pair.effect][0] for pair in pairs}),
        ("kind of change", {pair.id: CHANGE_KINDS[pair.kind] for pair in pairs}),
        ("library", {pair.id: pair.dependency for pair in pairs}),
        ("producer", {pair.id: pair.producer.value for pair in pairs}),
    ]
    if len({pair.split for pair in pairs}) > 1:
        attributes.append(("split", {pair.id: pair.split for pair in pairs}))
    return fragment(_group_table(name, runs, values) for name, values in attributes)


def _group_table(name: str, runs: Sequence[Run], group_of: Mapping[str, str]) -> Markup | None:
    rows = groups(runs, group_of)
    if not rows:
        return None
    return section(
        f"pass@1 by {name}",
        plain_table(
            f"pass@1 by {name}",
            [name.capitalize(), "Problems", *(run.label for run in runs)],
            [[group, size, *map(estimate_cell, found)] for group, size, found in rows],
        ),
    )


def reasons_section(runs: Sequence[Run]) -> Markup | None:
    """Why samples did not pass."""
    rows = failure_reasons(runs)
    if not rows:
        return None
    return section(
        "Why samples did not pass",
        plain_table(
            "Samples that did not pass, by reason",
            ["Reason", "Verdict", *(run.label for run in runs)],
            [
                [plain(reason) or "no reason given", verdict, *counts]
                for verdict, reason, counts in rows
            ],
        ),
    )


def verdict_table(runs: Sequence[Run], samples: Sequence[Sequence[Sample]]) -> Markup | None:
    """What each run's samples of one problem came to; `samples` are in the order of the runs."""
    rows = [
        tag(
            "tr",
            {},
            tag("th", {"scope": "row"}, run.label, _sample_number(sample, len(found))),
            tag("td", {}, tag("span", {"class": f"verdict {sample.verdict}"}, sample.verdict)),
            tag("td", {}, plain(sample.reason) if sample.reason != "ok" else None, _detail(sample)),
        )
        for run, found in zip(runs, samples, strict=True)
        for sample in found
    ]
    if not rows:
        return None
    return tag(
        "table",
        {"class": "answers"},
        tag("caption", {}, "What the models' completions came to"),
        tag("tbody", {}, rows),
    )


def _sample_number(sample: Sample, samples: int) -> Child:
    return tag("span", {"class": "quiet"}, f", sample {sample.sample + 1}") if samples > 1 else None


def _detail(sample: Sample) -> Child:
    if not sample.detail:
        return None
    shown = sample.detail if len(sample.detail) <= 600 else f"{sample.detail[:599]}…"
    return tag("span", {"class": "because"}, shown)


def metrics_section(runs: Sequence[Run]) -> Markup:
    """Everything in `metrics`, as the runs have it."""
    flat = [dict(_flat(run.results.get("metrics"))) for run in runs]
    names = list(dict.fromkeys(name for found in flat for name in found))
    if not names:
        return Markup("")
    return section(
        "All metrics",
        tag(
            "details",
            {},
            tag("summary", {}, counted(len(names), "number"), " as the runs recorded them"),
            plain_table(
                "All metrics",
                ["Metric", *(run.label for run in runs)],
                [[name, *(found.get(name, "") for found in flat)] for name in names],
            ),
        ),
    )


def _flat(value: object, name: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [
            item
            for key, part in value.items()
            for item in _flat(part, f"{name}.{key}" if name else str(key))
        ]
    if isinstance(value, list):
        return [(name, f"{len(value)} entries")]
    if isinstance(value, float):
        return [(name, f"{value:.4g}")]
    return [(name, "" if value is None else str(value))]


def plain_table(caption: str, headings: Sequence[str], rows: Sequence[Sequence[Child]]) -> Markup:
    """The first column heads the rows; the others are labelled where there is no room for a head."""
    return tag(
        "table",
        {"class": "scores"},
        tag("caption", {"class": "visually-hidden"}, caption),
        tag("thead", {}, tag("tr", {}, (tag("th", {"scope": "col"}, text) for text in headings))),
        tag(
            "tbody",
            {},
            (
                tag(
                    "tr",
                    {},
                    tag("th", {"scope": "row"}, row[0]),
                    (
                        tag("td", {"data-label": heading}, cell)
                        for heading, cell in zip(headings[1:], row[1:], strict=True)
                    ),
                )
                for row in rows
            ),
        ),
    )

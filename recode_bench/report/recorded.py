"""Charts and tables out of the metrics that `results.json` records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recode_bench.metrics import Estimate, IntervalMethod
from recode_bench.report.chart import bar_chart, interval_words
from recode_bench.report.runs import Run
from recode_bench.report.tables import plain_table
from recode_data.explorer import Markup, section
from recode_data.explorer.words import percent
from recode_data.records import JsonValue

BY_CUTOFF = "by_cutoff"


def cutoff_section(runs: Sequence[Run]) -> Markup | None:
    """pass@1 before and from the cutoff on, for runs that were given one: the headline chart.

    What a model scores on releases that it may have seen says little about what it knows of later
    ones; the gap between the two bars is what this toolkit exists to close.
    """
    rows = [
        (f"{run.label}, releases {group}", estimate_of(_member(found, "pass@1")))
        for run in runs
        for group, found in _members(run.results.get("metrics"), BY_CUTOFF)
    ]
    if not rows:
        return None
    return section("Before and after the cutoff", bar_chart("pass@1 by date of the release", rows))


def passes_section(runs: Sequence[Run]) -> Markup | None:
    """pass@k and UPass@k of every run; None where there is nothing beside pass@1."""
    found = [dict(_members(run.results.get("metrics"))) for run in runs]
    names = sorted(
        {name for metrics in found for name in metrics if name.startswith(("pass@", "UPass@"))},
        key=_kind_then_k,
    )
    if not any(name != "pass@1" for name in names):
        return None
    rows = [
        [run.label, *(_words(estimate_of(metrics.get(name))) for name in names)]
        for run, metrics in zip(runs, found, strict=True)
    ]
    return section("pass@k", plain_table("pass@k", ["Model", *names], rows))


def _kind_then_k(name: str) -> tuple[bool, int]:
    """All of pass@k first, from small k to large."""
    kind, _, k = name.partition("@")
    return kind != "pass", int(k) if k.isdecimal() else 0


def estimate_of(value: JsonValue) -> Estimate | None:
    """The estimate that `results.json` holds there; None where it holds none."""
    if not isinstance(value, Mapping):
        return None
    try:
        return Estimate(
            value=float(str(value["value"])),
            low=float(str(value["low"])),
            high=float(str(value["high"])),
            count=int(str(value["count"])),
            method=IntervalMethod(value["method"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _words(estimate: Estimate | None) -> str:
    return (
        f"{percent(estimate.value)} ({interval_words(estimate)})" if estimate else "not estimable"
    )


def _member(value: JsonValue, name: str) -> JsonValue:
    return value.get(name) if isinstance(value, Mapping) else None


def _members(value: JsonValue, name: str | None = None) -> list[tuple[str, JsonValue]]:
    inner = value if name is None else _member(value, name)
    return list(inner.items()) if isinstance(inner, Mapping) else []

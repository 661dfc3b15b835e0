"""A bar chart with intervals, readable at any width."""

from __future__ import annotations

from collections.abc import Sequence

from recode_bench.metrics import Estimate, IntervalMethod
from recode_data.explorer import Markup, tag
from recode_data.explorer.markup import Child
from recode_data.explorer.words import percent

BAR_PX = 22
WHISKER_PX = 6
"""Half the height of a whisker's ends."""
TICKS = (0, 25, 50, 75, 100)


def bar_chart(title: str, rows: Sequence[tuple[str, Estimate | None]]) -> Markup:
    """Bars from 0 to 100 %, a whisker over each interval; names and numbers stand above as text.

    One SVG per bar, widths in percent, and the text outside: it wraps on a phone and is read aloud.
    """
    return tag(
        "figure",
        {"class": "chart"},
        tag("figcaption", {}, title),
        tag("ul", {}, (_row(label, estimate) for label, estimate in rows)),
        _axis(),
    )


def interval_words(estimate: Estimate) -> str:
    """`55.1 % to 68.3 %`; one problem's partial score has no interval."""
    if estimate.count == 1 and estimate.method is IntervalMethod.BOOTSTRAP:
        return "one problem, no interval"
    return f"{percent(estimate.low)} to {percent(estimate.high)}"


def _row(label: str, estimate: Estimate | None) -> Markup:
    if estimate is None:
        numbers: Child = "not scored"
    else:
        numbers = [tag("strong", {}, percent(estimate.value)), f" ({interval_words(estimate)})"]
    return tag(
        "li",
        {},
        tag("span", {"class": "label"}, label),
        tag("span", {"class": "value"}, numbers),
        _bar(estimate),
    )


def _bar(estimate: Estimate | None) -> Markup:
    return tag(
        "svg",
        {"width": "100%", "height": BAR_PX, "aria-hidden": "true", "focusable": "false"},
        tag("rect", {"class": "track", "width": "100%", "height": BAR_PX, "rx": 3}),
        tag("rect", {"class": "fill", "width": _at(estimate.value), "height": BAR_PX, "rx": 3})
        if estimate
        else None,
        (
            tag(
                "line",
                {"class": "grid", "x1": _at(tick / 100), "x2": _at(tick / 100), "y2": BAR_PX},
            )
            for tick in TICKS[1:-1]
        ),
        _whisker(estimate) if estimate else None,
    )


def _whisker(estimate: Estimate) -> list[Markup]:
    low, high, middle = _at(estimate.low), _at(estimate.high), BAR_PX // 2
    lines = [(low, high, middle, middle)]
    lines += [(end, end, middle - WHISKER_PX, middle + WHISKER_PX) for end in (low, high)]
    return [
        tag("line", {"class": "whisker", "x1": x1, "x2": x2, "y1": y1, "y2": y2})
        for x1, x2, y1, y2 in lines
    ]


def _axis() -> Markup:
    anchors = {0: "start", 100: "end"}
    return tag(
        "svg",
        {
            "class": "axis",
            "width": "100%",
            "height": 20,
            "aria-hidden": "true",
            "focusable": "false",
        },
        (
            tag(
                "text",
                {"x": f"{tick}%", "y": 14, "text-anchor": anchors.get(tick, "middle")},
                f"{tick} %",
            )
            for tick in TICKS
        ),
    )


def _at(share: float) -> str:
    return f"{100 * share:.2f}%"

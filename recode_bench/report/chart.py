"""A bar chart with intervals as inline SVG, readable at any width."""

from __future__ import annotations

from collections.abc import Sequence

from recode_bench.metrics import Estimate
from recode_data.explorer import Markup, fragment, tag
from recode_data.explorer.words import percent

ROW_PX = 52
AXIS_PX = 26
TICKS = (0, 25, 50, 75, 100)


def bar_chart(title: str, rows: Sequence[tuple[str, Estimate | None]]) -> Markup:
    """Bars from 0 to 100 %, a whisker over each interval; the numbers stand beside as text.

    Widths are in percent of the chart's, heights in pixels: text keeps its size on a phone.
    """
    height = ROW_PX * len(rows)
    return tag(
        "figure",
        {"class": "chart"},
        tag("figcaption", {}, title),
        tag(
            "svg",
            {
                "width": "100%",
                "height": height + AXIS_PX,
                "role": "img",
                "aria-label": _spoken(title, rows),
            },
            (_tick(value, height) for value in TICKS),
            (_bar(label, estimate, ROW_PX * row) for row, (label, estimate) in enumerate(rows)),
        ),
    )


def interval_words(estimate: Estimate | None) -> str:
    """`62.0 % (55.1 % to 68.3 %)`."""
    if estimate is None:
        return "not scored"
    return f"{percent(estimate.value)} ({percent(estimate.low)} to {percent(estimate.high)})"


def _spoken(title: str, rows: Sequence[tuple[str, Estimate | None]]) -> str:
    return f"{title}: " + "; ".join(f"{label} {interval_words(e)}" for label, e in rows)


def _tick(value: int, height: int) -> Markup:
    anchor = {0: "start", 100: "end"}.get(value, "middle")
    at = f"{value}%"
    return fragment(
        tag("line", {"class": "grid", "x1": at, "x2": at, "y1": 0, "y2": height}),
        tag(
            "text",
            {"class": "tick", "x": at, "y": height + 18, "text-anchor": anchor},
            f"{value} %",
        ),
    )


def _bar(label: str, estimate: Estimate | None, top: int) -> Markup:
    heading = fragment(
        tag("text", {"class": "label", "x": 0, "y": top + 16}, label),
        tag(
            "text",
            {"class": "value", "x": "100%", "y": top + 16, "text-anchor": "end"},
            interval_words(estimate),
        ),
    )
    if estimate is None:
        return heading
    low, value, high = (
        f"{100 * share:.2f}%" for share in (estimate.low, estimate.value, estimate.high)
    )
    middle = top + 34
    return fragment(
        heading,
        tag(
            "rect",
            {"class": "track", "x": 0, "y": top + 24, "width": "100%", "height": 20, "rx": 3},
        ),
        tag("rect", {"class": "bar", "x": 0, "y": top + 24, "width": value, "height": 20, "rx": 3}),
        tag("line", {"class": "whisker", "x1": low, "x2": high, "y1": middle, "y2": middle}),
        (
            tag(
                "line",
                {"class": "whisker", "x1": end, "x2": end, "y1": middle - 6, "y2": middle + 6},
            )
            for end in (low, high)
        ),
    )

"""Matplotlib and Plotly: figures by the data that their artists draw, never by pixels."""

import sys

MOST = 40
"""Artists of a kind per axes."""


def read(value, kind, inner):
    """A figure, axes, or one artist."""
    if kind.__module__.partition(".")[0] == "plotly" and hasattr(value, "to_plotly_json"):
        return ["o", kind.__name__, [["json", inner(value.to_plotly_json())]]]
    if "matplotlib" not in sys.modules or "matplotlib.artist" not in sys.modules:
        return None
    if not isinstance(value, sys.modules["matplotlib.artist"].Artist):
        return None
    figure = getattr(sys.modules.get("matplotlib.figure"), "FigureBase", None) or getattr(
        sys.modules.get("matplotlib.figure"), "Figure", ()
    )
    if figure and isinstance(value, figure):
        size = (
            [float(length) for length in value.get_size_inches()]
            if hasattr(value, "get_size_inches")
            else []
        )
        axes = [_axes(item, inner) for item in value.get_axes()[:MOST]]
        return ["o", "Figure", [["size", inner(size)], ["axes", ["l", axes]]]]
    if hasattr(value, "get_xlim") and hasattr(value, "get_lines"):
        return _axes(value, inner)
    return _artist(value, inner)


def _axes(axes, inner):
    parts = [
        ["title", inner(axes.get_title())],
        ["xlabel", inner(axes.get_xlabel())],
        ["ylabel", inner(axes.get_ylabel())],
        ["xscale", inner(axes.get_xscale())],
        ["yscale", inner(axes.get_yscale())],
        ["xlim", inner([float(end) for end in axes.get_xlim()])],
        ["ylim", inner([float(end) for end in axes.get_ylim()])],
    ]
    for name in ("lines", "patches", "collections", "images", "texts"):
        artists = [_artist(item, inner) for item in list(getattr(axes, name, ()))[:MOST]]
        parts.append([name, ["l", [item for item in artists if item is not None]]])
    legend = axes.get_legend()
    if legend is not None:
        parts.append(["legend", inner([text.get_text() for text in legend.get_texts()])])
    return ["o", "Axes", parts]


def _artist(artist, inner):
    parts = []
    for name, getter in (
        ("xy", "get_xydata"),
        ("text", "get_text"),
        ("label", "get_label"),
        ("offsets", "get_offsets"),
        ("array", "get_array"),
        ("extent", "get_bbox"),
        ("linestyle", "get_linestyle"),
        ("marker", "get_marker"),
        ("color", "get_color"),
        ("visible", "get_visible"),
    ):
        if name == "label" and str(artist.get_label()).startswith("_"):
            continue
        if hasattr(artist, getter):
            try:
                found = getattr(artist, getter)()
                parts.append([name, inner(getattr(found, "bounds", found))])
            except Exception:
                continue
    return ["o", type(artist).__name__, parts] if parts else None

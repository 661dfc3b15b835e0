"""One self-contained HTML file out of a template, styles, scripts and data.

Nothing in the page comes from elsewhere: styles and scripts are inline and named by their hash in
a content security policy that forbids every request. Data is deflated JSON in base64, an alphabet
that cannot close a script element, and the scripts put it into the page as text only. Titles are
escaped here. Same inputs, same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from recode_data.journal import write_atomically
from recode_data.records import JsonValue

DEFLATE_LEVEL = 6
"""9 takes three times as long for 2 % on a dataset of 10,000 pairs."""

SHARED_STYLES = ("page.css", "table.css", "code.css", "print.css")
SHARED_SCRIPTS = (
    "dom.js",
    "blocks.js",
    "routes.js",
    "words.js",
    "diff.js",
    "python.js",
    "code.js",
    "charts.js",
    "table.js",
    "filters.js",
    "listing.js",
)
"""In the order in which they are joined: later ones use earlier ones."""
LAST_SCRIPT = "main.js"
"""Starts the page, after the views have been defined."""

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_CLOSES_SCRIPT = re.compile(r"<(?:/script|!--)", re.IGNORECASE)
_CLOSES_STYLE = re.compile(r"</style", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made of."""

    title: str
    summary: str
    """One sentence, shown until the scripts have drawn the page."""
    first_blocks: Mapping[str, JsonValue]
    """Data for the first view, by name: stands before the scripts."""
    later_blocks: Mapping[str, JsonValue] = field(default_factory=dict)
    """Data that the page reads when it is needed, or when it has nothing else to do."""
    styles: Sequence[str] = ()
    """CSS texts beside the shared ones."""
    views: Sequence[str] = ()
    """Script texts that define views; they may use every shared script."""


def asset(package: str, name: str) -> str:
    """Text of a file in the `assets` folder of a package."""
    return resources.files(package).joinpath("assets", name).read_text(encoding="utf-8")


def render(page: Page) -> str:
    """The whole HTML text.

    Raises:
        ValueError: a style or script would end its own element; data has NaN or infinity in it.
    """
    here = "recode_data.explorer"
    style = "\n".join([*(asset(here, name) for name in SHARED_STYLES), *page.styles])
    body = [*(asset(here, name) for name in SHARED_SCRIPTS), *page.views, asset(here, LAST_SCRIPT)]
    script = '(() => {\n"use strict";\n' + "\n".join(body) + "\n})();\n"
    if _CLOSES_SCRIPT.search(script) or _CLOSES_STYLE.search(style):
        raise ValueError("a script or style of the page would end its own element")
    parts = {
        "title": html.escape(page.title),
        "summary": html.escape(page.summary),
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "style": style,
        "script": script,
        "first_blocks": _elements(page.first_blocks),
        "later_blocks": _elements(page.later_blocks),
    }
    # One pass over the template only: what is put in is never searched for placeholders.
    return _PLACEHOLDER.sub(lambda match: parts[match[1]], asset(here, "page.html"))


def write_page(page: Page, out: Path) -> None:
    """Write the page in one step; folders above it are made."""
    write_atomically(out, render(page).encode("utf-8"))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _elements(blocks: Mapping[str, JsonValue]) -> str:
    return "\n".join(
        f'<script type="text/plain" id="block-{html.escape(name)}">{pack(document)}</script>'
        for name, document in blocks.items()
    )


def pack(document: JsonValue) -> str:
    """Deflated JSON in base64.

    Raises:
        ValueError: NaN or infinity, which JSON does not have.
    """
    # ASCII: a lone surrogate in a model's answer then stays an escape, where UTF-8 has no bytes.
    text = json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"), DEFLATE_LEVEL)).decode("ascii")

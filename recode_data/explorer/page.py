"""One self-contained HTML file out of a template, styles, scripts and data.

Nothing in the page comes from elsewhere: styles and scripts are inline and named by their hash in
a content security policy that forbids every request, and every script that is not ours. Views are
either HTML made here, where text is escaped by construction, or lists that the scripts draw from
data, as text. Same inputs, same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeAlias

from recode_data.explorer.listings import Listing
from recode_data.explorer.markup import Markup, fragment, tag, visible
from recode_data.explorer.words import words_by_column
from recode_data.journal import write_atomically
from recode_data.records import JsonValue

PLAIN_BYTES = 2 * 1024 * 1024
"""Data up to this size stands in the page as readable JSON; more of it is deflated."""
DEFLATE_LEVEL = 6
"""9 takes three times as long for 2 % on a dataset of 10,000 pairs."""

SCRIPTS = ("dom.js", "blocks.js", "routes.js", "listing.js", "main.js")
"""In the order in which they are joined: later ones use earlier ones."""

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_CLOSES_SCRIPT = re.compile(r"<(?:/script|!--)", re.IGNORECASE)
_CLOSES_STYLE = re.compile(r"</style", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A view that is ready."""

    name: str
    label: str
    content: Markup


View: TypeAlias = "Section | Listing"


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made of; its first view is shown first."""

    title: str
    summary: str
    """One sentence below the title."""
    views: Sequence[View]
    styles: Sequence[str] = ()
    """CSS texts beside the shared ones."""


def asset(package: str, name: str) -> str:
    """Text of a file in the `assets` folder of a package."""
    return resources.files(package).joinpath("assets").joinpath(name).read_text(encoding="utf-8")


def render(page: Page) -> str:
    """The whole HTML text.

    Raises:
        ValueError: a style or script would end its own element; data has NaN or infinity in it.
    """
    here = "recode_data.explorer"
    style = "\n".join([asset(here, "page.css"), *page.styles])
    body = "\n".join(asset(here, name) for name in SCRIPTS)
    script = f'(() => {{\n"use strict";\n{body}\n}})();\n'
    if _CLOSES_SCRIPT.search(script) or _CLOSES_STYLE.search(style):
        raise ValueError("a script or style of the page would end its own element")
    parts = {
        "title": html.escape(visible(page.title)),
        "summary": html.escape(visible(page.summary)),
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "style": style,
        "script": script,
        "navigation": fragment(
            tag("a", {"href": f"#{view.name}"}, view.label) for view in page.views
        ),
        "views": "\n".join(_view(view) for view in page.views),
        "blocks": _blocks(page),
    }
    # One pass over the template only: what is put in is never searched for placeholders.
    return _PLACEHOLDER.sub(lambda match: parts[match[1]], asset(here, "page.html"))


def write_page(page: Page, out: Path) -> None:
    """Write the page in one step; folders above it are made."""
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, render(page).encode("utf-8"))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _view(view: View) -> Markup:
    heading = tag("h1", {"tabindex": -1}, view.label)
    if isinstance(view, Section):
        return tag("section", {"id": view.name, "class": "view"}, heading, view.content)
    return tag(
        "section",
        {"id": view.name, "class": "view listing-view"},
        heading,
        tag("p", {"class": "introduction"}, view.introduction),
        tag("noscript", {}, "This list is drawn by JavaScript, which is switched off."),
    )


def _blocks(page: Page) -> str:
    listings = [view for view in page.views if isinstance(view, Listing)]
    blocks: dict[str, JsonValue] = {
        "words": words_by_column(),
        "listings": {view.name: view.document() for view in listings},
    }
    for view in listings:
        blocks.update(view.collection.blocks())
    # ASCII: a lone surrogate in a model's answer then stays an escape, where UTF-8 has no bytes.
    texts = {
        name: json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
        for name, document in blocks.items()
    }
    deflated = sum(map(len, texts.values())) > PLAIN_BYTES
    return "\n".join(_block(name, text, deflated) for name, text in texts.items())


def _block(name: str, text: str, deflated: bool) -> Markup:
    """JSON as it is, with `<` as an escape so that nothing in it ends the element; or packed."""
    kind = "text/plain" if deflated else "application/json"
    content = pack(text) if deflated else text.replace("<", "\\u003c")
    return tag("script", {"type": kind, "id": f"block-{name}"}, Markup(content))


def pack(text: str) -> str:
    """ASCII text, deflated, in base64: an alphabet that cannot close an element."""
    return base64.b64encode(zlib.compress(text.encode("ascii"), DEFLATE_LEVEL)).decode("ascii")

"""HTML that escapes by construction: text is escaped, only `Markup` is not."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

# Characters that hide themselves or turn the direction of writing, which code on a page must not.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"
"""Markup as it is; other text is escaped; None is nothing."""

Attributes: TypeAlias = Mapping[str, "str | int | float | bool | None"]
"""None and False leave an attribute out, True writes it without a value."""

_VOID = frozenset({"br", "col", "hr", "wbr", "input"})


def tag(name: str, attributes: Attributes | None = None, *children: Child) -> Markup:
    """One element; `name` and the names of attributes must be literals of the program."""
    written = "".join(
        f" {key}" if value is True else f' {key}="{_escaped(str(value))}"'
        for key, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{fragment(*children)}</{name}>")


def fragment(*children: Child) -> Markup:
    """The children one after the other."""
    return Markup("".join(_written(child) for child in children))


def _written(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return _escaped(child)
    if isinstance(child, int):
        return f"{child:,}"
    return "".join(_written(item) for item in child)


def _escaped(text: str) -> str:
    return html.escape(visible(text), quote=True)


def visible(text: str) -> str:
    """The text with control, direction and zero-width characters written as code points."""
    return _INVISIBLE.sub(_code_point, text)


def _code_point(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"


def prose(text: str) -> Markup:
    """Text in which words in backquotes are set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backquote too many: nothing is certain to be code
        return fragment(text)
    return fragment(
        tag("code", {}, part) if number % 2 else part for number, part in enumerate(parts) if part
    )


def dotted(path: str) -> Markup:
    """A dotted path that may break after its dots, so that long ones fit a phone."""
    parts = re.split(r"(?<=[._])", path)
    return tag(
        "code",
        {"class": "path"},
        ([tag("wbr"), part] if n else part for n, part in enumerate(parts)),
    )


def arrow(old_api: str, parameter: str | None, new_name: str | None) -> Markup:
    """`old.api(parameter) → new`, with the new name only where it says something."""
    shown = f"{old_api}({parameter})" if parameter else old_api
    if not new_name or new_name == old_api:
        return dotted(shown)
    return fragment(dotted(shown), tag("span", {"class": "arrow"}, " → "), dotted(new_name))


def section(title: str, *content: Child) -> Markup:
    """A part of a view with a heading."""
    return tag("section", {}, tag("h2", {}, title), content)

"""What a pair's checks expect, in words that fit on a page."""

from __future__ import annotations

import json
from dataclasses import dataclass

from recode_data.records import JsonValue
from recode_data.verify.compare import words

VALUES_SHOWN = 24
"""Values of one pair; the proof counts all of them."""
CHARACTERS_SHOWN = 300
"""Of one value."""


@dataclass(frozen=True, slots=True)
class ObservedWords:
    """Values that are equal on the two versions."""

    names: tuple[tuple[str, str], ...]
    """What the snippet binds, by name."""
    output: tuple[str, ...]
    """What it shows or prints, in order."""
    more: int
    """Values left out."""


def observed_in_words(checks: str) -> ObservedWords | None:
    """What the checks of a row expect; None where nothing is known."""
    try:
        expected = json.loads(checks)["expected"]
        names = [(str(name), _short(value)) for name, value in sorted(expected["names"].items())]
        output = [_short_event(event) for event in expected["events"]]
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        return None
    shown_names = names[:VALUES_SHOWN]
    shown_output = output[: VALUES_SHOWN - len(shown_names)]
    return ObservedWords(
        tuple(shown_names),
        tuple(shown_output),
        len(names) + len(output) - len(shown_names) - len(shown_output),
    )


def _short_event(event: JsonValue) -> str:
    """Events are ["shown", value] or ["print", [values] | null, text]."""
    if isinstance(event, list) and event[0] == "print":
        return _cut(str(event[2]).rstrip("\n"))
    return _short(event[1] if isinstance(event, list) else event)


def _short(value: JsonValue) -> str:
    return _cut(words(value))


def _cut(text: str) -> str:
    return text if len(text) <= CHARACTERS_SHOWN else text[: CHARACTERS_SHOWN - 1] + "…"

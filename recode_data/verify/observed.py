"""What one run of a snippet showed, as records (parsed from the driver's message)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from recode_data.records import JsonValue
from recode_data.sandbox import JobResult, JobStatus
from recode_data.verify.values import SOURCES

DRIVER = Path(__file__).with_name("observe_driver.py")
SETUP: dict[str, JsonValue] = {
    "canonical": Path(__file__).with_name("canonical_values.py").read_text(encoding="utf-8"),
    "literals": Path(__file__).with_name("literals.py").read_text(encoding="utf-8"),
    "readers": [[name, source] for name, source in SOURCES.items()],
}
"""What the driver wants to be set up with."""

_UNSTEADY = re.compile(
    r"(?P<temporary>(?<=/tmp/tmp)[a-z0-9_]{8}\b)"  # names that tempfile draws
    r"|(?P<address>0x[0-9a-fA-F]{6,})"
    r"|(?P<unset>\b\d(?:\.\d+)?e-3(?:0[89]|1\d|2[0-4])\b)"  # subnormal: uninitialised memory
)
"""Parts of texts and numbers that another run of the same code would show otherwise."""
_TELLTALES = ("tmp", "0x", "e-3")
"""One of these is in every text that has such a part: without one, there is nothing to search for."""
_SHORTEST_UNSTEADY = 6
"""Characters: `8e-323`."""
_NUMBERS = frozenset({int, float, bool, type(None)})

_DEPRECATIONS = frozenset({"DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"})


@dataclass(frozen=True, slots=True)
class RaisedError:
    """The exception that ended a snippet; `line` is 1-based in the snippet."""

    type_name: str
    bases: tuple[str, ...]
    message: str
    line: int | None
    frames: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class SeenWarning:
    """One warning issued while the snippet ran; `line` is the innermost snippet line, or 0."""

    category: str
    bases: tuple[str, ...]
    message: str
    line: int

    @property
    def is_deprecation(self) -> bool:
        """Whether it announces a change: deprecations and future warnings of every library."""
        return not _DEPRECATIONS.isdisjoint(self.bases)

    @property
    def key(self) -> tuple[str, str]:
        """Identity across versions; messages that carry values agree in their beginning."""
        return (self.category, self.message[:80])


@dataclass(frozen=True, slots=True)
class Observed:
    """Outcome of one run.

    `status` other than DONE means that nothing else is known. `events` and `names` hold canonical
    values (see `canonical_values.py`); `event_lines` holds, for each event, the first line of the
    top-level statement that caused it.
    """

    status: JobStatus
    detail: str = ""
    error: RaisedError | None = None
    warnings: tuple[SeenWarning, ...] = ()
    events: tuple[JsonValue, ...] = ()
    names: tuple[tuple[str, JsonValue], ...] = ()
    event_lines: tuple[int, ...] = ()
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    receivers: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """By name of an attribute, of each kind of value that it was read from the names of its classes;
    where they were asked for."""
    hidden: tuple[Observed, ...] = ()
    """Runs with other literals, in the order asked for; empty where this one did not succeed."""

    @property
    def succeeded(self) -> bool:
        """The snippet ran to its end without an exception."""
        return self.status is JobStatus.DONE and self.error is None

    @property
    def deprecations(self) -> tuple[SeenWarning, ...]:
        """The warnings that announce a change."""
        return tuple(warning for warning in self.warnings if warning.is_deprecation)


def parse_observed(result: JobResult) -> Observed:
    """The record of one observe job; a message of the wrong shape counts as a crash."""
    if result.status is not JobStatus.DONE:
        return Observed(
            result.status,
            result.detail,
            cpu_seconds=result.cpu_seconds,
            wall_seconds=result.wall_seconds,
        )
    message = steady(result.messages[-1]) if result.messages else None
    try:
        observed = _parse(message, result)
        hidden = message.get("hidden", []) if isinstance(message, dict) else []
        if not isinstance(hidden, list):
            raise TypeError("the hidden runs have another shape")
        return replace(observed, hidden=tuple(_parse_hidden(item, result) for item in hidden))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return Observed(JobStatus.CRASH, f"malformed report: {error!r}")


def steady(value: JsonValue) -> JsonValue:
    """The same without what changes from run to run, and without text that cannot be written."""
    if isinstance(value, str):
        return _steady_text(value)
    if isinstance(value, list):  # by the million, most of them marks of a kind and numbers
        return [
            item
            if type(item) in _NUMBERS
            or (isinstance(item, str) and len(item) < _SHORTEST_UNSTEADY and item.isascii())
            else steady(item)
            for item in value
        ]
    if isinstance(value, dict):
        return {_steady_text(name): steady(item) for name, item in value.items()}
    return value


def _steady_text(text: str) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    for part in _TELLTALES:
        if part in text:
            return _UNSTEADY.sub(_steady_part, text)
    return text


def _steady_part(found: re.Match[str]) -> str:
    return {"address": "0x", "unset": "0.0"}.get(str(found.lastgroup), "")


def _parse_hidden(message: JsonValue, result: JobResult) -> Observed:
    if isinstance(message, dict) and "died" in message:
        return Observed(JobStatus.CRASH, f"the run ended with status {message['died']}")
    return _parse(message, result)


def _parse(message: JsonValue, result: JobResult) -> Observed:
    if not isinstance(message, dict):
        raise TypeError("the report is not an object")
    events, names, lines = message["events"], message["names"], message["event_lines"]
    if not (isinstance(events, list) and isinstance(names, dict) and isinstance(lines, list)):
        raise TypeError("events or names have another shape")
    return Observed(
        status=JobStatus.DONE,
        error=_parse_error(message["error"]),
        warnings=_parse_warnings(message["warnings"]),
        events=tuple(events),
        names=tuple(sorted(names.items())),
        event_lines=tuple(int(str(line)) for line in lines),
        cpu_seconds=result.cpu_seconds,
        wall_seconds=result.wall_seconds,
        receivers=_parse_receivers(message.get("receivers", {})),
    )


def _parse_receivers(receivers: JsonValue) -> dict[str, tuple[tuple[str, ...], ...]]:
    if not isinstance(receivers, dict):
        raise TypeError("receivers have another shape")
    return {
        name: tuple(tuple(map(str, classes)) for classes in kinds if isinstance(classes, list))
        for name, kinds in receivers.items()
        if isinstance(kinds, list)
    }


def _parse_error(error: JsonValue) -> RaisedError | None:
    if not isinstance(error, dict):
        return None
    frames, mro, line = error["frames"], error["mro"], error["line"]
    if not isinstance(frames, list) or not isinstance(mro, list):
        raise TypeError("frames or mro have another shape")
    return RaisedError(
        type_name=str(error["type"]),
        bases=tuple(str(name) for name in mro),
        message=str(error["message"]),
        line=line if isinstance(line, int) else None,
        frames=tuple(
            (str(frame[0]), int(str(frame[1])), str(frame[2]))
            for frame in frames
            if isinstance(frame, list)
        ),
    )


def _parse_warnings(warnings: JsonValue) -> tuple[SeenWarning, ...]:
    if not isinstance(warnings, list):
        raise TypeError("warnings have another shape")
    return tuple(
        SeenWarning(
            category=str(entry["category"]),
            bases=tuple(str(name) for name in mro),
            message=str(entry["message"]),
            line=int(str(entry["line"])),
        )
        for entry in warnings
        if isinstance(entry, dict) and isinstance(mro := entry["mro"], list)
    )

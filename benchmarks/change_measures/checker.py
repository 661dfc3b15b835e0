"""Is a reported change true? Found out by using its path in both versions, not from surfaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, cast

from recode_data.records import ApiChange, ChangeKind, Environment, JsonValue
from recode_data.sandbox import Limits, SandboxPool

DRIVER = Path(__file__).with_name("check_driver.py")
LIMITS = Limits(cpu_seconds=120.0, wall_seconds=300.0, memory_bytes=6 << 30)
ASKS_PER_JOB = 25

Seen = dict[str, Any]
"""What the driver observed of one path in one version."""
Observer = Callable[[Sequence[JsonValue]], Sequence[JsonValue]]
"""Asks the driver in one environment; as many answers as asks."""

_REMOVED = re.compile(
    r"removed|no longer|expired|not supported|deprecat|dropped|use .* instead", re.IGNORECASE
)
_WARNS = re.compile(r"Deprecat|Future|Removed", re.IGNORECASE)
_SAYS = re.compile(r"deprecat|will be removed|no longer", re.IGNORECASE)


class Truth(str, Enum):
    """What a check came to."""

    TRUE = "true"
    FALSE = "false"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Checked:
    """One change, checked."""

    change: ApiChange
    truth: Truth
    why: str


def is_private(path: str) -> bool:
    """Whether any part begins with one underscore; special methods do not count."""
    return any(
        part.startswith("_") and not (part.startswith("__") and part.endswith("__"))
        for part in path.split(".")
    )


def sandboxed(environment: Environment, sandboxes: SandboxPool) -> Observer:
    """Observations in one environment; what a job that died had not answered is unknown."""

    def observe(asks: Sequence[JsonValue]) -> Sequence[JsonValue]:
        found: list[JsonValue] = []
        for start in range(0, len(asks), ASKS_PER_JOB):
            share = list(asks[start : start + ASKS_PER_JOB])
            while share:
                result = sandboxes.run(environment, DRIVER, {"asks": share}, limits=LIMITS)
                answers = list(result.messages)[: len(share)]
                found.extend(answers)
                share = share[len(answers) :]
                if share:  # the next one ended the job: it cannot be asked
                    found.append({"resolves": None, "error": [result.status.value, result.detail]})
                    share = share[1:]
        return found

    return observe


def check(changes: Sequence[ApiChange], old: Observer, new: Observer) -> list[Checked]:
    """Each change with the verdict of both versions, in order."""
    asks = [_ask(change) for change in changes]
    successors = [{"path": change.new_api or change.old_api} for change in changes]
    rows = zip(
        changes,
        cast("list[Seen]", old(asks)),
        cast("list[Seen]", new(asks)),
        cast("list[Seen]", new(cast("list[JsonValue]", successors))),
        strict=True,
    )
    return [_checked(*row) for row in rows]


def _ask(change: ApiChange) -> JsonValue:
    return {
        "path": change.old_api,
        "parameter": change.parameter,
        "other": change.new_value if change.kind is ChangeKind.PARAMETER_RENAMED else None,
    }


def _checked(change: ApiChange, old: Seen, new: Seen, successor: Seen) -> Checked:
    unknown = next((seen["error"] for seen in (old, new) if seen["resolves"] is None), None)
    if unknown is not None:
        return Checked(change, Truth.UNDECIDED, f"the check failed: {unknown}")
    answer = _CHECKS[change.kind](change, old, new)
    if answer is None:
        return Checked(change, Truth.UNDECIDED, "neither version shows it")
    holds, why = answer
    if holds and change.kind in (ChangeKind.RENAMED, ChangeKind.MOVED) and change.new_api:
        holds = bool(successor["resolves"]) or bool(successor.get("on_instance"))
        why = why if holds else f"{change.new_api} does not exist"
    return Checked(change, Truth.TRUE if holds else Truth.FALSE, why)


Answer = tuple[bool, str] | None


def _is_there(seen: Seen) -> bool | None:
    """None: it may be there, another package or a device is missing."""
    if seen.get("raises"):
        return False
    if seen["resolves"] or seen.get("on_instance"):
        return True
    kind, _, at = seen["error"]
    if kind == "MissingPackage":
        return None
    if at == seen["path"]:  # its module is there, and refuses the name
        return False
    return False if kind in ("AttributeError", "ModuleNotFoundError") else None


def _gone(change: ApiChange, old: Seen, new: Seen) -> Answer:
    before, after = _is_there(old), _is_there(new)
    if before is None or after is None:
        return None
    if not before:
        return False, f"not in the old version: {old['error']}"
    if not after:
        return True, str(new["error"])
    error = (new.get("call") or {}).get("error")
    if error and error[0] != "TypeError" and _REMOVED.search(error[1]):
        return True, f"only raises: {error}"
    if old["resolves"] != new["resolves"]:
        return None
    return False, "in both versions"


def _came(change: ApiChange, old: Seen, new: Seen) -> Answer:
    return _gone(change, new, old)


def _kind_changed(change: ApiChange, old: Seen, new: Seen) -> Answer:
    if not (old["resolves"] and new["resolves"]):
        return None
    return old["kind"] != new["kind"], f"{old['kind']} -> {new['kind']}"


def _names(seen: Seen) -> list[str] | None:
    rows = seen.get("signature")
    return None if rows is None else [row[0] for row in rows]


def _row(seen: Seen, name: str | None) -> list[str | None] | None:
    return next((row for row in seen.get("signature") or () if row[0] == name), None)


def _takes(seen: Seen, name: str, key: str = "takes") -> bool | None:
    """Whether a call lets a keyword through; None where it cannot be told."""
    if not seen["resolves"] or key not in seen:
        return None
    if seen[key]["refused"]:
        return False
    row = _row(seen, name)
    if row is not None and not str(row[1]).startswith("POSITIONAL_ONLY"):
        return True
    names = _names(seen)
    if names is None:
        return None
    catches = any(item[1] == "VAR_KEYWORD" for item in seen["signature"])
    if not catches and seen["takes"]["calls"][0]["error"] is None:
        return True
    source = seen.get("source")
    if catches and source and not re.search(rf"\b{re.escape(name)}\b", source):
        return None
    return None if catches else bool(seen["takes"]["calls"][0]["warned"]) or None


def _raises_about(seen: Seen, name: str) -> bool:
    errors = [call["error"] for call in seen["takes"]["calls"] if call["error"]]
    return any(_REMOVED.search(text) and name in text for _, text in errors)


def _parameter_removed(change: ApiChange, old: Seen, new: Seen) -> Answer:
    name = change.parameter or ""
    before, after = _row(old, name), _row(new, name)
    if before is not None and str(before[1]).startswith("VAR"):
        return after is None, "catch-all"
    if before is not None and before[1] == "POSITIONAL_ONLY":
        return after is None, "positional only"
    took, takes = _takes(old, name), _takes(new, name)
    if took and takes is None and after is None and before is not None:
        return None if _mentions(new, name) else (True, "nothing names it any more")
    if takes and _raises_about(new, name):
        return True, "passing it raises"
    if took is None or takes is None:
        return None
    return took and not takes, f"takes it: {took} -> {takes}"


def _mentions(seen: Seen, name: str) -> bool:
    return bool(re.search(rf"\b{re.escape(name)}\b", seen.get("source") or ""))


def _parameter_renamed(change: ApiChange, old: Seen, new: Seen) -> Answer:
    other = change.new_value or ""
    takes_other = _takes(new, other, "takes_other")
    if takes_other and _warnings(new, change.parameter) and not _warnings(old, change.parameter):
        return True, f"warns, and takes {other}"
    first = _parameter_removed(change, old, new)
    if first is None or takes_other is None:
        return None
    return first[0] and takes_other, f"{first[1]}; takes {other}: {takes_other}"


def _parameter_added(change: ApiChange, old: Seen, new: Seen) -> Answer:
    return _parameter_removed(change, new, old)


def _added_required(change: ApiChange, old: Seen, new: Seen) -> Answer:
    before, after = _row(old, change.parameter), _row(new, change.parameter)
    if _names(old) is None or _names(new) is None:
        return None
    required = after is not None and after[2] is None and not str(after[1]).startswith("VAR")
    was = before is not None and before[2] is None and not str(before[1]).startswith("VAR")
    return required and not was, f"{before} -> {after}"


def _reordered(change: ApiChange, old: Seen, new: Seen) -> Answer:
    lists = []
    for seen in (old, new):
        rows = seen.get("signature")
        if rows is None:
            return None
        lists.append([row[0] for row in rows if row[1].startswith("POSITIONAL")])
    name = change.parameter
    if name not in lists[0]:
        return False, f"{name} was no positional parameter"
    at = lists[0].index(name)
    return lists[0][: at + 1] != lists[1][: at + 1], f"{lists[0]} -> {lists[1]}"


def _keyword_only(change: ApiChange, old: Seen, new: Seen) -> Answer:
    before, after = _row(old, change.parameter), _row(new, change.parameter)
    if before is None or after is None:
        return None
    kinds = f"{before[1]} -> {after[1]}"
    if old.get("positional") is None:
        return None
    return not old["positional"] and after[1] == "KEYWORD_ONLY", kinds


def _default_changed(change: ApiChange, old: Seen, new: Seen) -> Answer:
    before, after = _row(old, change.parameter), _row(new, change.parameter)
    after = after or _row(new, change.new_value)
    if before is None or after is None:
        return None
    return before[2] != after[2], f"{before[2]} -> {after[2]}"


def _return_changed(change: ApiChange, old: Seen, new: Seen) -> Answer:
    before, after = old.get("returns"), new.get("returns")
    if before is None or after is None:
        return None
    return before != after, f"{before} -> {after}"


def _warnings(seen: Seen, parameter: str | None) -> list[str]:
    groups = [seen.get("warned") or []]
    calls = [seen.get("call")] if parameter is None else (seen.get("takes") or {}).get("calls", [])
    groups.extend(call["warned"] for call in calls if call)
    return [
        f"{category}: {text}"
        for group in groups
        for category, text in group
        if _WARNS.search(category) or _SAYS.search(text)
        if parameter is None or parameter in text
    ]


def _marks(seen: Seen, parameter: str | None) -> bool:
    """Whether source or docstring say so, near the parameter's name where there is one."""
    text = f"{seen.get('doc') or ''}\n{seen.get('source') or ''}"
    if parameter is None:
        return bool(_SAYS.search(text))
    row = _row(seen, parameter)
    if row is not None and row[2] and "deprecat" in row[2].lower():
        return True
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if re.search(rf"\b{re.escape(parameter)}\b", line):
            near = "\n".join(lines[max(0, at - 6) : at + 8])
            if _SAYS.search(near) or "warn" in near:
                return True
    return False


def _deprecated(change: ApiChange, old: Seen, new: Seen) -> Answer:
    there = _is_there(new)
    if there is None:
        return None
    if not there:
        return False, f"not in the new version: {new['error']}"
    said = _warnings(new, change.parameter)
    if said:
        known = set(_warnings(old, change.parameter)) if old["resolves"] else set()
        return bool(set(said) - known) or not known, said[0][:200]
    return _marks(new, change.parameter), "what source and docstring say"


def _undeprecated(change: ApiChange, old: Seen, new: Seen) -> Answer:
    if _warnings(new, change.parameter):
        return False, "still warns"
    return bool(_warnings(old, None)) or _marks(old, None), "what the old version says"


def _behaviour(change: ApiChange, old: Seen, new: Seen) -> Answer:
    return None  # the probe has run it already


_CHECKS: Mapping[ChangeKind, Callable[[ApiChange, Seen, Seen], Answer]] = {
    ChangeKind.REMOVED: _gone,
    ChangeKind.RENAMED: _gone,
    ChangeKind.MOVED: _gone,
    ChangeKind.KIND_CHANGED: _kind_changed,
    ChangeKind.PARAMETER_REMOVED: _parameter_removed,
    ChangeKind.PARAMETER_RENAMED: _parameter_renamed,
    ChangeKind.PARAMETER_ADDED_REQUIRED: _added_required,
    ChangeKind.PARAMETER_REORDERED: _reordered,
    ChangeKind.KEYWORD_ONLY: _keyword_only,
    ChangeKind.DEFAULT_CHANGED: _default_changed,
    ChangeKind.RETURN_CHANGED: _return_changed,
    ChangeKind.DEPRECATED: _deprecated,
    ChangeKind.UNDEPRECATED: _undeprecated,
    ChangeKind.BEHAVIOUR: _behaviour,
    ChangeKind.ADDED: _came,
    ChangeKind.PARAMETER_ADDED: _parameter_added,
}

"""What happens when a changed path is accessed in either version: the library's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from recode_data.records import ApiChange, ChangeKind, Environment, JsonValue, StepContext
from recode_data.sandbox import Limits, SandboxPool
from recode_data.surface.deprecations import says_going
from recode_data.surface.successors import import_conventions, named_successors

DRIVER = Path(__file__).with_name("touch_driver.py")
LIMITS = Limits(
    cpu_seconds=120.0,
    wall_seconds=300.0,
    memory_bytes=4 << 30,
    output_bytes=64 << 20,
)
PATHS_PER_JOB = 4000

TOUCHED_KINDS = frozenset(
    {
        ChangeKind.REMOVED,
        ChangeKind.RENAMED,
        ChangeKind.MOVED,
        ChangeKind.KIND_CHANGED,
        ChangeKind.DEPRECATED,
    }
)
ADDED_KINDS = frozenset({ChangeKind.ADDED})
"""Touched in the old version only, which may serve the name without showing it."""
Toucher = Callable[[Sequence[str]], Sequence[JsonValue]]
"""Access paths in one environment; returns the driver's messages."""


@dataclass(frozen=True, slots=True)
class Access:
    """One access to one path in one environment."""

    resolves: bool
    error_type: str | None
    message: str
    """Text of the error; empty where it resolves."""
    failed_at: str
    """The prefix at which the access failed; the path itself where it did not."""
    warnings: tuple[tuple[str, str, str], ...]
    """(category, text, prefix that warned)."""
    canonical: str | None
    """What the object says it is, `module.qualname`."""

    @property
    def deprecation(self) -> str | None:
        """Text of the first warning that tells users to write something else."""
        for category, text, _ in self.warnings:
            if says_going(category, text):
                return text
        return None


@dataclass(frozen=True, slots=True)
class Touch:
    """One path in both environments; None: not accessed there."""

    path: str
    old: Access | None
    new: Access | None


def touch_changes(
    changes: Iterable[ApiChange],
    context: StepContext,
    sandboxes: SandboxPool,
    texts: Iterable[str] = (),
) -> dict[str, Touch]:
    """Access every changed path, and the dotted names that the library offers instead.

    Args:
        changes: what comparing the surfaces found.
        context: its environments.
        sandboxes: where the accesses run.
        texts: what the source says of the changed paths; may name further things to write.

    Raises:
        SandboxError: the sandbox itself failed.
    """
    return touch_paths(
        changes,
        _toucher(context.old_environment, sandboxes),
        _toucher(context.new_environment, sandboxes),
        texts,
    )


def access_paths(
    paths: Sequence[str], environment: Environment, sandboxes: SandboxPool
) -> dict[str, Access]:
    """Access paths in one environment.

    Raises:
        SandboxError: the sandbox itself failed.
    """
    return _accesses(_toucher(environment, sandboxes)(paths))


def touch_paths(
    changes: Iterable[ApiChange], old: Toucher, new: Toucher, texts: Iterable[str] = ()
) -> dict[str, Touch]:
    """As `touch_changes`, with the two environments as functions."""
    paths, added = _paths(changes, TOUCHED_KINDS), _paths(changes, ADDED_KINDS)
    in_old, in_new = _accesses(old(sorted({*paths, *added}))), _accesses(new(paths))
    found = {path: Touch(path, in_old.get(path), in_new.get(path)) for path in [*paths, *added]}
    outside = sorted(_dotted_names(changes, found, texts) - found.keys())
    for path, access in _accesses(new(outside)).items() if outside else ():
        found.setdefault(path, Touch(path, None, access))
    return found


def _paths(changes: Iterable[ApiChange], kinds: frozenset[ChangeKind]) -> list[str]:
    return sorted(
        {change.old_api for change in changes if change.kind in kinds and change.parameter is None}
    )


def _dotted_names(
    changes: Iterable[ApiChange], found: Mapping[str, Touch], said: Iterable[str]
) -> set[str]:
    """Dotted names in messages: of other libraries, the stdlib, or private parts of this one."""
    texts = {*said, *(change.message for change in changes if change.message)}
    for touch in found.values():
        for access in (touch.old, touch.new):
            if access is not None:
                texts.add(access.message)
                texts.update(text for _, text, _ in access.warnings)
    names: set[str] = {
        touch.old.canonical
        for touch in found.values()
        if touch.old is not None and touch.old.canonical
    }
    for text in texts:
        for name in named_successors(text):
            head, dot, rest = name.partition(".")
            head = import_conventions().get(head, head)
            if dot and head not in ("self", "cls"):
                names.add(f"{head}.{rest}")
    return names


def _toucher(environment: Environment, sandboxes: SandboxPool) -> Toucher:
    def touch(paths: Sequence[str]) -> Sequence[JsonValue]:
        messages: list[JsonValue] = []
        for start in range(0, len(paths), PATHS_PER_JOB):
            payload: JsonValue = {"paths": list(paths[start : start + PATHS_PER_JOB])}
            result = sandboxes.run(environment, DRIVER, payload, limits=LIMITS)
            messages.extend(result.messages)
        return messages

    return touch


def _accesses(messages: Sequence[JsonValue]) -> dict[str, Access]:
    found: dict[str, Access] = {}
    for chunk in messages:
        for item in cast("list[dict[str, JsonValue]]", chunk):
            error = cast("list[str] | None", item["error"])
            warned = cast("list[list[str]]", item["w"])
            path = str(item["path"])
            canonical = item.get("c")
            found[path] = Access(
                resolves=bool(item["ok"]),
                error_type=error[0] if error else None,
                message=error[1] if error else "",
                failed_at=str(item["at"]),
                warnings=tuple((entry[0], entry[1], entry[2]) for entry in warned),
                canonical=canonical if isinstance(canonical, str) else None,
            )
    return found

"""All change kinds over one comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from recode_data.changes import (
    added,
    default_changed,
    deprecated,
    keyword_only,
    kind_changed,
    moved,
    parameter_added,
    parameter_added_required,
    parameter_removed,
    parameter_renamed,
    parameter_reordered,
    removed,
    renamed,
    return_changed,
    undeprecated,
)
from recode_data.changes.comparison import Comparison
from recode_data.records import ApiChange, ChangeKind, EvidenceKind, Surface

FINDERS: tuple[Callable[[Comparison], Iterator[ApiChange]], ...] = (
    removed.find,
    renamed.find,
    moved.find,
    kind_changed.find,
    parameter_removed.find,
    parameter_renamed.find,
    parameter_added_required.find,
    parameter_reordered.find,
    keyword_only.find,
    default_changed.find,
    return_changed.find,
    deprecated.find,
    undeprecated.find,
    added.find,
    parameter_added.find,
)
"""In the order of how much they break; `behaviour` comes from the probe, not from surfaces."""

BREAKING = frozenset(
    {
        ChangeKind.REMOVED,
        ChangeKind.RENAMED,
        ChangeKind.MOVED,
        ChangeKind.KIND_CHANGED,
        ChangeKind.PARAMETER_REMOVED,
        ChangeKind.PARAMETER_RENAMED,
        ChangeKind.PARAMETER_ADDED_REQUIRED,
        ChangeKind.PARAMETER_REORDERED,
        ChangeKind.KEYWORD_ONLY,
        ChangeKind.DEFAULT_CHANGED,
        ChangeKind.RETURN_CHANGED,
        ChangeKind.BEHAVIOUR,
    }
)
"""Kinds after which code written for the old version may fail or mean something else."""


def is_breaking(change: ApiChange) -> bool:
    """Whether code written for the old version may fail or mean something else.

    A renamed parameter whose old name is still accepted, with a warning, breaks nothing yet.
    """
    warns = change.kind is ChangeKind.PARAMETER_RENAMED and any(
        item.kind is EvidenceKind.DEPRECATION for item in change.evidence
    )
    return change.kind in BREAKING and not warns


def find_changes(old: Surface, new: Surface) -> tuple[ApiChange, ...]:
    """Every difference between two surfaces, sorted by (old_api, kind, parameter).

    The same difference at a further public path, or on a subclass, is a change of its own whose
    `alias_of` names the first one.
    """
    comparison = Comparison(old, new)
    repeats = _repeats(comparison)
    found: dict[str, ApiChange] = {}
    for finder in FINDERS:
        for change in finder(comparison):
            found.setdefault(change.key, change)
            if change.kind is ChangeKind.ADDED:
                continue  # one path is news enough
            for path in repeats.get(change.old_api, ()):
                again = replace(change, old_api=path, alias_of=change.old_api)
                found.setdefault(again.key, again)
    changes = [_constructor_of_class(change, found) for change in found.values()]
    changes = _once_per_object(changes, comparison)
    return tuple(sorted(changes, key=sort_key))


def sort_key(change: ApiChange) -> tuple[str, str, str]:
    """The order of every list of changes."""
    return change.old_api, change.kind.value, change.parameter or ""


def _repeats(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    repeats = {pair.path: pair.repeats for pair in comparison.pairs}
    repeats.update({gone.path: gone.repeats for gone in comparison.vanished})
    return repeats


def _once_per_object(changes: list[ApiChange], comparison: Comparison) -> list[ApiChange]:
    """The same parameter of the same object at a path with marks of its own is a repeat."""
    first: dict[tuple[str, str, ChangeKind, str], str] = {}
    done: list[ApiChange] = []
    for change in sorted(changes, key=lambda item: (item.old_api.count("."), sort_key(item))):
        if change.parameter is not None and change.alias_of is None:
            old, new = (view.get(change.old_api) for view in comparison.views)
            if old is not None and new is not None:
                key = (old.canonical, new.canonical, change.kind, change.parameter)
                path = first.setdefault(key, change.old_api)
                if path != change.old_api:
                    change = replace(change, alias_of=path)
        done.append(change)
    return done


def _constructor_of_class(change: ApiChange, found: dict[str, ApiChange]) -> ApiChange:
    """A finding on `Class.__init__` repeats the one on `Class`."""
    owner, _, name = change.old_api.rpartition(".")
    is_constructor = name in ("__init__", "__new__") and change.alias_of is None
    if is_constructor and replace(change, old_api=owner).key in found:
        return replace(change, alias_of=owner)
    return change

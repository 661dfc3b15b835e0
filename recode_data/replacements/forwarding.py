"""A body that only hands its arguments on: `def product(a): return prod(a)`."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.records import ApiChange, Evidence, EvidenceKind
from recode_data.replacements.evidence import Clues, Proposal

SCORE = 0.85
UNMARKED_SCORE = 0.6
"""A thin wrapper that nobody deprecates usually is there for convenience."""


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """The public path of what the old body, or the deprecated new one, calls."""
    if change.parameter is not None:
        return
    for view, version in ((clues.new_view, clues.new.version), (clues.old_view, clues.old.version)):
        item = view.get(change.old_api)
        target = item.forwards_to if item else None
        if item is None or target is None:
            continue
        path = _public_path(target, change, clues)
        if path is not None and path != change.old_api:
            marked = any(mark.parameter is None for mark in item.deprecations)
            yield Proposal(
                path,
                Evidence(EvidenceKind.FORWARDING, f"its body in {version} calls {target}"),
                SCORE if marked else UNMARKED_SCORE,
            )


def _public_path(target: str, change: ApiChange, clues: Clues) -> str | None:
    if target.startswith("self."):
        owner = change.old_api.rpartition(".")[0]
        name = target.removeprefix("self.")
        path = f"{owner}.{name}"
        return path if path in clues.new_view and not name.startswith("_") else None
    if target in clues.new_view:
        return clues.preferred(target)
    for view in (clues.old_view, clues.new_view):
        for path in clues.by_last_name.get(target.rpartition(".")[2], ()):
            item = view.get(path)
            if item is not None and item.canonical == target:
                return path
    return target if clues.exists_outside(target) else None

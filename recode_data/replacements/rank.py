"""All evidence for one change → ranked replacements, and the changes that carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from recode_data.changes.find import sort_key
from recode_data.records import ApiChange, ChangeKind, Evidence, ObjectKind, Replacement, Surface
from recode_data.replacements import (
    deprecation,
    forwarding,
    identity,
    messages,
    parameters,
    release_notes,
    similarity,
)
from recode_data.replacements.evidence import Clues, Proposal
from recode_data.replacements.settle import settle
from recode_data.surface.touch import Touch

KINDS_OF_EVIDENCE: tuple[Callable[[ApiChange, Clues], Iterator[Proposal]], ...] = (
    messages.propose,
    deprecation.propose,
    identity.propose,
    forwarding.propose,
    parameters.propose,
    release_notes.propose,
    similarity.propose,
)
"""In the order of trust."""
REPLACED_KINDS = frozenset(ChangeKind) - {
    ChangeKind.ADDED,
    ChangeKind.PARAMETER_ADDED,
    ChangeKind.UNDEPRECATED,
}
REPLACEMENTS_LIMIT = 5
BEST_FROM = 0.45
"""Below this a proposal is kept, but is not the change's `new_api`."""
KIND_FROM = 0.7
"""From this on a removal counts as a renaming or a move."""


def with_replacements(
    changes: Iterable[ApiChange],
    old: Surface,
    new: Surface,
    touched: Mapping[str, Touch],
    notes: tuple[str, ...] = (),
) -> tuple[ApiChange, ...]:
    """Changes as the accesses confirm them, each with ranked replacements; sorted.

    Args:
        changes: what `find_changes` or the probe found.
        old: the old version's surface.
        new: the new version's surface.
        touched: what `touch_changes` saw; empty: nothing was accessed.
        notes: texts of release notes, for what they offer instead.
    """
    clues = Clues(old, new, touched, notes)
    settled = settle(changes, touched, clues.old_view)
    gone = {
        change.old_api
        for change in settled
        if change.parameter is None and change.kind in (*similarity.GONE, ChangeKind.DEPRECATED)
    }
    found = [
        _with_replacements(change, clues, gone) if change.kind in REPLACED_KINDS else change
        for change in settled
    ]
    return tuple(sorted(found, key=sort_key))


def _with_replacements(change: ApiChange, clues: Clues, gone: set[str]) -> ApiChange:
    combined: dict[tuple[str, str | None], tuple[float, list[Evidence]]] = {}
    for propose in KINDS_OF_EVIDENCE:
        for proposal in propose(change, clues):
            if proposal.new_api == change.old_api and proposal.new_parameter is None:
                continue
            if proposal.new_api in gone and change.parameter is None:
                continue  # it goes the same way
            if _same_member(change, proposal.new_api, clues):
                continue
            key = (proposal.new_api, proposal.new_parameter)
            score, evidence = combined.get(key, (0.0, []))
            if proposal.evidence in evidence:
                continue
            score = 1 - (1 - score) * (1 - min(proposal.score, 0.99))
            combined[key] = (score, [*evidence, proposal.evidence])
    ranked = sorted(
        (
            Replacement(path, tuple(evidence), round(score, 4), parameter)
            for (path, parameter), (score, evidence) in combined.items()
        ),
        key=lambda item: (-item.score, item.new_api.count("."), item.new_api),
    )[:REPLACEMENTS_LIMIT]
    best = ranked[0] if ranked and ranked[0].score >= BEST_FROM else None
    return replace(
        change,
        kind=_kind(change, best, clues),
        new_api=best.new_api if best else change.new_api,
        replacements=tuple(ranked),
    )


def _same_member(change: ApiChange, path: str, clues: Clues) -> bool:
    """Whether a path is the same member of another class: `memmap.ptp` is no way out of `ptp`."""
    owner, _, name = change.old_api.rpartition(".")
    new_owner, _, new_name = path.rpartition(".")
    owners = (clues.old_view.get(owner), clues.new_view.get(owner), clues.new_view.get(new_owner))
    return (name == new_name and owner != new_owner) and all(
        item is not None and item.kind is ObjectKind.CLASS for item in owners
    )


def _kind(change: ApiChange, best: Replacement | None, clues: Clues) -> ChangeKind:
    """A removal with a strong successor of the same sort is a renaming or a move."""
    if change.kind not in similarity.GONE or best is None or best.score < KIND_FROM:
        return change.kind
    old, new = clues.old_view.get(change.old_api), clues.new_view.get(best.new_api)
    if (
        old is None
        or new is None
        or (old.kind is ObjectKind.MODULE) != (new.kind is ObjectKind.MODULE)
    ):
        return change.kind
    same_name = best.new_api.rpartition(".")[2] == change.old_api.rpartition(".")[2]
    return ChangeKind.MOVED if same_name else ChangeKind.RENAMED

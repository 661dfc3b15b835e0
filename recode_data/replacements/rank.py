"""All evidence for one change → ranked replacements, and the changes that carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from recode_data.changes.find import sort_key
from recode_data.records import (
    ApiChange,
    ChangeKind,
    Evidence,
    EvidenceKind,
    ObjectKind,
    Replacement,
    Surface,
)
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
SAID = frozenset(
    {
        EvidenceKind.ERROR_MESSAGE,
        EvidenceKind.WARNING_MESSAGE,
        EvidenceKind.DEPRECATION,
        EvidenceKind.RELEASE_NOTES,
    }
)
"""What the library itself says: it may name anything."""
SURE = 0.85
OUTDONE_SHARE = 0.6
CHAIN_SHARE = 0.95
"""Of a successor's own successor: `Styler.where` named `applymap`, which became `map`."""
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
    successors = {
        change.old_api: _proposals(change, clues)
        for change in settled
        if change.parameter is None and change.old_api in gone
    }
    found = [
        _with_replacements(change, clues, gone, successors)
        if change.kind in REPLACED_KINDS
        else change
        for change in settled
    ]
    return tuple(sorted(found, key=sort_key))


Proposed = dict[tuple[str, str | None], tuple[float, list[Evidence]]]
"""(path, parameter) → score and evidence."""


def _proposals(change: ApiChange, clues: Clues) -> Proposed:
    """Everything that any kind of evidence proposes; agreeing evidence adds up."""
    combined: Proposed = {}
    for propose in KINDS_OF_EVIDENCE:
        for proposal in propose(change, clues):
            if proposal.new_api == change.old_api and proposal.new_parameter is None:
                continue
            if proposal.evidence.kind not in SAID and _same_member(change, proposal.new_api, clues):
                continue
            key = (proposal.new_api, proposal.new_parameter)
            score, evidence = combined.get(key, (0.0, []))
            if proposal.evidence in evidence:
                continue
            if proposal.evidence.kind is EvidenceKind.IDENTITY and _is_outdone(key, combined):
                if key in combined:
                    continue
                proposal = replace(proposal, score=OUTDONE_SHARE * proposal.score)
            score = 1 - (1 - score) * (1 - min(proposal.score, 0.99))
            combined[key] = (score, [*evidence, proposal.evidence])
    return _one_path_each(combined, clues)


def _one_path_each(combined: Proposed, clues: Clues) -> Proposed:
    """One function or class under one path: as the library says it, else as users write it.

    What speaks for it under another path speaks for it, but that two paths are one object says
    nothing more.
    """
    groups: dict[tuple[str, str | None], list[tuple[str, str | None]]] = {}
    for path, parameter in combined:
        item = clues.new_view.get(path)
        is_one = item is not None and item.kind in (ObjectKind.FUNCTION, ObjectKind.CLASS)
        mark = (item.identity or item.canonical) if item is not None and is_one else path
        groups.setdefault((mark, parameter), []).append((path, parameter))
    kept: Proposed = {}
    for keys in groups.values():
        said = [key for key in keys if any(one.kind in SAID for one in combined[key][1])]
        first = min(said or keys, key=lambda key: _unusual(key[0], combined[key][0], clues))
        for key in (*said, first):
            kept[key] = combined[key]
        score, evidence = kept[first]
        for key in keys:
            more = [one for one in combined[key][1] if one.kind is not EvidenceKind.IDENTITY]
            if key not in kept and more:
                score = 1 - (1 - score) * (1 - min(combined[key][0], 0.99))
                evidence = [*evidence, *more]
        kept[first] = (score, evidence)
    return kept


def _unusual(path: str, score: float, clues: Clues) -> tuple[int, bool, bool, float, str]:
    """Sorts the paths of one object, the one that users write first: packages that collect the names
    of their modules seldom list them in `__all__`; of modules, the one that defines it."""
    item = clues.new_view.get(path)
    is_elsewhere = item is None or item.canonical != path
    return path.count("."), is_elsewhere, clues.preferred(path) != path, -score, path


def _is_outdone(key: tuple[str, str | None], combined: Proposed) -> bool:
    """Whether the library itself names something else first: it knows better than identity.

    "Use jax.tree.map or jax.tree_util.tree_map": only the second is the same object.
    """
    own = combined.get(key, (0.0, []))[0]
    best = max((score for score, _ in combined.values()), default=0.0)
    return best >= SURE and own < best


def _with_replacements(
    change: ApiChange, clues: Clues, gone: set[str], successors: Mapping[str, Proposed]
) -> ApiChange:
    combined = successors.get(change.old_api) if change.parameter is None else None
    combined = _followed(change, combined or _proposals(change, clues), gone, successors)
    ranked = sorted(
        (
            Replacement(
                path,
                tuple(evidence),
                round(score, 4),
                parameter,
                _was_there(change, path, parameter, clues),
            )
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


def _was_there(change: ApiChange, path: str, parameter: str | None, clues: Clues) -> bool:
    if parameter is None:
        return path in clues.old_view
    known = change.old_signature.parameters if change.old_signature else ()
    return any(item.name == parameter for item in known)


def _followed(
    change: ApiChange, combined: Proposed, gone: set[str], successors: Mapping[str, Proposed]
) -> Proposed:
    """Proposals that go the same way themselves give way to what is proposed for them."""
    if change.parameter is not None:
        return combined
    kept = {key: value for key, value in combined.items() if key[0] not in gone}
    for (path, _), (score, evidence) in combined.items():
        if path not in gone:
            continue
        for key, (further, proofs) in successors.get(path, {}).items():
            if key[0] not in gone and key not in kept and key[0] != change.old_api:
                kept[key] = (CHAIN_SHARE * score * further, [*evidence, *proofs])
    return kept


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

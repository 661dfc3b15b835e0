"""Several proved ways to migrate one snippet: keep the one that a careful person would write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from rapidfuzz.distance import Indel

from recode_data.curate.deduplicate import tokens_of
from recode_data.records import Candidate, Dropped, DropReason, Verified


def best_of_each_snippet(verified: Iterable[Verified]) -> tuple[list[Verified], list[Dropped]]:
    """One new code per old code: the shortest path, the least edit, the best-ranked.

    First per change, then of all changes that the snippet was proved for: one program has one answer.

    Replacements that rank lower often prove too (`numpy.matrixlib.asmatrix` is
    `numpy.asmatrix`), and authors change more of an example than the change calls for.
    """
    kept, dropped = _best_of_each(verified, _by_change)
    best, others = _best_of_each(kept, _by_code)
    return best, dropped + others


def _by_change(item: Verified) -> tuple[str, ...]:
    return item.candidate.change.key, item.candidate.old_code


def _by_code(item: Verified) -> tuple[str, ...]:
    return (item.candidate.old_code,)


def _best_of_each(
    verified: Iterable[Verified], key: Callable[[Verified], tuple[str, ...]]
) -> tuple[list[Verified], list[Dropped]]:
    groups: dict[tuple[str, ...], list[Verified]] = defaultdict(list)
    for item in verified:
        groups[key(item)].append(item)
    kept: list[Verified] = []
    dropped: list[Dropped] = []
    for group in groups.values():
        shallowest = _depths(item.candidate for item in group)
        best, *others = sorted(group, key=lambda item: _preference(item.candidate, shallowest))
        kept.append(best)
        dropped.extend(
            Dropped(item.candidate, DropReason.DUPLICATE, f"{best.candidate.key} is a lesser edit")
            for item in others
        )
    return kept, dropped


def is_lesser(candidate: Candidate, than: Candidate) -> bool:
    """Whether, of two answers to one old code for one change, this one would be dropped."""
    shallowest = _depths((candidate, than))
    return _preference(than, shallowest) < _preference(candidate, shallowest)


def _depths(group: Iterable[Candidate]) -> dict[str, int]:
    """By last name, how deep the shortest path lies that a replacement of the group has."""
    found: dict[str, int] = {}
    for item in group:
        if item.replacement is not None:
            path = item.replacement.new_api
            leaf, depth = path.rpartition(".")[2], path.count(".")
            found[leaf] = min(depth, found.get(leaf, depth))
    return found


def _preference(
    candidate: Candidate, shallowest: Mapping[str, int]
) -> tuple[bool, int, int, float, str]:
    replacement = candidate.replacement
    edit = Indel.distance(tokens_of(candidate.old_code), tokens_of(candidate.new_code))
    if replacement is None:
        return False, edit, 9, 0.0, candidate.key
    depth = replacement.new_api.count(".")
    is_roundabout = depth > shallowest[replacement.new_api.rpartition(".")[2]]
    return is_roundabout, edit, depth, -replacement.score, candidate.key

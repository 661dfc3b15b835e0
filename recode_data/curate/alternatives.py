"""Several proved ways to migrate one snippet: keep the one that a careful person would write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import Indel

from recode_data.curate.deduplicate import tokens_of
from recode_data.records import Dropped, DropReason, Verified


def best_of_each_snippet(verified: Iterable[Verified]) -> tuple[list[Verified], list[Dropped]]:
    """One new code per change and old code: the least edit, then the best-ranked replacement.

    Replacements that rank lower often prove too (`numpy.matrixlib.asmatrix` is
    `numpy.asmatrix`), and authors change more of an example than the change calls for.
    """
    groups: dict[tuple[str, str], list[Verified]] = defaultdict(list)
    for item in verified:
        groups[(item.candidate.change.key, item.candidate.old_code)].append(item)
    kept: list[Verified] = []
    dropped: list[Dropped] = []
    for group in groups.values():
        best, *others = sorted(group, key=_preference)
        kept.append(best)
        dropped.extend(
            Dropped(item.candidate, DropReason.DUPLICATE, f"{best.candidate.key} is a lesser edit")
            for item in others
        )
    return kept, dropped


def _preference(item: Verified) -> tuple[int, int, float, str]:
    candidate = item.candidate
    replacement = candidate.replacement
    edit = Indel.distance(tokens_of(candidate.old_code), tokens_of(candidate.new_code))
    depth = replacement.new_api.count(".") if replacement is not None else 9
    return edit, depth, -replacement.score if replacement is not None else 0.0, candidate.key

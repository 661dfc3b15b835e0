"""Evolved: the same documented example in both versions, where its authors changed it.

Examples are the same where they come from a file of the same name and most of their text agrees.
Needs no replacement: what the authors wrote instead is the proposal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from rapidfuzz import fuzz, process

from recode_data.producers.proposals import StepUsages
from recode_data.producers.touching import diverse
from recode_data.records import ApiChange, Candidate, ChangeKind, Producer, Usage
from recode_data.rewrites.members import changes_member

SIMILARITY = 60.0
"""Least share of common text, in percent; below it the examples are about different things."""
CANDIDATES_PER_CHANGE = 40

_NO_OLD_WAY = frozenset({ChangeKind.ADDED, ChangeKind.PARAMETER_ADDED, ChangeKind.UNDEPRECATED})


def evolved(change: ApiChange, usages: StepUsages) -> Iterator[Candidate]:
    """Candidates of one change: old code touches it, the new form of the same example does not.

    For changes of a parameter or a default both may touch it: then the codes differ at least.
    """
    if change.kind in _NO_OLD_WAY:
        return
    is_member = changes_member(change)
    touching_old = usages.old.touching(change.old_api, is_member=is_member)
    if not touching_old:
        return
    still_touching = {
        usage.code for usage in usages.new.touching(change.old_api, is_member=is_member)
    }
    unchanged = {usage.code for usage in usages.new_all}
    by_name: dict[str, list[Usage]] = defaultdict(list)
    for usage in usages.new_all:
        by_name[_file_name(usage)].append(usage)
    found = 0
    for usage in diverse(touching_old):
        if usage.code in unchanged:
            continue
        later = _same_example(usage, by_name[_file_name(usage)])
        if later is None or (change.parameter is None and later.code in still_touching):
            continue
        yield Candidate(change, usage.code, later.code, Producer.EVOLVED, usage)
        found += 1
        if found >= CANDIDATES_PER_CHANGE:
            return


def _same_example(usage: Usage, candidates: list[Usage]) -> Usage | None:
    codes = [item.code for item in candidates]
    best = process.extractOne(usage.code, codes, scorer=fuzz.ratio, score_cutoff=SIMILARITY)
    return candidates[best[2]] if best is not None and best[0] != usage.code else None


def _file_name(usage: Usage) -> str:
    """Kind and name of the file; private modules keep their name when they move behind a `_`."""
    return f"{usage.origin.value}:{PurePosixPath(usage.source_file).name.lstrip('_')}"

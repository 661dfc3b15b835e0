"""Successors of parameters: what the comparison of signatures and the marks say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import JaroWinkler

from recode_data.records import ApiChange, ApiObject, ChangeKind, Evidence, EvidenceKind
from recode_data.replacements.evidence import Clues, Proposal, signature_names
from recode_data.surface.successors import named_successors

RENAMED_SCORE = 0.85
NAMED_SCORE = 0.75
RANK_COST = 0.15
SPOKEN_OF_SCORE = 0.5
ALIKE_SCORE = 0.3


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """Parameters of the same callable to use instead, for parameter changes."""
    if change.parameter is None:
        return
    new = clues.new_view.get(change.old_api)
    if new is None or new.signature is None:
        return
    names = [parameter.name for parameter in new.signature.parameters]
    if change.kind is ChangeKind.PARAMETER_RENAMED and change.new_value in names:
        detail = change.evidence[0].detail if change.evidence else "renamed"
        yield Proposal(
            change.old_api,
            Evidence(EvidenceKind.SURFACE, detail),
            RENAMED_SCORE,
            change.new_value,
        )
    if change.kind is ChangeKind.KEYWORD_ONLY and change.parameter in names:
        yield Proposal(
            change.old_api,
            Evidence(EvidenceKind.SURFACE, "the same parameter, by keyword"),
            RENAMED_SCORE,
            change.parameter,
        )
    yield from _said(change, names, clues)
    yield from _alike(change, new, clues)


def _said(change: ApiChange, names: list[str], clues: Clues) -> Iterator[Proposal]:
    """What the message offers; then any new parameter that it speaks of."""
    if change.message:
        rank = 0
        for name in named_successors(change.message):
            if name in names and name != change.parameter:
                yield Proposal(
                    change.old_api,
                    Evidence(EvidenceKind.WARNING_MESSAGE, change.message[:300]),
                    max(0.3, NAMED_SCORE - RANK_COST * rank),
                    name,
                )
                rank += 1
        old = clues.old_view.get(change.old_api)
        known = set(signature_names(old)) if old is not None else set()
        for word in dict.fromkeys(re.findall(r"[A-Za-z_]\w*", change.message)):
            if word in names and word != change.parameter and (word not in known or "_" in word):
                yield Proposal(
                    change.old_api,
                    Evidence(EvidenceKind.WARNING_MESSAGE, change.message[:300]),
                    SPOKEN_OF_SCORE,
                    word,
                )


def _alike(change: ApiChange, new: ApiObject, clues: Clues) -> Iterator[Proposal]:
    """New parameters with the default of one that is gone: the weakest evidence."""
    old = clues.old_view.get(change.old_api)
    if change.kind is not ChangeKind.PARAMETER_REMOVED or old is None or old.signature is None:
        return
    gone = next((one for one in old.signature.parameters if one.name == change.parameter), None)
    known = {one.name for one in old.signature.parameters}
    for one in new.signature.parameters if new.signature and gone is not None else ():
        if gone is None or one.name in known or one.default is None or one.default != gone.default:
            continue
        if one.kind is gone.kind:
            closeness = JaroWinkler.similarity(one.name, gone.name)
            yield Proposal(
                change.old_api,
                Evidence(EvidenceKind.SIMILARITY, f"new, with the same default {one.default}"),
                ALIKE_SCORE + 0.1 * closeness,
                one.name,
            )

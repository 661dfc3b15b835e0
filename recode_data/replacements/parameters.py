"""Successors of parameters: what the comparison of signatures and the marks say."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind
from recode_data.replacements.evidence import Clues, Proposal
from recode_data.surface.successors import named_successors

RENAMED_SCORE = 0.85
NAMED_SCORE = 0.75
RANK_COST = 0.15


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

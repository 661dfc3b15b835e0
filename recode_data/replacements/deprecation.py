"""Marks in either version's source: decorators, directives, warnings in bodies."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.records import ApiChange, Evidence, EvidenceKind
from recode_data.replacements.evidence import Clues, Proposal
from recode_data.surface.successors import named_successors

NAMED_SCORE = 0.88
TEXT_SCORE = 0.88
RANK_COST = 0.25


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """What marks on the object, or on the changed parameter, name as successor."""
    for view in (clues.new_view, clues.old_view):
        item = view.get(change.old_api)
        for mark in item.deprecations if item else ():
            if mark.parameter != change.parameter:
                continue
            detail = mark.message[:300] or "deprecated"
            if change.parameter is not None:
                names = _parameters_of(change, clues)
                if mark.new_api in names and mark.new_api != change.parameter:
                    yield Proposal(
                        change.old_api,
                        Evidence(EvidenceKind.DEPRECATION, detail),
                        NAMED_SCORE,
                        mark.new_api,
                    )
                continue
            if mark.new_api is not None and mark.new_api not in named_successors(mark.message):
                path = clues.resolve(mark.new_api, change)
                if path is not None:
                    yield Proposal(path, Evidence(EvidenceKind.DEPRECATION, detail), NAMED_SCORE)
            for path, rank in clues.names_in(mark.message, change):
                score = max(0.3, TEXT_SCORE - RANK_COST * rank)
                yield Proposal(path, Evidence(EvidenceKind.DEPRECATION, detail), score)


def _parameters_of(change: ApiChange, clues: Clues) -> frozenset[str]:
    item = clues.new_view.get(change.old_api)
    if item is None or item.signature is None:
        return frozenset()
    return frozenset(parameter.name for parameter in item.signature.parameters)

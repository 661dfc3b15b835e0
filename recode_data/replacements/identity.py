"""The old name and another public one were the same object: `numpy.round_ is numpy.round`."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.records import ApiChange, Evidence, EvidenceKind
from recode_data.replacements.evidence import Clues, Proposal

SAME_NAME_SCORE = 0.9
OTHER_NAME_SCORE = 0.8
IMMUTABLE = frozenset({"int", "str", "float", "bool", "complex", "NoneType", "bytes", "tuple"})


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """Paths that were the same object in the old version and that the new one still has."""
    old = clues.old_view.get(change.old_api)
    if old is None or change.parameter is not None:
        return
    last = change.old_api.rpartition(".")[2]
    for path in clues.by_identity.get(old.identity or old.canonical, ()):
        if path == change.old_api or path not in clues.new_view:
            continue
        by_chance = old.type_name in IMMUTABLE and old.identity is not None
        if by_chance and path.rpartition(".")[2] != last:
            continue  # equal numbers and strings are one object
        new = clues.new_view[path]
        touch = clues.touched[path].new if path in clues.touched else None
        if touch and (not touch.resolves or touch.deprecation):
            continue
        score = SAME_NAME_SCORE if path.rpartition(".")[2] == last else OTHER_NAME_SCORE
        score -= 0.02 * path.count(".") + (0.1 if new.alias_of else 0.0)
        score -= 0.2 if any(mark.parameter is None for mark in new.deprecations) else 0.0
        yield Proposal(
            path,
            Evidence(EvidenceKind.IDENTITY, f"the same object in {clues.old.version}"),
            score,
        )

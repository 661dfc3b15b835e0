"""What the library says when the old name is touched: "Use `np.asarray` instead"."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind
from recode_data.replacements.evidence import Clues, Proposal

ERROR_SCORE = 0.95
WARNING_SCORE = 0.9
RANK_COST = 0.25
"""The first name that a message offers is right far more often than the second."""
PRIVATE_COST = 0.3
"""`numpy._core` is named in warnings, and users should not write it."""


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """Names in the new version's error and in either version's warnings."""
    if change.parameter is not None:
        return
    touch = clues.touched.get(change.old_api)
    texts: list[tuple[str, EvidenceKind, float]] = []
    if touch is not None and touch.new is not None:
        if touch.new.message and touch.new.failed_at == change.old_api:
            texts.append((touch.new.message, EvidenceKind.ERROR_MESSAGE, ERROR_SCORE))
        texts.extend(
            (text, EvidenceKind.WARNING_MESSAGE, WARNING_SCORE)
            for _, text, at in touch.new.warnings
            if at == change.old_api
        )
    if touch is not None and touch.old is not None:
        texts.extend(
            (text, EvidenceKind.WARNING_MESSAGE, WARNING_SCORE - 0.02)
            for _, text, at in touch.old.warnings
            if at == change.old_api
        )
    if change.message:
        kind = (
            EvidenceKind.WARNING_MESSAGE
            if change.kind is ChangeKind.DEPRECATED
            else EvidenceKind.ERROR_MESSAGE
        )
        texts.append((change.message, kind, WARNING_SCORE))
    for text, kind, score in dict.fromkeys(texts):
        for path, rank in clues.names_in(text, change):
            cost = RANK_COST * rank + (PRIVATE_COST if "._" in path else 0.0)
            yield Proposal(path, Evidence(kind, text[:300]), max(0.3, score - cost))

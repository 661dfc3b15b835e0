"""Sentences of the release notes that name the old thing and offer another."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.records import ApiChange, Evidence, EvidenceKind
from recode_data.replacements.evidence import Clues, Proposal
from recode_data.surface.successors import import_conventions

SCORE = 0.7
RANK_COST = 0.12
SENTENCES_LIMIT = 4


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """Successors in sentences that quote the old name."""
    if change.parameter is not None or not clues.notes:
        return
    for sentence in _about(change.old_api, clues)[:SENTENCES_LIMIT]:
        for path, rank in clues.names_in(sentence, change):
            yield Proposal(
                path,
                Evidence(EvidenceKind.RELEASE_NOTES, " ".join(sentence.split())[:300]),
                max(0.25, SCORE - RANK_COST * rank),
            )


def _about(path: str, clues: Clues) -> list[str]:
    """Sentences in which the name stands as code, the more of its path the better.

    A last name alone says enough only where nothing else is called so any more.
    """
    parts = path.split(".")
    last = parts[-1]
    if len(last) < 3:
        return []
    spellings = (".".join(parts[-2:]), _spelt(parts))
    full: list[str] = []
    partial: list[str] = []
    for sentence in clues.sentences.get(last, ()):
        if any(spelling in sentence for spelling in spellings):
            full.append(sentence)
        elif last not in clues.by_last_name:
            partial.append(sentence)
    return full + partial


def _spelt(parts: list[str]) -> str:
    """The path as documentation abbreviates it: `np.product`."""
    for short, module in import_conventions().items():
        if module == ".".join(parts[:-1]):
            return f"{short}.{parts[-1]}"
    return ".".join(parts)

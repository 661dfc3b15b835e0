"""Sentences of the release notes that name the old thing and offer another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind
from recode_data.replacements.evidence import (
    Clues,
    Proposal,
    sentences_by_name,
    signature_names,
)
from recode_data.replacements.settle import GONE
from recode_data.surface.successors import import_conventions, named_successors

SCORE = 0.7
_BECAME = r"[`'\"]{0}[`'\"]+\s+(?:\w+\s+){{0,4}}?(?:to|->|→|=>)\s+[`'\"]+(\w+)"
PARAMETER_SCORE = 0.6
RANK_COST = 0.12
OUTSIDE_COST = 0.2
"""Notes mention the standard library in passing: "a single standard `enum.Enum` interface"."""
SENTENCES_LIMIT = 4


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """Successors in sentences that quote the old name."""
    if not clues.notes:
        return
    if change.parameter is not None:
        yield from _of_parameter(change, change.parameter, clues)
        return
    for sentence in _about(change.old_api, clues)[:SENTENCES_LIMIT]:
        for path, rank in clues.names_in(sentence, change):
            cost = 0.0 if path in clues.new_view else OUTSIDE_COST
            yield Proposal(
                path,
                Evidence(EvidenceKind.RELEASE_NOTES, " ".join(sentence.split())[:300]),
                max(0.25, SCORE - RANK_COST * rank - cost),
            )


def texts_in_notes(changes: Iterable[ApiChange], notes: tuple[str, ...]) -> tuple[str, ...]:
    """Sentences of release notes about what went: they may name things to write instead."""
    sentences = sentences_by_name(notes)
    gone = {
        change.old_api.rpartition(".")[2]
        for change in changes
        if change.kind in (*GONE, ChangeKind.DEPRECATED) and change.parameter is None
    }
    found = (sentences.get(name, ())[:SENTENCES_LIMIT] for name in sorted(gone))
    return tuple(dict.fromkeys(sentence for some in found for sentence in some))


def _of_parameter(change: ApiChange, name: str, clues: Clues) -> Iterator[Proposal]:
    """Parameters that sentences offer which name this one and its function."""
    item = clues.new_view.get(change.old_api)
    names = signature_names(item) if item is not None else ()
    owner = change.old_api.rpartition(".")[2]
    about = [text for text in clues.sentences.get(name, ()) if re.search(rf"\b{owner}\b", text)]
    for sentence in about[:SENTENCES_LIMIT]:
        renamed = re.findall(_BECAME.format(re.escape(name)), sentence)
        offered = [
            one
            for one in dict.fromkeys((*renamed, *named_successors(sentence)))
            if one in names and one != name
        ]
        for rank, successor in enumerate(offered):
            yield Proposal(
                change.old_api,
                Evidence(EvidenceKind.RELEASE_NOTES, " ".join(sentence.split())[:300]),
                max(0.25, PARAMETER_SCORE - RANK_COST * rank),
                successor,
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

"""Another type comes back, as far as annotations say: a list that became an iterator."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recode_data.changes.comparison import Comparison
from recode_data.records import ApiChange, ChangeKind, Evidence, EvidenceKind

_CONCRETE_NAMES = """
None bool int float complex str bytes bytearray list tuple dict set frozenset Iterator
Generator Iterable Coroutine Awaitable AsyncIterator ndarray DataFrame Series Index
"""
_CONCRETE = frozenset(_CONCRETE_NAMES.split())
_SPELLINGS = {
    "List": "list",
    "Tuple": "tuple",
    "Dict": "dict",
    "Set": "set",
    "FrozenSet": "frozenset",
    "Text": "str",
}


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Return annotations whose concrete types have nothing in common."""
    for pair in comparison.pairs:
        old = pair.old.signature.returns if pair.old.signature else None
        new = pair.new.signature.returns if pair.new.signature else None
        if old is None or new is None or old == new:
            continue
        old_types, new_types = concrete_types(old), concrete_types(new)
        if old_types and new_types and not old_types & new_types:
            yield ApiChange(
                ChangeKind.RETURN_CHANGED,
                pair.path,
                evidence=(Evidence(EvidenceKind.SURFACE, f"-> {old} became -> {new}"),),
                object_kind=pair.old.kind,
                old_signature=pair.old.signature,
                new_signature=pair.new.signature,
                old_value=old,
                new_value=new,
            )


def concrete_types(annotation: str) -> frozenset[str]:
    """Types of the outermost union; empty where any of them is not plainly known."""
    text = annotation.strip("'\"")
    text = re.sub(r"\bOptional\[(.*)\]$", r"\1 | None", text)
    text = re.sub(r"^(?:typing\.)?Union\[(.*)\]$", lambda match: match[1].replace(",", "|"), text)
    while True:
        shorter = re.sub(r"\[[^\[\]]*\]", "", text)
        if shorter == text:
            break
        text = shorter
    names = set()
    for part in text.split("|"):
        name = part.strip().strip("'\"").rpartition(".")[2]
        name = _SPELLINGS.get(name, name)
        if name not in _CONCRETE:
            return frozenset()
        names.add(name)
    return frozenset(names)

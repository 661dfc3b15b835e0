"""Names, signatures and docstrings that look alike: the weakest evidence, for want of better."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from recode_data.records import ApiChange, ApiObject, ChangeKind, Evidence, EvidenceKind, ObjectKind
from recode_data.replacements.evidence import Clues, Proposal, signature_names, spelling

GONE = frozenset({ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED})
SPELLING_SCORE = 0.75
"""`groupby` and `group_by`, `assertFormsetError` and `assertFormSetError`."""
SAME_NAME_SCORE = 0.7
SAME_BODY_SCORE = 0.88
SAME_WORDS_SCORE = 0.6
SAME_WORDS_FROM = 85
SAME_WORDS_FROM_CHARS = 30
VALUE_SHARE = 0.6
"""Every module has a `logger`: a value's name says less than a function's."""
LOOKALIKE_FROM = 0.64
LOOKALIKE_SCORE = 0.5
CANDIDATES = 3
_CALLABLE = (ObjectKind.FUNCTION, ObjectKind.METHOD, ObjectKind.CLASS)


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """Look-alikes near the old place, and the same name elsewhere."""
    if change.parameter is not None or change.kind not in GONE:
        return
    old = clues.old_view.get(change.old_api)
    if old is None:
        return
    owner, _, last = change.old_api.rpartition(".")
    yield from _same_body(change, old, clues)
    yield from _same_name(change, old, last, clues)
    scored: list[tuple[float, str]] = []
    last_spelling = spelling(last)
    for path, name, name_spelling in clues.named_children.get(owner, ()):
        if name == last or name.startswith("_"):
            continue
        if name_spelling == last_spelling:
            yield _proposal(path, SPELLING_SCORE, "the same name, spelt differently")
            continue
        if path in clues.old_view:
            continue
        new = clues.new_view[path]
        if (old.kind in _CALLABLE) != (new.kind in _CALLABLE):
            continue
        closeness = JaroWinkler.similarity(last, name)
        if closeness < 0.7 and last not in name and name not in last:
            if _says_the_same(old, new):
                yield _proposal(path, SAME_WORDS_SCORE, "new, and described in the same words")
            continue
        if _digits(name) != _digits(last):
            continue
        score = likeness(old, new, last, name)
        if score >= LOOKALIKE_FROM:
            scored.append((score, path))
    for score, path in sorted(scored, key=lambda item: (-item[0], item[1]))[:CANDIDATES]:
        yield _proposal(path, LOOKALIKE_SCORE * min(1.0, score + 0.08), f"alike to {score:.2f}")


def _says_the_same(old: ApiObject, new: ApiObject) -> bool:
    """`Series.apply` and `Series.map_elements` of polars: one docstring, one signature."""
    if len(old.doc) < SAME_WORDS_FROM_CHARS or len(new.doc) < SAME_WORDS_FROM_CHARS:
        return False
    names, new_names = signature_names(old), signature_names(new)
    alike = not names or not new_names or bool(set(names) & set(new_names))
    return alike and fuzz.ratio(old.doc, new.doc) >= SAME_WORDS_FROM


def _same_body(change: ApiChange, old: ApiObject, clues: Clues) -> Iterator[Proposal]:
    """What does the same, statement for statement, and was not there before."""
    if old.body is None:
        return
    alike = [path for path in clues.by_body.get(old.body, ()) if path != change.old_api]
    for path in sorted(alike, key=lambda path: (path in clues.old_view, path.count("."), path)):
        score = SAME_BODY_SCORE if path not in clues.old_view else LOOKALIKE_SCORE
        yield _proposal(path, score, "the same statements")
        return


def likeness(old: ApiObject, new: ApiObject, old_name: str, new_name: str) -> float:
    """In [0, 1]: name, parameters and first docstring paragraph together."""
    name = JaroWinkler.similarity(old_name, new_name)
    if old_name in new_name or new_name in old_name:
        name = max(name, 0.85)
    parts = [(name, 0.5)]
    old_names, new_names = signature_names(old), signature_names(new)
    if old_names and new_names:
        shared = len(set(old_names) & set(new_names))
        parts.append((2 * shared / (len(old_names) + len(new_names)), 0.2))
    if old.doc and new.doc:
        parts.append((fuzz.token_set_ratio(old.doc, new.doc) / 100, 0.3))
    weight = sum(part[1] for part in parts)
    return sum(value * share for value, share in parts) / weight


def _same_name(change: ApiChange, old: ApiObject, last: str, clues: Clues) -> Iterator[Proposal]:
    """The same last name at another place; members only within classes."""
    owner_kind = clues.old_view.get(change.old_api.rpartition(".")[0])
    if owner_kind is not None and owner_kind.kind is ObjectKind.CLASS:
        return
    found = 0
    for path in clues.by_last_name.get(last, ()):
        new = clues.new_view[path]
        owner = clues.new_view.get(path.rpartition(".")[0])
        if owner is not None and owner.kind is ObjectKind.CLASS:
            continue
        if (old.kind in _CALLABLE) != (new.kind in _CALLABLE) or path == change.old_api:
            continue
        if old.kind is ObjectKind.MODULE and new.kind is not ObjectKind.MODULE:
            continue
        alike = likeness(old, new, last, last)
        if old.kind is ObjectKind.ATTRIBUTE:
            alike *= VALUE_SHARE
        yield _proposal(path, SAME_NAME_SCORE * alike, "the same name at another place")
        found += 1
        if found == CANDIDATES:
            return


def _digits(name: str) -> list[str]:
    """`version_under1p18` is not `version_under1p21`, nor `PY37` the same as `PY38`."""
    return re.findall(r"\d+", name)


def _proposal(path: str, score: float, detail: str) -> Proposal:
    return Proposal(path, Evidence(EvidenceKind.SIMILARITY, detail), score)

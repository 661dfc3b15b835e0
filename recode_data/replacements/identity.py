"""The old name and another public one were the same object: `numpy.round_ is numpy.round`."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.records import ApiChange, ApiObject, ChangeKind, Evidence, EvidenceKind, ObjectKind
from recode_data.replacements.evidence import Clues, Proposal

SAME_NAME_SCORE = 0.9
OTHER_NAME_SCORE = 0.8
WHERE_IT_LIVES_SCORE = 0.72
"""Where the new version keeps what it still serves at the old path: often on its way out, too."""
IMMUTABLE = frozenset({"int", "str", "float", "bool", "complex", "NoneType", "bytes", "tuple"})


def propose(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """Paths of the same object: in the old version, in the new one, and outside the library."""
    old = clues.old_view.get(change.old_api)
    if old is None or change.parameter is not None:
        return
    if not _was_builtin(change, clues):
        yield from _in_old(change, old, clues)
        yield from _in_new(change, clues)
    yield from _outside(change, clues)


def _was_builtin(change: ApiChange, clues: Clues) -> bool:
    """`sympy.core.compatibility.long` was `int`: no other of SymPy's names for it is a way out."""
    touch = clues.touched.get(change.old_api)
    path = touch.old.canonical if touch is not None and touch.old is not None else None
    return path is not None and path.startswith("builtins.")


def _in_new(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """`jax.clear_backends` warns; the same function at `jax.extend.backend` does not."""
    new = clues.new_view.get(change.old_api)
    if new is None or change.kind is not ChangeKind.DEPRECATED:
        return
    if new.kind is ObjectKind.MODULE:
        return
    tail = change.old_api.partition(".")[2]
    for path in clues.by_new_identity.get(new.identity or new.canonical, ()):
        item = clues.new_view[path]
        if path == change.old_api or ("." in tail and path.endswith(f".{tail}")):
            continue  # the same name once more, by way of another module
        if not any(mark.parameter is None for mark in item.deprecations):
            yield Proposal(
                path,
                Evidence(EvidenceKind.IDENTITY, f"the same object in {clues.new.version}"),
                SAME_NAME_SCORE - 0.05 * path.count("."),
            )


def _outside(change: ApiChange, clues: Clues) -> Iterator[Proposal]:
    """`scipy.histogram` called itself `numpy.histogram`; what an access got is where it lives."""
    touch = clues.touched.get(change.old_api)
    if touch is None:
        return
    for access, score in ((touch.old, OTHER_NAME_SCORE), (touch.new, WHERE_IT_LIVES_SCORE)):
        path = access.canonical if access is not None and access.resolves else None
        if path is None or path == change.old_api or "._" in path:
            continue
        inside = path.split(".")[0] in clues.tops
        if (path in clues.new_view) if inside else clues.exists_outside(path):
            detail = f"the object calls itself {path}"
            yield Proposal(path, Evidence(EvidenceKind.IDENTITY, detail), score)


def _in_old(change: ApiChange, old: ApiObject, clues: Clues) -> Iterator[Proposal]:
    """Paths that were the same object in the old version and that the new one still has."""
    last = change.old_api.rpartition(".")[2]
    mark = old.identity or old.canonical
    if old.type_name in IMMUTABLE and old.identity is not None:
        # equal numbers and strings are one object
        paths = clues.kept_by_identity_and_name.get((mark, last), ())
    else:
        paths = clues.kept_by_identity.get(mark, ())
    for path in paths:
        if path == change.old_api:
            continue
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

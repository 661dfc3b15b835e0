"""Material of a version step that a test writes down: two packages, accesses, release notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from recode_data.changes import find_changes
from recode_data.records import ApiChange, ChangeKind
from recode_data.replacements.evidence import Clues, Proposal
from recode_data.surface import Access, Touch
from tests.surfaces import Package, surface_of

Propose = Callable[[ApiChange, Clues], Iterator[Proposal]]


def resolves(path: str, *warnings: str, category: str = "DeprecationWarning") -> Access:
    """An access that works, with these warnings at the path."""
    told = tuple((category, text, path) for text in warnings)
    return Access(True, None, "", path, told, path)


def fails(path: str, message: str, error_type: str = "AttributeError") -> Access:
    """An access that raises at the path itself."""
    return Access(False, error_type, message, path, (), None)


def touch(path: str, *, old: Access | None = None, new: Access | None = None) -> dict[str, Touch]:
    """One touched path, as `with_replacements` takes them."""
    return {path: Touch(path, old, new)}


def clues_of(
    old: Package, new: Package, touched: dict[str, Touch] | None = None, notes: Iterable[str] = ()
) -> Clues:
    """What the kinds of evidence look at."""
    return Clues(surface_of(old, "1.0"), surface_of(new, "2.0"), touched or {}, tuple(notes))


def proposed(
    propose: Propose, path: str, clues: Clues, kind: ChangeKind | None = None
) -> list[tuple[str, str | None]]:
    """(new path, new parameter) that one kind of evidence proposes for the change at a path."""
    return [(item.new_api, item.new_parameter) for item in found(propose, path, clues, kind)]


def found(
    propose: Propose, path: str, clues: Clues, kind: ChangeKind | None = None
) -> list[Proposal]:
    """What one kind of evidence proposes for the change at a path, best first."""
    (change,) = [
        change
        for change in find_changes(clues.old, clues.new)
        if change.old_api == path and kind in (None, change.kind)
    ]
    return sorted(propose(change, clues), key=lambda item: -item.score)

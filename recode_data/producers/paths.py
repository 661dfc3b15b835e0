"""Whether users should write the import paths that a rewritten snippet takes up."""

from __future__ import annotations

import re
from collections.abc import Iterable

from recode_data.records import ApiChange, ApiObject, ObjectKind
from recode_data.references import taken_up

_PRIVATE = re.compile(r"(?:\.|import |from )_[A-Za-z]|[(, ]_[A-Za-z]\w* as ")


def takes_up_private(old_code: str, new_code: str) -> bool:
    """Whether the new code reaches into a private module that the old one did not reach into.

    Libraries' own tests do; a user who follows them has to migrate again with the next release.
    """
    if not _PRIVATE.search(new_code):
        return False
    return any(is_private(path) for path in taken_up(old_code, new_code))


def written_by_users(
    changes: Iterable[ApiChange], objects: Iterable[ApiObject]
) -> tuple[ApiChange, ...]:
    """The changes without those of paths through a module that another module merely imports.

    `from toy import parts` makes `toy.table.parts.Part` a path that works, and that nobody writes.
    What the library's root shows (`numpy.emath`) is there on purpose.

    Args:
        changes: of one version step.
        objects: the surface of the old version.
    """
    imported = {
        item.path
        for item in objects
        if item.kind is ObjectKind.MODULE
        and item.canonical != item.path
        and item.path.count(".") > 1
    }
    return tuple(change for change in changes if imported.isdisjoint(_at_and_above(change.old_api)))


def _at_and_above(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def is_private(path: str) -> bool:
    """Whether a part of the path begins with one underscore."""
    return any(part.startswith("_") and not part.endswith("__") for part in path.split("."))

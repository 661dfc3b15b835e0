"""Whether users should write the import paths that a rewritten snippet takes up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from recode_data.records import ApiChange, ApiObject, ObjectKind, Usage
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
    changes: Iterable[ApiChange], objects: Sequence[ApiObject], usages: Iterable[Usage]
) -> tuple[ApiChange, ...]:
    """The changes without those of names that a module merely imports for itself.

    `from toy import parts, load` makes `toy.table.parts.Part` and `toy.table.load` paths that work,
    and that nobody writes. What a package shows is there on purpose, unless the name that it is
    known by changes too; and so is what any usage writes (`numpy.emath`).

    Args:
        changes: of one version step.
        objects: the surface of the old version.
        usages: of both versions.
    """
    changes = tuple(changes)
    changed = {change.old_api for change in changes if change.parameter is None}
    written = {path for usage in usages for api in usage.apis for path in _at_and_above(api)}
    files = {
        item.path
        for item in objects
        if item.kind is ObjectKind.MODULE
        and item.source_file is not None
        and not item.source_file.endswith("__init__.py")
    }

    def is_imported(item: ApiObject) -> bool:
        if item.kind is ObjectKind.MODULE:
            return item.canonical != item.path
        return item.alias_of is not None and (
            item.path.rpartition(".")[0] in files or item.alias_of in changed
        )

    imported = {item.path for item in objects if item.path not in written and is_imported(item)}
    return tuple(change for change in changes if imported.isdisjoint(_at_and_above(change.old_api)))


def _at_and_above(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def is_private(path: str) -> bool:
    """Whether a part of the path begins with one underscore."""
    return any(part.startswith("_") and not part.endswith("__") for part in path.split("."))

"""Which dotted paths are members of classes, as far as their names and kinds tell."""

from __future__ import annotations

from recode_data.records import ApiChange, ChangeKind, ObjectKind

_LOWER_CASE_CLASSES = frozenset({"ndarray", "dtype", "matrix", "recarray", "chararray", "generic"})


def changes_member(change: ApiChange) -> bool:
    """Whether the changed API is a member of a class: users reach it through an instance."""
    if change.object_kind in (ObjectKind.METHOD, ObjectKind.PROPERTY):
        return True
    return change.object_kind is ObjectKind.ATTRIBUTE and names_member(change.old_api)


def changes_kind_of_member(change: ApiChange) -> bool:
    """Whether a member of a class stays at its path as another kind of thing."""
    return change.kind is ChangeKind.KIND_CHANGED and changes_member(change)


def names_member(path: str) -> bool:
    """Whether the path looks like one of a class's member: its parent is written as a class."""
    parent = path.rpartition(".")[0].rpartition(".")[2]
    return parent[:1].isupper() or parent in _LOWER_CASE_CLASSES


def leads_to_member(change: ApiChange, new_api: str) -> bool:
    """Whether the replacement is a member of a class."""
    if change.old_api.rpartition(".")[0] == new_api.rpartition(".")[0]:  # `PIL.ImageMath.eval`
        return changes_member(change)
    return names_member(new_api)

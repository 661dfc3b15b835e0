"""Changes as both environments confirm them: what only looked gone is not, what warns says so.

Comparison of surfaces cannot see what a module's `__getattr__` still serves (numpy 2.0's
`numpy.core`), nor what is shown and only raises (its `ndarray.itemset`). An access can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from recode_data.records import ApiChange, ApiObject, ChangeKind, Evidence, EvidenceKind, ObjectKind
from recode_data.surface.touch import Access, Touch

GONE = frozenset({ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED})
SHARE_OF_MODULE = 0.8
"""A module of which at least this share of the accessed names warns is deprecated itself."""
FEWEST_OF_MODULE = 3


def settle(
    changes: Iterable[ApiChange],
    touched: Mapping[str, Touch],
    old_view: Mapping[str, ApiObject],
) -> list[ApiChange]:
    """Changes with kind and message as the accesses show; those that are none are left out."""
    settled: dict[str, ApiChange] = {}
    for change in changes:
        touch = touched.get(change.old_api)
        confirmed = change if touch is None else _confirm(change, touch, old_view)
        if confirmed is not None:
            settled.setdefault(confirmed.key, confirmed)
    return _with_modules(list(settled.values()), old_view)


def _confirm(
    change: ApiChange, touch: Touch, old_view: Mapping[str, ApiObject]
) -> ApiChange | None:
    if change.parameter is not None:
        return change
    old, new = touch.old, touch.new
    item = old_view.get(change.old_api)
    if change.kind in GONE:
        if old is not None and not old.resolves and not _may_exist(old, change.old_api, item):
            return None  # typing only, another platform: users never had it
        if new is None:
            return change
        if not new.resolves:
            return replace(change, message=change.message or _said(new, change.old_api))
        if item is not None and item.on_instances:
            return change  # an access on the class says nothing about instances
        if change.message:
            return change  # a stub that is there and raises when it is called
        warned = new.deprecation
        if warned is None or (old is not None and old.deprecation is not None):
            return None
        return replace(
            change,
            kind=ChangeKind.DEPRECATED,
            new_api=None,
            message=warned,
            evidence=(*change.evidence, Evidence(EvidenceKind.WARNING_MESSAGE, warned[:300])),
        )
    if change.kind is ChangeKind.KIND_CHANGED and new is not None and not new.resolves:
        said = _said(new, change.old_api)
        return replace(
            change,
            kind=ChangeKind.REMOVED,
            message=said,
            evidence=(Evidence(EvidenceKind.ERROR_MESSAGE, said[:300] or "access fails"),),
        )
    return change


def _may_exist(old: Access, path: str, item: ApiObject | None) -> bool:
    """Whether an access that failed in the old version says little: a missing dependency."""
    if item is not None and item.on_instances:
        return True
    return old.error_type not in ("AttributeError",) or old.failed_at != path


def _said(access: Access, path: str) -> str:
    """The error's text where it says more than that there is no such name."""
    if access.failed_at != path:
        return ""
    text = access.message
    is_plain = text.startswith(("module ", "type object ")) and "has no attribute" in text
    if is_plain and len(text) < 60 + len(path):
        return ""
    return "" if text.startswith("No module named") else text


def _with_modules(changes: list[ApiChange], old_view: Mapping[str, ApiObject]) -> list[ApiChange]:
    """Add one deprecation for a module whose names all warn; they repeat it."""
    by_module: dict[str, list[int]] = {}
    for index, change in enumerate(changes):
        owner = change.old_api.rpartition(".")[0]
        item = old_view.get(owner)
        if (
            change.kind is ChangeKind.DEPRECATED
            and change.parameter is None
            and item is not None
            and item.kind is ObjectKind.MODULE
        ):
            by_module.setdefault(owner, []).append(index)
    known = {change.old_api for change in changes if change.parameter is None}
    sizes: dict[str, int] = {}
    for path in old_view:
        owner = path.rpartition(".")[0]
        sizes[owner] = sizes.get(owner, 0) + 1
    for module, indexes in sorted(by_module.items()):
        if module in known or len(indexes) < FEWEST_OF_MODULE:
            continue
        if len(indexes) < SHARE_OF_MODULE * sizes[module]:
            continue
        first = changes[indexes[0]]
        changes.append(
            ApiChange(
                ChangeKind.DEPRECATED,
                module,
                evidence=(
                    Evidence(
                        EvidenceKind.WARNING_MESSAGE,
                        f"{len(indexes)} of {sizes[module]} names warn on access",
                    ),
                ),
                object_kind=ObjectKind.MODULE,
                message=first.message,
            )
        )
        for index in indexes:
            if changes[index].alias_of is None:
                changes[index] = replace(changes[index], alias_of=module)
    return changes

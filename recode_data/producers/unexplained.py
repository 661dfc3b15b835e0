"""APIs whose examples the authors changed though no comparison shows why: a behaviour may differ.

`np.left_shift(np.uint8(255), 1)` became `np.left_shift(np.uint8(255), np.int64(1))` with NumPy 2:
name and signature stayed, the result did not. Such a change is only a suspicion; it is kept where
a pair proves it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence

from recode_data.producers.hunks import differing_lines
from recode_data.producers.proposals import step_usages
from recode_data.records import (
    ApiChange,
    ApiObject,
    ChangeKind,
    Evidence,
    EvidenceKind,
    ObjectKind,
    Outcome,
    Usage,
    Verified,
)
from recode_data.references import attribute_names, find_references

_CALLED = frozenset({ObjectKind.FUNCTION, ObjectKind.CLASS})
_MARK = "its example is another one in the new version"


def suspected_changes(
    old_usages: Sequence[Usage],
    new_usages: Sequence[Usage],
    known: Iterable[ApiChange],
    objects: Iterable[ApiObject],
) -> tuple[ApiChange, ...]:
    """Changes of functions and classes that nothing else explains, sorted by path.

    Args:
        old_usages: of the old release.
        new_usages: of the new release.
        known: changes found otherwise; what they concern is explained.
        objects: the old surface.
    """
    usages = step_usages(tuple(old_usages), tuple(new_usages))
    by_path = {item.path: item for item in objects if item.kind in _CALLED and "." in item.path}
    explained = {change.old_api for change in known}
    members = {path.rpartition(".")[2] for path in explained if path.count(".") > 1}
    counts: Counter[str] = Counter()
    for usage in old_usages:
        later = usages.later(usage)
        if later is not None:
            paths, names = _differing(usage.code, later.code)
            if any(_is_explained(path, explained) for path in paths) or names & members:
                continue
            called = [path for path in paths if path in by_path]
            if len(called) == 1:
                counts[called[0]] += 1
    return tuple(_suspicion(by_path[api]) for api in sorted(counts))


def proved_or_known(
    changes: Iterable[ApiChange], outcomes: Iterable[Outcome]
) -> tuple[ApiChange, ...]:
    """The changes without the suspicions that no pair proves."""
    proved = {item.candidate.change.key for item in outcomes if isinstance(item, Verified)}
    return tuple(change for change in changes if change.key in proved or not is_suspicion(change))


def _suspicion(item: ApiObject) -> ApiChange:
    return ApiChange(
        ChangeKind.BEHAVIOUR,
        item.path,
        evidence=(Evidence(EvidenceKind.EVOLUTION, _MARK),),
        object_kind=item.kind,
        old_signature=item.signature,
    )


def is_suspicion(change: ApiChange) -> bool:
    """Whether nothing but changed examples speaks for the change."""
    kinds = {item.kind for item in change.evidence}
    return change.kind is ChangeKind.BEHAVIOUR and kinds == {EvidenceKind.EVOLUTION}


def only_numbers_differ(old_code: str, new_code: str) -> bool:
    """Whether authors merely chose other numbers for their example, no rule for anybody else's; a
    float for an integer may be one."""
    try:
        return _without_numbers(old_code) == _without_numbers(new_code)
    except (SyntaxError, ValueError, RecursionError):
        return False


def _without_numbers(code: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool):
            for kind in (int, float, complex):
                if isinstance(node.value, kind):
                    node.value = kind(0)
    return ast.dump(tree)


def _is_explained(api: str, explained: set[str]) -> bool:
    parts = api.split(".")
    return any(".".join(parts[:length]) in explained for length in range(1, len(parts) + 1))


def _differing(old_code: str, new_code: str) -> tuple[set[str], set[str]]:
    """Import paths, and names of members of values, in the old statements that differ."""
    try:
        lines = differing_lines(old_code, new_code)
        paths = {item.path for item in find_references(old_code) if item.line in lines}
        names = {name for name, line in attribute_names(old_code) if line in lines}
    except (SyntaxError, ValueError, RecursionError):
        return set(), set()
    return paths, names

"""New code that still uses what else is gone: that is rewritten too, so that the program runs again.

A release seldom takes one name out of a module: `altair.vegalite.v4` went with all that was in it,
and an example imports three names of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from recode_data.producers.paths import at_and_above
from recode_data.producers.proposals import proposals
from recode_data.records import ApiChange, ChangeKind, FurtherChange
from recode_data.references import find_references
from recode_data.rewrites import rewrite
from recode_data.rewrites.members import changes_member
from recode_data.rewrites.method_of_value import methods_for_values

GONE = frozenset({ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED})
MOST_FURTHER = 4
"""More than these, and the row is about a rewrite of the library."""


def gone_paths(changes: Iterable[ApiChange]) -> dict[str, ApiChange]:
    """What is gone from its path, and has a successor, by path; members are found by no path."""
    return {
        change.old_api: change
        for change in changes
        if change.kind in GONE
        and change.parameter is None
        and change.replacements
        and not changes_member(change)
    }


def changed_parameters(changes: Iterable[ApiChange]) -> dict[str, list[ApiChange]]:
    """Parameters that calls cannot pass any more, by API."""
    found: dict[str, list[ApiChange]] = defaultdict(list)
    for change in changes:
        if change.kind in (ChangeKind.PARAMETER_RENAMED, ChangeKind.PARAMETER_REMOVED):
            found[change.old_api].append(change)
    return dict(found)


def with_other_parameters(
    code: str, change: ApiChange, parameters: Mapping[str, Sequence[ApiChange]]
) -> tuple[str, tuple[FurtherChange, ...]]:
    """The new code without the other parameters of the API that are gone: one call passes several.

    Args:
        code: New code as to `change`.
        change: Of one parameter.
        parameters: As `changed_parameters` gives it.
    """
    further: list[FurtherChange] = []
    if change.parameter is not None:
        for other in parameters.get(change.old_api, ()):
            if other.parameter == change.parameter or len(further) == MOST_FURTHER:
                continue
            for replacement in proposals(other)[: 1 + len(methods_for_values(other))]:
                rewritten = rewrite(code, other, replacement)
                if rewritten is not None and rewritten != code:
                    code = rewritten
                    further.append(FurtherChange(other, replacement))
                    break
    return code, tuple(further)


def completed(
    old_code: str, code: str, change: ApiChange, gone: Mapping[str, ApiChange]
) -> tuple[str, tuple[FurtherChange, ...]] | None:
    """The new code without the other paths that are gone, and the changes that this took.

    None where the new code takes up a path that is gone as well: a successor that did not last.

    Args:
        old_code: What was rewritten.
        code: New code as to `change`.
        change: What it was rewritten for.
        gone: As `gone_paths` gives it.
    """
    if not gone:
        return code, ()
    before = _gone_in(old_code, gone)
    further: list[FurtherChange] = []
    tried = {change.old_api}
    while True:
        left = [path for path in _gone_in(code, gone) if path not in tried]
        if not left or len(further) == MOST_FURTHER:
            return code, tuple(further)
        path = left[0]
        if path not in before:
            return None
        tried.add(path)
        for replacement in proposals(gone[path])[:1]:
            rewritten = rewrite(code, gone[path], replacement)
            if rewritten is not None:
                code = rewritten
                further.append(FurtherChange(gone[path], replacement))


def _gone_in(code: str, gone: Mapping[str, ApiChange]) -> list[str]:
    """What is gone of that which the code refers to; of a module and its member, the member."""
    try:
        references = find_references(code)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found = (
        next((path for path in reversed(at_and_above(reference.path)) if path in gone), None)
        for reference in references
    )
    return [path for path in dict.fromkeys(found) if path is not None]

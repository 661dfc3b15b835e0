"""What still works and warns: `numpy.trapz`, and `x=` of `numpy.testing.assert_array_equal`."""

from __future__ import annotations

from collections.abc import Iterator

from recode_data.changes.comparison import Comparison, Pair
from recode_data.records import (
    ApiChange,
    ApiObject,
    ChangeKind,
    Deprecation,
    Evidence,
    EvidenceKind,
)
from recode_data.surface.deprecations import PENDING, REMOVED_NOW


def find(comparison: Comparison) -> Iterator[ApiChange]:
    """Marks of the new version that the old one lacks, on objects and on parameters."""
    for pair in comparison.pairs:
        known = {(mark.parameter, mark.removal == PENDING) for mark in pair.old.deprecations}
        before = {parameter for parameter, pending in known if not pending}
        reported: set[str | None] = set()
        for mark in pair.new.deprecations:
            if mark.parameter in before or mark.removal == REMOVED_NOW:
                continue
            if mark.removal == PENDING and (mark.parameter, True) in known:
                continue
            if renames(pair, mark):
                continue  # one change, and it has a kind of its own
            if mark.parameter in reported:
                continue
            reported.add(mark.parameter)
            yield _change(pair, mark)
        yield from _sentinels(pair, before | reported)


def _change(pair: Pair, mark: Deprecation) -> ApiChange:
    return ApiChange(
        ChangeKind.DEPRECATED,
        pair.path,
        mark.parameter,
        evidence=(Evidence(EvidenceKind.DEPRECATION, mark.message or "marked deprecated"),),
        object_kind=pair.old.kind,
        old_signature=pair.old.signature,
        new_signature=pair.new.signature,
        message=mark.message,
        new_value=mark.new_api if mark.parameter else None,
    )


def renames(pair: Pair, mark: Deprecation) -> bool:
    """Whether a mark is all that is left of a parameter that has another name now."""
    old = {item.name for item in pair.old.signature.parameters} if pair.old.signature else set()
    new = {item.name for item in pair.new.signature.parameters} if pair.new.signature else set()
    return mark.parameter in old - new and mark.new_api in new - old


def _sentinels(pair: Pair, known: set[str | None]) -> Iterator[ApiChange]:
    for parameter in pair.old.signature.parameters if pair.old.signature else ():
        if parameter.name in known or says_deprecated(parameter.default or ""):
            continue
        default = sentinel_default(pair.new, parameter.name)
        if default is not None:
            mark = Deprecation(f"its default is {default}", parameter.name)
            yield _change(pair, mark)


def is_marked(item: ApiObject, parameter: str) -> bool:
    """Whether passing this parameter is deprecated, not refused."""
    return any(
        mark.parameter == parameter and mark.removal != REMOVED_NOW for mark in item.deprecations
    )


def sentinel_default(item: ApiObject, parameter: str) -> str | None:
    """The parameter's default where it says "deprecated"."""
    for known in item.signature.parameters if item.signature else ():
        if known.name == parameter and known.default and says_deprecated(known.default):
            return known.default
    return None


def says_deprecated(default: str) -> bool:
    """`"deprecated"`, `DeprecatedArg()`, `_deprecated`."""
    return "deprecat" in default.lower()

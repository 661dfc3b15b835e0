"""Whether users should write the import paths that a rewritten snippet takes up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from recode_data.records import ApiChange, ApiObject, EvidenceKind, ObjectKind, Usage
from recode_data.references import taken_up

SAID = frozenset({EvidenceKind.ERROR_MESSAGE, EvidenceKind.WARNING_MESSAGE, EvidenceKind.IDENTITY})
"""Evidence that is the library's own word, or a fact."""

_WRAPPED = re.compile(r"\b([A-Za-z_]\w*)=(?:\w+\.)*([A-Za-z_]\w*)\(")
_PRIVATE = re.compile(r"(?:\.|import |from )_[A-Za-z]|[(, ]_[A-Za-z]\w* as ")

_PRIVATE_MEMBER = re.compile(r"\.(?!_(?:replace|asdict|make|fields)\b)(_[A-Za-z]\w*)")
"""Those of named tuples have their underscore for another reason."""


def takes_up_private(old_code: str, new_code: str) -> bool:
    """Whether the new code reaches into a private module that the old one did not reach into.

    Libraries' own tests do; a user who follows them has to migrate again with the next release.
    """
    if not _PRIVATE.search(new_code):
        return False
    if set(_PRIVATE_MEMBER.findall(new_code)) - set(_PRIVATE_MEMBER.findall(old_code)):
        return True
    return any(is_private(path) for path in taken_up(old_code, new_code))


def written_by_users(
    changes: Iterable[ApiChange], objects: Sequence[ApiObject], usages: Iterable[Usage]
) -> tuple[ApiChange, ...]:
    """The changes without those of private names, and of names that a module imports for itself.

    Tests of a library write its private names; users who do are not whom a release is for.
    `from toy import parts, load` makes `toy.table.parts.Part` and `toy.table.load` paths that work,
    and that nobody writes. What any usage writes is there on purpose (`numpy.emath`), and so is what
    warns of itself (`numpy.int`).

    Args:
        changes: of one version step.
        objects: the surface of the old version.
        usages: of both versions.
    """
    written = {path for usage in usages for api in usage.apis for path in at_and_above(api)}
    imported = {
        item.path
        for item in objects
        if item.path not in written
        and (
            item.canonical != item.path
            if item.kind is ObjectKind.MODULE
            else item.alias_of is not None and not item.deprecations
        )
    }
    return tuple(
        change
        for change in changes
        if not is_private(change.old_api) and imported.isdisjoint(at_and_above(change.old_api))
    )


def against_advice(change: ApiChange, old_code: str, new_code: str) -> bool:
    """Whether the new code takes up something else than what the library itself says to write.

    What it says is in its messages, or shown by what the old name is: the same object as another.
    Code that takes up no path, a renamed method for one, is left to the proof.
    """
    if change.parameter is not None:
        return _is_passed_bare(change, old_code, new_code)
    advice = {
        item.new_api
        for item in change.replacements
        if any(evidence.kind in SAID for evidence in item.evidence) and not is_private(item.new_api)
    }
    if not advice:
        return False
    paths = taken_up(old_code, new_code)
    return bool(paths) and not any(advice.intersection(at_and_above(path)) for path in paths)


def _is_passed_bare(change: ApiChange, old_code: str, new_code: str) -> bool:
    """Whether the new code takes up an argument without the call that the library wraps it in, or
    leaves out what is to be wrapped: "Use the explicit style 'transport=WSGITransport(app=...)'
    instead"."""
    return any(
        re.search(rf"\b{wrapper}\b", new_code) is None
        and (name == change.parameter or (_passes(new_code, name) and not _passes(old_code, name)))
        for name, wrapper in _WRAPPED.findall(change.message)
    )


def _passes(code: str, name: str) -> bool:
    return re.search(rf"\b{name}\s*=(?!=)", code) is not None


def at_and_above(path: str) -> list[str]:
    """`a`, `a.b`, `a.b.c` of `a.b.c`."""
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def is_private(path: str) -> bool:
    """Whether a part of the path begins with one underscore."""
    return any(part.startswith("_") and not part.endswith("__") for part in path.split("."))

"""Which import paths a rewritten snippet takes up, and whether users should write them."""

from __future__ import annotations

import re

from recode_data.references import find_references

_PRIVATE = re.compile(r"(?:\.|import |from )_[A-Za-z]|[(, ]_[A-Za-z]\w* as ")


def new_paths(old_code: str, new_code: str) -> frozenset[str]:
    """Whole paths that the new code refers to and the old code does not; empty if either is broken."""
    try:
        old = {reference.path for reference in find_references(old_code)}
        new = {reference.path for reference in find_references(new_code)}
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(
        path for path in new - old if not any(item.startswith(f"{path}.") for item in new)
    )


def takes_up_private(old_code: str, new_code: str) -> bool:
    """Whether the new code reaches into a private module that the old one did not reach into.

    Libraries' own tests do; a user who follows them has to migrate again with the next release.
    """
    if not _PRIVATE.search(new_code):
        return False
    return any(is_private(path) for path in new_paths(old_code, new_code))


def is_private(path: str) -> bool:
    """Whether a part of the path begins with one underscore."""
    return any(part.startswith("_") and not part.endswith("__") for part in path.split("."))

"""Whether users should write the import paths that a rewritten snippet takes up."""

from __future__ import annotations

import re

from recode_data.references import taken_up

_PRIVATE = re.compile(r"(?:\.|import |from )_[A-Za-z]|[(, ]_[A-Za-z]\w* as ")


def takes_up_private(old_code: str, new_code: str) -> bool:
    """Whether the new code reaches into a private module that the old one did not reach into.

    Libraries' own tests do; a user who follows them has to migrate again with the next release.
    """
    if not _PRIVATE.search(new_code):
        return False
    return any(is_private(path) for path in taken_up(old_code, new_code))


def is_private(path: str) -> bool:
    """Whether a part of the path begins with one underscore."""
    return any(part.startswith("_") and not part.endswith("__") for part in path.split("."))

"""How often a release's own documentation, examples and tests use a name: what users meet first.

Names are counted where they are called or read from something (`f(`, `.f`), without working out
what they are: order is all that is asked of these numbers.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from recode_data.records import ApiChange

_SUFFIXES = (".py", ".rst", ".md", ".txt", ".ipynb", ".pyi")
_FOLDERS = re.compile(r"^(?:docs?|documentation|examples?|galler(?:y|ies)|tutorials?|_?tests?)$")
_USE = re.compile(rb"\.([A-Za-z_]\w*)|\b([A-Za-z_]\w*)(?=\()")
FILE_LIMIT_BYTES = 1_000_000
TOTAL_LIMIT_BYTES = 40_000_000
"""pandas has 20 MB of such files; more would only take time."""


def count_mentions(root: Path) -> Counter[str]:
    """Name → uses in the documentation, examples and tests of an unpacked source tree."""
    found: Counter[bytes] = Counter()
    total = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        relative = Path(folder).relative_to(root).parts
        telling = any(_FOLDERS.match(part) for part in relative)
        for name in sorted(files):
            path = Path(folder, name)
            if not name.endswith(_SUFFIXES) or not (telling or _is_top_text(name, relative)):
                continue
            size = path.stat().st_size
            if size > FILE_LIMIT_BYTES or total + size > TOTAL_LIMIT_BYTES:
                continue
            total += size
            uses = _USE.findall(path.read_bytes())
            found.update(member or called for member, called in uses)
    return Counter({name.decode("ascii", "replace"): count for name, count in found.items()})


def _is_top_text(name: str, folders: tuple[str, ...]) -> bool:
    """README and its like."""
    return not folders and name.endswith((".rst", ".md", ".txt"))


def uses_of(change: ApiChange, mentions: Mapping[str, int]) -> int:
    """Uses of the last name of what changed; of a constructor, of its class."""
    parts = change.old_api.split(".")
    while len(parts) > 1 and parts[-1] in ("__init__", "__new__", "__call__"):
        parts.pop()
    return mentions.get(parts[-1], 0)

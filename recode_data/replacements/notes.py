"""Release notes and migration guides among a release's files."""

from __future__ import annotations

import os
import re
from pathlib import Path

_NAME = re.compile(
    r"change|release|whats_?new|what.s.new|history|news|migrat|upgrad|deprecat|breaking|porting",
    re.IGNORECASE,
)
_SUFFIXES = frozenset({".rst", ".md", ".txt", ".inc"})
_ENDINGS = tuple(sorted(_SUFFIXES))
_SKIPPED = frozenset({"tests", "test", "node_modules", ".git", "vendor", "third_party"})
FILE_LIMIT_BYTES = 2_000_000
TOTAL_LIMIT_BYTES = 12_000_000
"""Newest names first: what lies beyond is years older than any version step."""


def read_notes(root: Path) -> tuple[str, ...]:
    """Texts whose file or folder name says that they tell changes; in a fixed order."""
    paths: list[Path] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        relative = Path(folder).relative_to(root)
        telling = any(_NAME.search(part) for part in relative.parts)
        for name in files:
            if not (name.isupper() or name.lower().endswith(_ENDINGS)):
                continue  # most files: a path of each took longer than all the rest
            path = Path(folder, name)
            is_text = path.suffix.lower() in _SUFFIXES or (not path.suffix and name.isupper())
            if is_text and (telling or _NAME.search(path.stem)):
                paths.append(path)
    texts: list[str] = []
    total = 0
    for path in sorted(paths, key=lambda item: _version_key(item, root), reverse=True):
        size = path.stat().st_size
        if size > FILE_LIMIT_BYTES or total + size > TOTAL_LIMIT_BYTES:
            continue
        total += size
        texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return tuple(texts)


def _version_key(path: Path, root: Path) -> tuple[list[int], str]:
    """Numbers in the name order `v2.0.0-notes` above `v1.26.4-notes`."""
    relative = path.relative_to(root).as_posix()
    return [int(number) for number in re.findall(r"\d+", path.stem)][:4], relative

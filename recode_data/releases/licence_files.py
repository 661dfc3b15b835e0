"""The licence of a release by its licence files, where its metadata leaves a doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from recode_data.releases.licences import licence_by_text

BEGINNINGS = ("license", "licence", "copying")
MOST_BYTES = 200_000


def licence_in(roots: Sequence[Path]) -> str:
    """SPDX name of the first licence text that leaves no doubt; empty where there is none.

    Args:
        roots: unpacked wheel, unpacked sdist. Looked at are the wheel's metadata folder and the
            sdist's own folder; licences of bundled libraries lie deeper.
    """
    for root in roots:
        for file in _licence_files(root):
            with file.open("rb") as stream:
                text = stream.read(MOST_BYTES).decode("utf-8", "replace")
            found = licence_by_text(text)
            if found:
                return found
    return ""


def _licence_files(root: Path) -> Iterator[Path]:
    folders = [root]
    for info in sorted(root.glob("*.dist-info")):
        folders += [info, info / "licenses"]
    for folder in folders:
        if folder.is_dir():
            yield from sorted(file for file in folder.iterdir() if _is_licence(file))


def _is_licence(file: Path) -> bool:
    return file.is_file() and file.name.lower().startswith(BEGINNINGS)

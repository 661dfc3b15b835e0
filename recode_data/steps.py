"""Reads `LIB:OLD:NEW`, the way in which every command names two versions of a library.

OLD and NEW are versions on the package index, or a wheel, an sdist, a folder with a source tree, or
`git+PATH@REF`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from packaging.version import InvalidVersion, Version

from recode_data.errors import UsageError
from recode_data.records import VersionStep

EXAMPLE = "write LIB:OLD:NEW, for example numpy:1.26.4:2.0.0"
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
"""Distribution names, PEP 508."""
SDIST_ENDINGS = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")


class SourceKind(str, Enum):
    """Where one side of a version step comes from."""

    INDEX = "index"
    WHEEL = "wheel"
    SDIST = "sdist"
    FOLDER = "folder"
    GIT = "git"


@dataclass(frozen=True, slots=True)
class VersionSource:
    """One side of a version step."""

    kind: SourceKind
    text: str
    """The version (index), or the path of file, folder or repository."""
    ref: str | None = None
    """Branch, tag or commit (git)."""


def parse_step(spec: str) -> VersionStep:
    """The version step that a user names.

    Raises:
        UsageError: not of that form, an unknown kind of version, or old not before new.
    """
    library, colon, rest = spec.partition(":")
    if not colon or NAME.fullmatch(library) is None:
        raise UsageError(f"{spec!r} is no version step: {EXAMPLE}")
    old, new = _halves(spec, rest)
    first, second = parse_source(old), parse_source(new)
    if first.kind is SourceKind.INDEX and second.kind is SourceKind.INDEX:
        if Version(first.text) == Version(second.text):
            raise UsageError(f"{spec}: old and new are the same version; {EXAMPLE}")
        if Version(first.text) > Version(second.text):
            raise UsageError(
                f"{spec}: {old} is newer than {new}; the older version comes first: "
                f"{library}:{new}:{old}"
            )
    elif old == new:
        raise UsageError(f"{spec}: old and new are the same; {EXAMPLE}")
    return VersionStep(library, old, new)


def parse_source(text: str) -> VersionSource:
    """One side of a version step; whether a path exists is found out when it is read.

    Raises:
        UsageError: neither a version number nor a path.
    """
    if text.startswith("git+"):
        path, at, ref = text[4:].removeprefix("file://").rpartition("@")
        if not at or not path or not ref or ref.startswith("-"):
            raise UsageError(f"{text!r} names no commit; write git+PATH@REF")
        if "://" in path:
            raise UsageError(f"{text!r}: only what lies on this machine; clone it, then name it")
        return VersionSource(SourceKind.GIT, path, ref)
    if text.endswith(".whl"):
        return VersionSource(SourceKind.WHEEL, text)
    if text.endswith(SDIST_ENDINGS):
        return VersionSource(SourceKind.SDIST, text)
    try:
        Version(text)
    except InvalidVersion:
        if "/" in text or Path(text).is_dir():
            return VersionSource(SourceKind.FOLDER, text)
        raise UsageError(
            f"{text!r} is neither a version number nor a path: {EXAMPLE}, "
            "or a wheel, an sdist, ./FOLDER or git+PATH@REF in place of a version"
        ) from None
    return VersionSource(SourceKind.INDEX, text)


def _halves(spec: str, rest: str) -> tuple[str, str]:
    """OLD and NEW; a path may hold colons, so the split that makes sense is taken."""
    if "://" in rest.replace("git+file://", ""):
        raise UsageError(f"{spec!r}: only what lies on this machine; download it, then name it")
    parts = rest.split(":")
    splits = [(":".join(parts[:cut]), ":".join(parts[cut:])) for cut in range(1, len(parts))]
    sensible = [split for split in splits if all(split) and all(map(_is_source, split))]
    if len(sensible) > 1:  # almost anything may be a folder
        certain = [_certainty(split) for split in sensible]
        sensible = [
            split for split, sure in zip(sensible, certain, strict=True) if sure == max(certain)
        ]
    if len(sensible) == 1:
        return sensible[0]
    if len(splits) == 1 and all(splits[0]):
        return splits[0]  # parse_source says what is wrong with it
    raise UsageError(f"{spec!r} is no version step: {EXAMPLE}")


def _certainty(split: tuple[str, str]) -> int:
    return sum(parse_source(text).kind is not SourceKind.FOLDER for text in split)


def _is_source(text: str) -> bool:
    try:
        parse_source(text)
    except UsageError:
        return False
    return True


def is_immutable(step: VersionStep) -> bool:
    """Whether both sides are releases of an index: a folder or file may have been changed."""
    sides = (parse_source(step.old), parse_source(step.new))
    return all(side.kind is SourceKind.INDEX for side in sides)

"""Which files of a release hold snippets, and of what kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from recode_data.records import UsageOrigin

FILE_LIMIT_BYTES = 4 * 1024 * 1024
"""Larger files are data, not documentation."""

_DOCUMENT_SUFFIXES = frozenset({".rst", ".md", ".ipynb"})
_TEXT_FOLDERS = frozenset({"doc", "docs", "documentation"})
_GALLERY_FOLDERS = frozenset(
    {"example", "examples", "gallery", "galleries", "tutorial", "tutorials", "demo", "demos"}
)
_TEST_FOLDERS = frozenset({"test", "tests", "testing"})
_FOREIGN_FOLDERS = frozenset(
    {
        "_vendor",
        "vendored-meson",
        "vendor",
        "vendored",
        "third_party",
        "subprojects",
        "node_modules",
        "externals",
        "extern",
        "benchmarks",
        "site-packages",
        "build",
    }
)
_SUFFIXES = (*_DOCUMENT_SUFFIXES, ".txt", ".py", ".pyi", ".pyx", ".pxi")
_MODULE_SUFFIXES = (".py", ".pyi", ".so", ".pyd")


@dataclass(frozen=True, slots=True)
class ReleaseSources:
    """Where the text of one release lies, unpacked."""

    release: str
    """`name==version`."""
    import_names: tuple[str, ...]
    wheel_root: Path | None
    sdist_root: Path | None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to take snippets from; `relative` is what gets published, never `path`."""

    path: Path
    relative: str
    """POSIX path relative to the root of the wheel or sdist."""
    origin: UsageOrigin
    module: str | None
    """Dotted name of the module, for files of the package itself."""


def files_of(sources: ReleaseSources) -> tuple[SourceFile, ...]:
    """Files that may hold snippets, sorted; what wheel and sdist share is given once."""
    found: list[SourceFile] = []
    shipped: set[str] = set()
    if sources.wheel_root is not None:
        for relative in _relative_files(sources.wheel_root):
            shipped.add(str(relative))
            file = _wheel_file(sources.wheel_root, relative)
            if file is not None:
                found.append(file)
    if sources.sdist_root is not None:
        for relative in _relative_files(sources.sdist_root):
            file = _sdist_file(sources.sdist_root, relative, sources.import_names)
            if file is not None and _installed_path(relative, sources.import_names) not in shipped:
                found.append(file)
    return tuple(sorted(found, key=lambda file: (file.origin.value, file.relative)))


def is_module(sources: ReleaseSources, path: str) -> bool:
    """Whether a dotted path is a module of the release, as far as its files tell."""
    return any(
        _has_module(root, path)
        for root in (sources.wheel_root, sources.sdist_root)
        if root is not None
    )


@lru_cache(maxsize=65536)
def _has_module(root: Path, path: str) -> bool:
    target = root.joinpath(*path.split("."))
    if target.is_dir():
        return True
    if not target.parent.is_dir():
        return False
    return any(
        item.name.startswith(f"{target.name}.") and item.name.endswith(_MODULE_SUFFIXES)
        for item in target.parent.iterdir()
    )


def _relative_files(root: Path) -> Iterator[PurePosixPath]:
    """Files of the kinds that hold snippets; links are not followed."""
    waiting = [(str(root), "")]
    while waiting:
        folder, before = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in _FOREIGN_FOLDERS:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{before}{entry.name}/"))
                elif (
                    entry.name.endswith(_SUFFIXES)
                    and entry.is_file(follow_symlinks=False)
                    and entry.stat().st_size <= FILE_LIMIT_BYTES
                ):
                    yield PurePosixPath(f"{before}{entry.name}")


def _wheel_file(root: Path, relative: PurePosixPath) -> SourceFile | None:
    if relative.suffix not in (".py", ".pyi"):
        return None
    path, name = root / relative, str(relative)
    if _is_test(relative):
        return SourceFile(path, name, UsageOrigin.TEST, _module_of(relative))
    if _is_in(relative, _TEST_FOLDERS - {"testing"}):
        return None
    return SourceFile(path, name, UsageOrigin.DOCSTRING, _module_of(relative))


def _sdist_file(
    root: Path, relative: PurePosixPath, import_names: tuple[str, ...]
) -> SourceFile | None:
    path, name = root / relative, str(relative)
    in_package = _installed_path(relative, import_names) is not None
    if relative.suffix in _DOCUMENT_SUFFIXES or (
        relative.suffix == ".txt" and _is_in(relative, _TEXT_FOLDERS)
    ):
        return SourceFile(path, name, UsageOrigin.DOCS, None)
    if relative.suffix in (".pyx", ".pxi") and in_package:
        return SourceFile(path, name, UsageOrigin.DOCSTRING, None)
    if relative.suffix not in (".py", ".pyi"):
        return None
    if _is_test(relative):
        return SourceFile(path, name, UsageOrigin.TEST, None)
    if _is_in(relative, _GALLERY_FOLDERS) and relative.suffix == ".py":
        return SourceFile(path, name, UsageOrigin.GALLERY, None)
    if in_package and not _is_in(relative, _TEST_FOLDERS - {"testing"}):
        installed = PurePosixPath(_installed_path(relative, import_names) or "")
        return SourceFile(path, name, UsageOrigin.DOCSTRING, _module_of(installed))
    return None


def _installed_path(relative: PurePosixPath, import_names: tuple[str, ...]) -> str | None:
    """Path within the wheel that a file of the sdist has; None outside the package."""
    parts = relative.parts
    for depth in range(min(len(parts) - 1, 4)):
        if parts[depth] in import_names and set(parts[1:depth]) <= {"src", "lib", "python"}:
            return "/".join(parts[depth:])
    return None


def _is_test(relative: PurePosixPath) -> bool:
    stem = relative.stem
    is_named_so = stem.startswith("test_") or stem.endswith("_test")
    return relative.suffix == ".py" and is_named_so


def _is_in(relative: PurePosixPath, folders: frozenset[str]) -> bool:
    return any(part in folders for part in relative.parts[:-1])


def _module_of(relative: PurePosixPath) -> str:
    parts = list(relative.with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)

"""Keeps the cache within a size: what has not been used for longest goes first.

Everything in the cache can be had again, except wheels that no index has (`local`): those stay.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from recode_data.environments import RECORD
from recode_data.locks import Claims, locked
from recode_data.records import StepContext
from recode_data.uv_runner import ARCHIVES, UV_IN_USE

KINDS = ("artifacts", "changes", "surface", "unpacked", "usages")
"""Folders of the cache that hold `<first two characters of the key>/<key>`, file or folder."""
ENVIRONMENTS = "environments"
UV = "uv"
GONE = ".gone-"


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    used: float


class CacheRoom:
    """What one user of a cache folder claims in it, and the broom for the rest.

    Whoever looks for an environment, a file of a release or its unpacked tree claims its key first:
    nothing is removed under another's feet, and what nobody works with can go at any time. The other
    kinds are files that are read at once; to their readers, what is gone was never there.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._sizes: dict[Path, int] = {}
        self.claims = Claims(cache / ".in-use")

    def keep_within(self, max_bytes: int, kept: Collection[str]) -> int:
        """Remove entries that nobody claims until at most `max_bytes` are left; bytes removed.

        This user's own claims on what is not `kept` are given up. Files that environments share count
        for each of them, so what is left takes less on disk.

        Args:
            max_bytes: for all entries together.
            kept: keys that stay, whatever their age.
        """
        self.claims.give_up_all_but(kept)
        for half in (*self._cache.glob(f"*/{GONE}*"), *self._cache.glob(f"*/*/{GONE}*")):
            shutil.rmtree(half, ignore_errors=True)  # of a killed sweep
        entries = sorted(self._entries(), key=lambda entry: (entry.used, entry.path))
        sizes = {entry.path: self._size(entry.path) for entry in entries}
        left = sum(sizes.values())
        before = left
        for entry in entries:
            if left <= max_bytes:
                break
            if entry.path.name not in kept and self._remove(entry.path):
                self._sizes.pop(entry.path, None)
                left -= sizes[entry.path]
        if left < before:
            self._remove_unshared_archives()
        return before - left

    def size(self) -> int:
        """Bytes that could be removed and had again; what is being made at the moment may count."""
        return sum(self._size(entry.path) for entry in self._entries())

    def _remove(self, path: Path) -> bool:
        """Whether it is gone: what another claims stays."""
        with self.claims.alone_with(path.name) as alone:
            if not alone:
                return False
            if not path.is_dir():
                path.unlink(missing_ok=True)
                return True
            (path / RECORD).unlink(missing_ok=True)  # first: half-removed is half-made
            # and half an unpacked release is none
            gone = path.with_name(f"{GONE}{os.getpid()}-{time.monotonic_ns()}")
            path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
        return True

    def _entries(self) -> Iterator[_Entry]:
        for root in _children(self._cache / ENVIRONMENTS):
            yield _Entry(root, _used(root / RECORD) or 0.0)
        local = {path.name for path in self._local_wheels()}
        for kind in KINDS:
            for shelf in _children(self._cache / kind):
                for path in _children(shelf):
                    used = _used(path)
                    if used is not None and (kind != "artifacts" or path.name not in local):
                        yield _Entry(path, used)

    def _local_wheels(self) -> Iterator[Path]:
        """Folders of wheels that were built or copied here."""
        known = [
            path.read_bytes()
            for shelf in _children(self._cache / "local")
            for path in _children(shelf)
        ]
        for shelf in _children(self._cache / "artifacts"):
            for path in _children(shelf):
                if any(path.name.encode() in record for record in known):
                    yield path

    def _size(self, path: Path) -> int:
        """Bytes on disk; finished entries do not change, so each is looked at once."""
        known = self._sizes.get(path)
        if known is not None:
            return known
        size = sum(_blocks(item) for item in _files(path))
        if path.parent.name != ENVIRONMENTS or (path / RECORD).exists():
            self._sizes[path] = size
        return size

    def _remove_unshared_archives(self) -> None:
        """What uv keeps of wheels that no environment has any more; it fetches them again.

        Where uv is at work, its end is waited for: it may be about to use them, and without this
        nothing is gained on disk.
        """
        with locked(self._cache / UV / UV_IN_USE):
            for archive in _children(self._cache / UV / ARCHIVES):
                if all(path.lstat().st_nlink == 1 for path in _files(archive)):
                    shutil.rmtree(archive, ignore_errors=True)
            for path in (self._cache / UV).glob("wheels-v*/**/*"):
                if path.is_symlink() and not path.exists():
                    path.unlink()
                    for suffix in (".rev", ".http"):  # uv would believe these, and fail
                        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _used(path: Path) -> float | None:
    """When it was last used; None where it is not there, or not any more."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return None


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names)


def _blocks(path: Path) -> int:
    try:
        return path.lstat().st_blocks * 512
    except FileNotFoundError:  # a temporary file of an installer
        return 0


def keys_of(context: StepContext) -> frozenset[str]:
    """Keys of what a version step cannot do without: its environments and its files."""
    files = [
        file.sha256
        for release in (context.old, context.new)
        for file in (release.wheel, release.sdist)
        if file is not None
    ]
    return frozenset({context.old_environment.key, context.new_environment.key, *files})

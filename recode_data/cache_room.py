"""Keeps the cache within a size: what has not been used for longest goes first.

Everything in the cache can be had again, except wheels that no index has (`local`): those stay.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import weakref
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from recode_data.environments import RECORD
from recode_data.records import StepContext

logger = logging.getLogger(__name__)

KINDS = ("artifacts", "changes", "surface", "unpacked", "usages")
"""Folders of the cache that hold `<first two characters of the key>/<key>`, file or folder."""
ENVIRONMENTS = "environments"
UV_ARCHIVES = "uv/archive-v0"
GONE = ".gone-"


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    used: float


class CacheRoom:
    """The claim of one process on a cache folder, and the broom for it.

    Every user of the folder holds it together with the others, so that nothing is removed under
    another's feet: only who is alone in it may sweep.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._sizes: dict[Path, int] = {}
        self._lock = os.open(cache / ".in-use", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self.close: Callable[[], object] = weakref.finalize(self, os.close, self._lock)
        """Give up the claim; at the latest it ends with this object."""
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def keep_within(self, max_bytes: int, kept: Collection[str]) -> int:
        """Remove entries until at most `max_bytes` are left; bytes removed.

        Files that environments share count for each of them, so what is left takes less on disk.
        Nothing is removed while another process uses the cache.

        Args:
            max_bytes: for all entries together.
            kept: keys that stay, whatever their age.
        """
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            logger.info("%s is used by others: nothing is removed from it", self._cache)
            return 0
        else:
            return self._sweep(max_bytes, kept)
        finally:  # a claim that is refused is lost as well
            fcntl.flock(self._lock, fcntl.LOCK_SH)

    def size(self) -> int:
        """Bytes that could be removed and had again; what is being made at the moment may count."""
        return sum(self._size(entry.path) for entry in self._entries())

    def _sweep(self, max_bytes: int, kept: Collection[str]) -> int:
        for half in (*self._cache.glob(f"*/{GONE}*"), *self._cache.glob(f"*/*/{GONE}*")):
            shutil.rmtree(half, ignore_errors=True)  # of a killed sweep
        entries = sorted(self._entries(), key=lambda entry: (entry.used, entry.path))
        sizes = {entry.path: self._size(entry.path) for entry in entries}
        left = sum(sizes.values())
        before = left
        for entry in entries:
            if left <= max_bytes:
                break
            if entry.path.name in kept:
                continue
            _remove(entry.path)
            self._sizes.pop(entry.path, None)
            left -= sizes[entry.path]
        if left < before:
            self._remove_unshared_archives()
        return before - left

    def _entries(self) -> Iterator[_Entry]:
        for root in _children(self._cache / ENVIRONMENTS):
            record = root / RECORD
            yield _Entry(root, record.stat().st_mtime if record.is_file() else 0.0)
        local = {path.name for path in self._local_wheels()}
        for kind in KINDS:
            for shelf in _children(self._cache / kind):
                for path in _children(shelf):
                    if kind != "artifacts" or path.name not in local:
                        yield _Entry(path, path.lstat().st_mtime)

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
        """What uv keeps of wheels that no environment has any more; it fetches them again."""
        for archive in _children(self._cache / UV_ARCHIVES):
            if all(path.lstat().st_nlink == 1 for path in _files(archive)):
                shutil.rmtree(archive, ignore_errors=True)
        for path in (self._cache / "uv").glob("wheels-v*/**/*"):
            if path.is_symlink() and not path.exists():
                path.unlink()
                for suffix in (".rev", ".http"):  # uv would believe these, and fail
                    path.with_name(path.name + suffix).unlink(missing_ok=True)


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


def _remove(path: Path) -> None:
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    (path / RECORD).unlink(missing_ok=True)  # first: half-removed is half-made
    gone = path.with_name(f"{GONE}{path.name}")  # and half an unpacked release is none
    path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)

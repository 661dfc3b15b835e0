"""Files of releases in a content-addressed cache: `artifacts/<sha256[:2]>/<sha256>/<filename>`."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import httpx2

from recode_data.disk import FULL, disk_full
from recode_data.errors import CorruptArtifactError, IndexUnreachableError
from recode_data.locks import Claims
from recode_data.records import Artifact
from recode_data.releases.index import REMEDY, redacted
from recode_data.releases.resolve import IndexFile
from recode_data.releases.session import ATTEMPTS, IndexSession

DownloadProgress: TypeAlias = Callable[[str, int, "int | None"], None]
"""Told (filename, bytes so far, bytes in all or None where the server does not say)."""

CHUNK_BYTES = 1 << 18
STALE_S = 24 * 3600
"""Partial files older than this belong to killed processes."""


class ArtifactCache:
    """Downloaded files by content; may be shared between threads and processes."""

    def __init__(self, folder: Path, claims: Claims) -> None:
        self.folder = folder
        self._claims = claims

    def path(self, artifact: Artifact) -> Path:
        """Where an artifact lies or would lie."""
        return self.folder / artifact.sha256[:2] / artifact.sha256 / artifact.filename

    def verified(self, artifact: Artifact) -> Path | None:
        """The cached file, if it is there with the right content; a corrupt one is removed.

        It stays there as long as the claims do.
        """
        self._claims.claim(artifact.sha256)
        path = self.path(artifact)
        try:
            if path.stat().st_size == artifact.size and file_sha256(path) == artifact.sha256:
                return path
        except FileNotFoundError:
            return None
        path.unlink(missing_ok=True)
        return None

    def fetch(
        self, file: IndexFile, session: IndexSession, progress: DownloadProgress | None = None
    ) -> Artifact:
        """The file of an index, from the cache or the network.

        Raises:
            CorruptArtifactError: twice in a row the content was not what the index promises.
            IndexUnreachableError: the download fails again and again.
            EnvironmentLacksError: the disk is full.
        """
        if file.sha256 is not None:
            path = self.folder / file.sha256[:2] / file.sha256 / file.filename
            size = path.stat().st_size if path.is_file() else 0
            artifact = Artifact(file.filename, file.sha256, size)
            if self.verified(artifact) is not None:
                return artifact
        sha256 = ""
        for _ in range(2):
            with self._partial(file.filename) as partial:
                sha256 = _download(file, session, partial, progress)
                if file.sha256 in (None, sha256):
                    return self._admit(partial, file.filename, sha256)
        raise CorruptArtifactError(
            f"{file.filename}: the index promises sha256 {file.sha256}, the download has {sha256}"
            "\n  to fix: try again; if it stays so, a mirror or proxy alters files"
        )

    def add(self, path: Path, *, filename: str | None = None) -> Artifact:
        """A copy of a local file, under its own name or another."""
        name = filename or path.name
        with self._partial(name) as partial, path.open("rb") as source:
            chunks = iter(lambda: source.read(CHUNK_BYTES), b"")
            sha256 = _write(partial, chunks, path.stat().st_size)
            return self._admit(partial, name, sha256)

    def _admit(self, partial: Path, filename: str, sha256: str) -> Artifact:
        artifact = Artifact(filename, sha256, partial.stat().st_size)
        self._claims.claim(sha256)
        path = self.path(artifact)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(path)
        return artifact

    @contextmanager
    def _partial(self, filename: str) -> Iterator[Path]:
        """A name for an unfinished file; what is left under it afterwards is removed."""
        folder = self.folder / ".partial"
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale(folder)
        unique = f"{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}"
        partial = folder / f"{unique}-{filename[-100:]}"
        try:
            yield partial
        finally:
            partial.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """Hex digest of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def remove_stale(folder: Path) -> None:
    """Remove the unfinished files that killed processes left in this folder."""
    oldest = time.time() - STALE_S
    for path in folder.iterdir():
        try:
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue  # another process was quicker


def _download(
    file: IndexFile, session: IndexSession, partial: Path, progress: DownloadProgress | None
) -> str:
    """Write the file to `partial`; its SHA-256. A line that breaks off midway is tried again."""
    failure = ""
    for _ in range(ATTEMPTS):
        try:
            with session.get_stream(file.url) as response:
                response.raise_for_status()
                total = _total(response)
                chunks = _reported(response.iter_bytes(CHUNK_BYTES), file.filename, total, progress)
                return _write(partial, chunks, total)
        except httpx2.TransportError as error:
            failure = str(error) or type(error).__name__
        except httpx2.HTTPStatusError as error:
            failure = f"status {error.response.status_code}"
            break
    raise IndexUnreachableError(
        f"cannot download {file.filename} from {redacted(file.url)}: {failure}", REMEDY
    )


def _total(response: httpx2.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    encoded = "Content-Encoding" in response.headers
    return int(length) if length.isdigit() and not encoded else None


def _reported(
    chunks: Iterable[bytes], filename: str, total: int | None, progress: DownloadProgress | None
) -> Iterator[bytes]:
    done = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        if progress is not None:
            progress(filename, done, total)


def _write(path: Path, chunks: Iterable[bytes], total: int | None) -> str:
    """Write all chunks; their SHA-256.

    Raises:
        EnvironmentLacksError: the disk is full.
    """
    digest = hashlib.sha256()
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
    except OSError as error:
        if error.errno in FULL:
            raise disk_full(path.parent, total) from error
        raise
    return digest.hexdigest()

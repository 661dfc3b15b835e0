"""The effects at the edge: the cache folder, the package index and the interpreters."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
from packaging.utils import canonicalize_name, canonicalize_version

from recode_data.cache_room import UV, CacheRoom
from recode_data.environments import (
    LAYOUT_VERSION,
    EnvironmentCache,
    LocalWheel,
    Request,
    Resolution,
    checked_requirements,
    exact_pin,
    resolve_together,
)
from recode_data.errors import (
    CorruptArtifactError,
    EnvironmentLacksError,
    RecodeError,
    UnknownReleaseError,
    UsageError,
)
from recode_data.interpreters import Interpreter, InterpreterList, find_interpreters, matching
from recode_data.records import (
    Artifact,
    Environment,
    Release,
    content_id,
    decode,
    encode,
)
from recode_data.releases.download import STALE_S, ArtifactCache, DownloadProgress
from recode_data.releases.index import IndexSettings, read_index_settings
from recode_data.releases.local import LOCAL_MARK, LocalReleases, release_of_wheel
from recode_data.releases.resolve import (
    Listing,
    ReleaseFiles,
    choose_files,
    list_files,
    parse_version,
    usable_versions,
)
from recode_data.releases.session import IndexSession
from recode_data.releases.unpack import root_of, unpack
from recode_data.steps import SourceKind, parse_source
from recode_data.uv_runner import UvRunner

logger = logging.getLogger(__name__)

RELEASE_VERSION = "1"
"""Raise it when a release's record comes out differently from the same files."""

DEFAULT_CACHE_BYTES = 12 * 10**9
"""Room for the environments of a dozen steps, and for those of PyTorch."""

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class _ReleaseRecord:
    release: Release
    yanked: str | None


@dataclass(frozen=True, slots=True)
class _LocalRecord:
    wheel: Artifact
    everywhere: bool


@dataclass(frozen=True, slots=True)
class _Resolutions:
    resolutions: tuple[Resolution, ...]


class Workspace:
    """A cache folder with everything that comes from outside: releases and environments.

    What was fetched once is answered from the cache without asking the network again: a release is
    immutable, and a resolution is fixed by its requirements, cutoff and interpreter.

    Attributes:
        cache: Absolute path of the folder; any number of processes may share it.
    """

    def __init__(
        self,
        cache: Path,
        *,
        index: IndexSettings | None = None,
        environ: Mapping[str, str] | None = None,
        on_download: DownloadProgress | None = None,
        max_bytes: int = DEFAULT_CACHE_BYTES,
    ) -> None:
        """Open a cache folder, made if need be.

        Args:
            cache: The folder.
            index: Package sources; None for the default index of the tools.
            environ: Variables that uv and interpreters inherit; None for this process's own.
            on_download: Told how far each download is.
            max_bytes: What a build leaves in the cache of earlier steps (`keep_within_limit`).

        Raises:
            EnvironmentLacksError: the folder cannot be made.
        """
        self.cache = cache.expanduser().absolute()
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            self._room = CacheRoom(self.cache)
        except OSError as error:
            raise EnvironmentLacksError(
                f"the cache folder {self.cache} cannot be made or written: {error.strerror}",
                "set RECODE_CACHE to a folder that you may write",
            ) from error
        self.max_bytes = max_bytes
        self._index = index or IndexSettings()
        self._environ = dict(os.environ if environ is None else environ)
        self._on_download = on_download
        self._uv = UvRunner(self.cache / UV, self._index, self._environ)
        claims = self._room.claims
        self._artifacts = ArtifactCache(self.cache / "artifacts", claims)
        self._environments = EnvironmentCache(self.cache / "environments", self._uv, claims)
        self._local = LocalReleases(self._artifacts)
        self._listings: dict[str, Listing] = {}
        self._interpreters: tuple[Interpreter, ...] | None = None

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *error: object) -> None:
        """Give up the claims on what was used; nothing of it may be used any more."""
        self._room.claims.close()

    @classmethod
    def default(
        cls, cache: Path | None = None, on_download: DownloadProgress | None = None
    ) -> Workspace:
        """The user's workspace, for command lines.

        The cache is `cache`, else RECODE_CACHE, else `recode` in the user's cache folder (XDG), and
        may grow to RECODE_CACHE_GB (by default 12);
        package sources are those that the user has set for pip or uv.

        Raises:
            UsageError: a settings file of pip or uv cannot be parsed.
            EnvironmentLacksError: the folder cannot be made.
        """
        environ = os.environ
        home = Path(environ.get("HOME") or Path.home())
        if cache is None:
            xdg = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
            cache = Path(environ.get("RECODE_CACHE") or xdg / "recode")
        index = read_index_settings(environ, home=home, prefix=Path(sys.prefix))
        return cls(
            cache,
            index=index,
            environ=environ,
            on_download=on_download,
            max_bytes=_limit_of(environ.get("RECODE_CACHE_GB")),
        )

    def cached(self, kind: str, key: str) -> Path:
        """Where derived data of this kind and key lies or may be written; its folder exists."""
        path = self.cache / kind / key[:2] / key
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    # --- releases ---------------------------------------------------------------------------------

    def release(self, library: str, version: str) -> Release:
        """One version of a library, downloaded and verified.

        Args:
            library: Distribution name.
            version: Version number; or a wheel, an sdist, a folder or `git+PATH@REF`, which are
                copied into the cache and need no network.

        Raises:
            UsageError: a name or version that cannot be one.
            UnknownReleaseError: the index has no such release; near versions are named.
            EnvironmentLacksError: no network, a full disk, or a Python that is missing here.
            CorruptArtifactError: a download does not have the hash it must have.
        """
        source = parse_source(version)
        if source.kind is not SourceKind.INDEX:
            release = self._local.read(library, source)
            self._register(release, everywhere=LOCAL_MARK in release.version)
            return release
        wanted = parse_version(version)
        tags = [f"{item.version} {item.platform}" for item in self.interpreters()]
        name, number = canonicalize_name(library), canonicalize_version(wanted)
        key = content_id(RELEASE_VERSION, name, number, *tags)
        path = self.cached("releases", key)
        record = _read(path, _ReleaseRecord)
        if record is None or not self._is_there(record.release):
            record = self._fetch_release(library, version, path)
        if record.yanked is not None:
            reason = record.yanked or "no reason given"
            logger.warning("%s was yanked by its authors: %s", record.release.pin, reason)
        return record.release

    def _is_there(self, release: Release) -> bool:
        files = [file for file in (release.wheel, release.sdist) if file is not None]
        return all(self._artifacts.verified(file) is not None for file in files)

    def _fetch_release(self, library: str, version: str, path: Path) -> _ReleaseRecord:
        with IndexSession(self._index) as session:
            listing = self._listing(library, session)
            files = choose_files(listing, version, self.interpreters())
            wheel, sdist = self._download(files, session)
        if wheel is not None:
            release = release_of_wheel(self._artifacts.path(wheel), wheel, sdist, files.released)
        else:
            release = self._without_wheel(library, version, sdist, files, listing)
        record = _ReleaseRecord(release, files.yanked)
        if files.complete:
            _write(path, record)
        return record

    def _listing(self, library: str, session: IndexSession) -> Listing:
        """The index's answer, asked for once per workspace: both sides of a step need it."""
        name = canonicalize_name(library)
        if name not in self._listings:
            listing = list_files(library, session, self._index)
            if listing.unreachable is not None:
                return listing
            self._listings[name] = listing
        return self._listings[name]

    def _without_wheel(
        self,
        library: str,
        version: str,
        sdist: Artifact | None,
        files: ReleaseFiles,
        listing: Listing,
    ) -> Release:
        try:
            if sdist is None:
                raise UsageError("it has no sdist either")
            release = self._local.from_sdist(library, sdist, files.released)
        except UsageError as error:
            wanted = parse_version(version)
            raise UnknownReleaseError(
                f"{library} {version} has no wheel for this machine: {error}\n  versions that have "
                f"one: {usable_versions(listing, wanted, self.interpreters())}"
            ) from error
        self._register(release, everywhere=True)
        return release

    def _register(self, release: Release, *, everywhere: bool) -> None:
        """Remember a wheel that no index has, so that its pin can be installed.

        `everywhere`: also where the pin alone is asked for, since it can mean nothing else.
        """
        if release.wheel is not None:
            pin = exact_pin(release.pin) or release.pin
            _write(self.cached("local", content_id(pin)), _LocalRecord(release.wheel, everywhere))

    def _local_wheels(
        self, requirements: Sequence[str], release: Release | None = None
    ) -> tuple[LocalWheel, ...]:
        wheels = []
        for text in requirements:
            pin = exact_pin(text)
            record = _read(self.cached("local", content_id(pin)), _LocalRecord) if pin else None
            if pin is None or record is None:
                continue
            asked_for = release is not None and release.wheel == record.wheel
            path = self._artifacts.verified(record.wheel)
            if path is not None and (record.everywhere or asked_for):
                wheels.append(LocalWheel(pin, record.wheel.sha256, str(path)))
        return tuple(wheels)

    def _download(
        self, files: ReleaseFiles, session: IndexSession
    ) -> tuple[Artifact | None, Artifact | None]:
        """Wheel and sdist at once: the line is rarely the limit of one of them."""
        with ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(self._artifacts.fetch, file, session, self._on_download)
                if file is not None
                else None
                for file in (files.wheel, files.sdist)
            ]
            wheel, sdist = (job.result() if job is not None else None for job in jobs)
        return wheel, sdist

    def unpacked(self, artifact: Artifact) -> Path:
        """The unpacked tree, for reading names and texts: a wheel's root, or an sdist's one folder.

        Compiled files in it are empty; trees that earlier code made hold them in full.

        Raises:
            UnsafeArchiveError: the archive is hostile; nothing of it is left.
            CorruptArtifactError: it cannot be read, or is not in the cache any more.
        """
        self._room.claims.claim(artifact.sha256)
        root = self.cached("unpacked", artifact.sha256)
        if not root.is_dir():
            archive = self._artifacts.verified(artifact)
            if archive is None:
                raise CorruptArtifactError(
                    f"{artifact.filename} is missing from the cache, or was damaged there\n"
                    "  to fix: ask for its release again, which downloads it anew"
                )
            _unpack_once(archive, root)
        os.utime(root)
        return root_of(root, artifact.filename)

    # --- environments -----------------------------------------------------------------------------

    def interpreters(self) -> tuple[Interpreter, ...]:
        """The Python interpreters of this machine, in the order in which they are chosen."""
        if self._interpreters is None:
            path = self.cached("interpreters", content_id(sys.executable))
            known = _read(path, InterpreterList)
            if known is None or not known.holds(self._environ):
                known = find_interpreters(self._uv, self._environ)
                _write(path, known)
            self._interpreters = known.interpreters
        return self._interpreters

    def environment(
        self,
        requirements: Sequence[str],
        *,
        python: str | None = None,
        cutoff: str | None = None,
    ) -> Environment:
        """An environment with these requirements and all that they depend on.

        Of wheels, and of pure sources for exact pins of which the index has no wheel.

        Args:
            requirements: Such as `numpy==1.26.4`; a complete set of pins is recreated exactly.
            python: Version or path of the interpreter; None for the first one (see
                `recode_data.interpreters`) for which everything has wheels.
            cutoff: `YYYY-MM-DD`: dependencies as of the end of that day.

        Raises:
            UsageError: something that is no requirement.
            EnvironmentLacksError: no interpreter fits, no network, or a full disk.
        """
        wanted = checked_requirements(requirements)

        def make() -> Environment:
            request = Request(wanted, cutoff, self._local_wheels(wanted))
            return self._environments_of([request], python)[0]

        try:
            return make()
        except EnvironmentLacksError:
            if not self._made_of_sources(wanted):
                raise
        return make()

    def _made_of_sources(self, requirements: Sequence[str]) -> bool:
        """Whether pins have no wheel on the index, and now have one here, as their steps' own do."""
        pins = [pin for pin in map(exact_pin, requirements) if pin is not None]
        is_new = False
        for name, _, version in (pin.partition("==") for pin in pins):
            try:
                with IndexSession(self._index) as session:
                    listing = self._listing(name, session)
                    files = choose_files(listing, version, self.interpreters())
                if files.wheel is None:
                    self.release(name, version)
                    is_new = True
            except RecodeError:  # what failed already says more
                return False
        return is_new

    def step_environments(
        self,
        old: Release,
        new: Release,
        companions: tuple[Sequence[str], Sequence[str]] = ((), ()),
    ) -> tuple[Environment, Environment]:
        """One environment per release, each with the dependencies of its time.

        Both use the same interpreter wherever one fits both, so that what differs between them is
        the library and not Python. `companions` are further requirements of either.

        Raises:
            EnvironmentLacksError: no interpreter fits, no network, or a full disk.
        """
        requests = []
        for release, further in zip((old, new), companions, strict=True):
            wanted = checked_requirements([release.pin, *further])
            local = self._local_wheels(wanted, release)
            requests.append(Request(wanted, release.released, local))
        first, second = self._environments_of(requests, None)
        return first, second

    def _environments_of(
        self, requests: Sequence[Request], python: str | None
    ) -> tuple[Environment, ...]:
        interpreters = self.interpreters()
        if python is not None:
            interpreters = matching(interpreters, python)
        key = content_id(
            LAYOUT_VERSION,
            encode(list(requests)),
            *(f"{item.version} {item.platform} {item.executable}" for item in interpreters),
        )
        path = self.cached("resolutions", key)
        known = _read(path, _Resolutions)
        if known is None:
            known = _Resolutions(resolve_together(requests, interpreters, self._uv))
            _write(path, known)
        return tuple(
            self._environments.make(resolution, request.local)
            for resolution, request in zip(known.resolutions, requests, strict=True)
        )

    # --- room -------------------------------------------------------------------------------------

    def keep_within_limit(self, kept: Collection[str] = (), share: float = 1.0) -> int:
        """Remove from the cache what has not been used for longest, but nothing that is `kept`.

        What other workspaces have used since they were opened stays as well; of what this one has,
        only what is kept does. Call it while this process makes nothing. Returns the number of bytes
        removed.

        Args:
            kept: Keys that stay: see `cache_room.keys_of`.
            share: Of the limit, what may stay.
        """
        return self._room.keep_within(int(self.max_bytes * share), kept)

    def is_over_limit(self) -> bool:
        """Whether the cache holds more than it may."""
        return self._room.size() > self.max_bytes


def _limit_of(gigabytes: str | None) -> int:
    try:
        limit = DEFAULT_CACHE_BYTES if gigabytes is None else int(float(gigabytes) * 1e9)
    except (ValueError, OverflowError):
        raise UsageError(
            f"RECODE_CACHE_GB is {gigabytes!r}; set it to a number of gigabytes, for example 30"
        ) from None
    return limit


def _unpack_once(archive: Path, root: Path) -> None:
    making = root.parent.parent / ".making"
    making.mkdir(parents=True, exist_ok=True)
    oldest = time.time() - STALE_S
    for left in making.iterdir():
        try:
            if left.stat().st_mtime < oldest:
                shutil.rmtree(left, ignore_errors=True)
        except FileNotFoundError:
            continue
    partial = making / f"{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}"
    unpack(archive, partial, compiled_empty=True)
    try:
        partial.rename(root)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        if not root.is_dir():  # otherwise another process was quicker
            raise


def _read(path: Path, record_type: type[RecordT]) -> RecordT | None:
    try:
        return decode(path.read_bytes(), record_type)
    except (FileNotFoundError, msgspec.DecodeError):
        return None  # never written, or by other code: made anew


def _write(path: Path, record: object) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    partial.write_bytes(encode(record))
    partial.replace(path)

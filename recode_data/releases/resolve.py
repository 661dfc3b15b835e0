"""Which files of an index make up one release, and which of its wheels fits this machine."""

from __future__ import annotations

import bisect
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from packaging.tags import Tag
from packaging.utils import parse_wheel_filename
from packaging.version import InvalidVersion, Version
from unearth import Link, Package, PackageFinder
from unearth.fetchers import Fetcher

from recode_data.errors import IndexUnreachableError, UnknownReleaseError, UsageError
from recode_data.interpreters import (
    NEWEST_MINOR,
    OLDEST_MINOR,
    Interpreter,
    missing_interpreter,
    supported_tags,
)
from recode_data.releases.index import IndexSettings, redacted
from recode_data.releases.session import IndexSession

logger = logging.getLogger(__name__)

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
"""Distribution names, PEP 508."""
SHOWN_VERSIONS = 6


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file that an index offers."""

    filename: str
    version: Version
    url: str
    """May hold credentials."""
    sha256: str | None
    """None where the index tells no SHA-256, for example in a folder of `find_links`."""
    uploaded: str | None
    """`YYYY-MM-DD` (UTC), where the index tells it."""
    requires_python: str | None
    yanked: str | None
    """Reason, perhaps empty; None: not yanked."""

    @property
    def is_wheel(self) -> bool:
        """Otherwise it is a source archive."""
        return self.filename.endswith(".whl")

    @property
    def tags(self) -> frozenset[Tag]:
        """Of a wheel."""
        return frozenset(parse_wheel_filename(self.filename)[3])


@dataclass(frozen=True, slots=True)
class ReleaseFiles:
    """The files of one release that fit this machine; at least one of the two is there."""

    wheel: IndexFile | None
    sdist: IndexFile | None
    released: str | None
    """Upload date of the release's first file."""
    yanked: str | None
    complete: bool
    """False where an index did not answer: fit to work with, not to remember."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All files of one library over all indexes, each filename once, in order of preference."""

    library: str
    files: tuple[IndexFile, ...]
    unreachable: IndexUnreachableError | None = None

    def versions(self, *, with_wheel_for: Iterable[Interpreter] = ()) -> list[Version]:
        """Versions, ascending; yanked ones are left out."""
        interpreters = tuple(with_wheel_for)
        return sorted(
            {
                file.version
                for file in self.files
                if file.yanked is None
                and (not interpreters or choose_wheel([file], interpreters) is not None)
            }
        )


def list_files(library: str, session: IndexSession, settings: IndexSettings) -> Listing:
    """What the indexes offer for a library.

    Raises:
        UsageError: no distribution can have this name.
        IndexUnreachableError: no index answered.
        UnknownReleaseError: the settings forbid every index.
    """
    if NAME.fullmatch(library) is None:
        raise UsageError(f"{library!r} is no library's name; write for example numpy:1.26.4:2.0.0")
    failure: IndexUnreachableError | None = None
    merged: dict[str, IndexFile] = {}
    sources = _sources(settings, session)
    if not sources:
        raise UnknownReleaseError("the settings forbid every package index (no-index)")
    for finder in sources:
        finder_files: list[IndexFile] = []
        try:
            for package in finder.find_all_packages(library, allow_yanked=True):
                finder_files.extend(_index_file(package))
        except IndexUnreachableError as error:
            failure = error
            continue
        for file in finder_files:
            known = merged.get(file.filename)
            merged[file.filename] = file if known is None else _merge(known, file)
        if finder_files and settings.first_index:
            break
    if failure is not None and not merged:
        raise failure
    return Listing(library, tuple(merged.values()), failure)


def choose_files(
    listing: Listing, version: str, interpreters: Sequence[Interpreter]
) -> ReleaseFiles:
    """The files of one version: the wheel for the best interpreter that it has one for.

    Raises:
        UsageError: not a version number.
        UnknownReleaseError: the indexes list no such version; near ones are named.
        EnvironmentLacksError: there are wheels, but for Python versions that are not here.
        IndexUnreachableError: the version may be on an index that did not answer.
    """
    wanted = parse_version(version)
    files = [file for file in listing.files if file.version == wanted]
    if not files:
        raise listing.unreachable or _unknown(listing, wanted)
    wheels = [file for file in files if file.is_wheel]
    chosen = choose_wheel(wheels, interpreters)
    sdist = _best_sdist(files)
    if chosen is None and wheels and (minor := _minor_with_wheel(wheels)) is not None:
        raise missing_interpreter(minor, f"{listing.library} {version}")
    if chosen is None and sdist is None:
        raise UnknownReleaseError(
            f"{listing.library} {version} has no wheel for this machine\n"
            f"  versions that have one: {usable_versions(listing, wanted, interpreters)}"
        )
    dates = [file.uploaded for file in files if file.uploaded]
    reasons = [file.yanked for file in (chosen, sdist) if file and file.yanked is not None]
    return ReleaseFiles(
        chosen,
        sdist,
        min(dates, default=None),
        reasons[0] if reasons else None,
        listing.unreachable is None,
    )


def choose_wheel(
    files: Iterable[IndexFile], interpreters: Iterable[Interpreter]
) -> IndexFile | None:
    """The best wheel for the first interpreter that any wheel fits."""
    wheels = [file for file in files if file.is_wheel]
    for interpreter in interpreters:
        fitting = [
            file
            for file in wheels
            if interpreter.satisfies(file.requires_python)
            and not file.tags.isdisjoint(supported_tags(interpreter.minor))
        ]
        if fitting:
            return min(fitting, key=lambda file: _preference(file, interpreter.minor))
    return None


def parse_version(text: str) -> Version:
    """A version number.

    Raises:
        UsageError: it is none.
    """
    try:
        return Version(text)
    except InvalidVersion as error:
        raise UsageError(
            f"{text!r} is no version number; write for example numpy:1.26.4:2.0.0"
        ) from error


def usable_versions(listing: Listing, wanted: Version, interpreters: Sequence[Interpreter]) -> str:
    """The versions with a usable wheel that are nearest to the wanted one, for a message."""
    return _nearest(listing.versions(with_wheel_for=interpreters), wanted)


def _preference(file: IndexFile, minor: tuple[int, int]) -> tuple[int, tuple[int, str], str]:
    ranks = _tag_ranks(minor)
    build = parse_wheel_filename(file.filename)[2]
    number, text = build if build else (-1, "")
    rank = min(ranks.get(tag, len(ranks)) for tag in file.tags)
    return rank, (-number, text), file.filename


def _tag_ranks(minor: tuple[int, int]) -> dict[Tag, int]:
    from unearth import TargetPython

    return {tag: rank for rank, tag in enumerate(TargetPython(py_ver=minor).supported_tags())}


def _best_sdist(files: Iterable[IndexFile]) -> IndexFile | None:
    """One source archive: the standard format before the old ones."""
    formats = (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz")
    sdists = [file for file in files if file.filename.endswith(formats)]

    def rank(file: IndexFile) -> tuple[int, str]:
        endings = [position for position, e in enumerate(formats) if file.filename.endswith(e)]
        return endings[0], file.filename

    return min(sdists, key=rank, default=None)


def _minor_with_wheel(wheels: Sequence[IndexFile]) -> tuple[int, int] | None:
    """The newest Python for which this machine could install one of the wheels."""
    for minor in range(NEWEST_MINOR[1], OLDEST_MINOR[1] - 1, -1):
        candidate = Interpreter("", f"3.{minor}.99", "")
        if choose_wheel(wheels, [candidate]) is not None:
            return (3, minor)
    return None


def _unknown(listing: Listing, wanted: Version) -> UnknownReleaseError:
    versions = listing.versions()
    if not versions:
        return UnknownReleaseError(
            f"the package index has no library {listing.library!r}: check how it is spelled; "
            "the name is the one given to `pip install`"
        )
    return UnknownReleaseError(
        f"{listing.library} has no release {wanted}\n  nearest: {_nearest(versions, wanted)}"
    )


def _nearest(versions: Sequence[Version], wanted: Version) -> str:
    """Final versions around the wanted one, ascending; prereleases only where nothing else is."""
    final = [version for version in versions if not version.is_prerelease] or list(versions)
    if not final:
        return "none"
    place = bisect.bisect_left(final, wanted)
    start = max(0, min(place - SHOWN_VERSIONS // 2, len(final) - SHOWN_VERSIONS))
    return ", ".join(map(str, final[start : start + SHOWN_VERSIONS]))


# --- unearth --------------------------------------------------------------------------------------


def _sources(settings: IndexSettings, session: IndexSession) -> list[PackageFinder]:
    """One finder per source, so that one that fails does not hide the others.

    Folders first: where the same file lies there and on an index, no download is needed. Then the
    order of the tools: uv asks the extra indexes first, pip last.
    """

    def finder(*, index_urls: Sequence[str] = (), find_links: Sequence[str] = ()) -> PackageFinder:
        return PackageFinder(
            cast(Fetcher, session),  # its own client does not quite match its own protocol
            index_urls=index_urls,
            find_links=find_links,
            ignore_compatibility=True,  # all files are wanted, not only the running Python's
        )

    folders = [
        finder(find_links=[place])
        for place in settings.find_links
        if "://" in place or Path(place).exists()
    ]
    if settings.no_index:
        return folders
    default = finder(index_urls=[settings.index_url] if settings.index_url else [])
    extra = [finder(index_urls=[url]) for url in settings.extra_index_urls]
    return [*folders, *extra, default] if settings.first_index else [*folders, default, *extra]


def _index_file(package: Package) -> Iterable[IndexFile]:
    link = package.link
    if package.version is None or _is_smuggled(link):
        return
    hashes = link.hash_option or {}
    sha256 = hashes.get("sha256", [None])[0]
    yield IndexFile(
        filename=link.filename,
        version=Version(package.version),
        url=link.normalized,
        sha256=sha256.lower() if sha256 else None,
        uploaded=link.upload_time.strftime("%Y-%m-%d") if link.upload_time else None,
        requires_python=link.requires_python,
        yanked=_yank_reason(link),
    )


def _yank_reason(link: Link) -> str | None:
    """JSON indexes write `true` where no reason was given, HTML pages an empty attribute."""
    if not link.is_yanked:
        return None
    return link.yank_reason if isinstance(link.yank_reason, str) else ""


def _is_smuggled(link: Link) -> bool:
    """A page from the network that points into this machine's files."""
    origin = urlsplit(link.comes_from or "").scheme
    if link.is_file and origin in ("http", "https"):
        logger.warning("ignoring %s: a page of an index names a local file", redacted(link.url))
        return True
    return False


def _merge(known: IndexFile, other: IndexFile) -> IndexFile:
    """The same filename from two sources; what is known of it comes from both."""
    if known.sha256 and other.sha256 and known.sha256 != other.sha256:
        logger.warning(
            "two sources offer %s with different contents; the first is taken", known.filename
        )
        return known
    return IndexFile(
        filename=known.filename,
        version=known.version,
        url=known.url,
        sha256=known.sha256 or other.sha256,
        uploaded=known.uploaded or other.uploaded,
        requires_python=known.requires_python or other.requires_python,
        yanked=known.yanked if known.yanked is not None else other.yanked,
    )

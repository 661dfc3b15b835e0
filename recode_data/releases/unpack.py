"""Unpacks wheels and sdists that may be hostile.

Refused: absolute names, `..`, NUL, links that leave the folder, files written through a link,
device files and pipes, two different members of one name (also where only the file system takes
them for one), encrypted members, and decompression bombs. Honest links inside the tree are kept;
hard links become copies. Owners, setuid bits and times are not taken over. Everything is written to
a temporary folder and moved in one step, so a tree in the cache is whole or not there.

Compiled files may be left empty: who reads names and texts needs no more of them, and of a wheel of
torch they are 1.47 of 1.55 GB.
"""

from __future__ import annotations

import lzma
import os
import re
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from recode_data.disk import FULL, disk_full
from recode_data.errors import CorruptArtifactError, UnsafeArchiveError

CHUNK_BYTES = 1 << 18
LONGEST_NAME_BYTES = 255
"""Of one part of a path, on every usual file system."""


_COMPILED = re.compile(
    r"[^/]\.(?:a|dll|dylib|exe|lib|o|pyd|so(?:\.\d[0-9a-z]*)*)\Z", re.IGNORECASE | re.ASCII
)
"""What a compiler or linker made: `libssl.so.1.0.2k` as well as `_core.abi3.so`."""


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """What a release may unpack to; the largest wheels published today stay below."""

    total_bytes: int = 4 << 30
    files: int = 200_000
    ratio: int = 200
    """Unpacked to packed; honest releases stay under 30."""
    ratio_from_bytes: int = 64 << 20
    """The ratio counts from here on: a small, very regular file is harmless."""


@dataclass(frozen=True, slots=True)
class _Member:
    """One entry, of either archive kind."""

    name: str
    kind: str
    """`file`, `folder`, `symlink`, `hardlink`, or what it is otherwise."""
    link: str = ""
    executable: bool = False
    source: zipfile.ZipInfo | tarfile.TarInfo | None = None


@dataclass(frozen=True, slots=True)
class _Content:
    """What tells the content of a file that is not kept."""

    size: int
    crc: int


def is_compiled(name: str) -> bool:
    """Whether a file is named as compiled code; its content is not looked at."""
    return _COMPILED.search(name) is not None


def unpack(
    archive: Path,
    folder: Path,
    limits: UnpackLimits | None = None,
    *,
    compiled_empty: bool = False,
) -> None:
    """Unpack a wheel or sdist into `folder`, which must not exist yet.

    Args:
        archive: The wheel or sdist.
        folder: Where to.
        limits: On what the archive says that it holds, written or not.
        compiled_empty: Compiled files are there by name alone (`is_compiled`).

    Raises:
        UnsafeArchiveError: see the module's docstring; the message names the member.
        CorruptArtifactError: not an archive, or a damaged one.
        EnvironmentLacksError: the disk is full.
    """
    folder.mkdir(parents=True)
    unpacking = partial(_Unpacking, archive, folder, limits or UnpackLimits(), compiled_empty)
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                unpacking(opened).run()
        else:
            with tarfile.open(archive) as opened_tar:
                unpacking(opened_tar).run()
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CorruptArtifactError(f"{archive.name} cannot be unpacked: {error}") from error
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if error.errno in FULL:
            raise disk_full(folder.parent) from error
        raise
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def root_of(folder: Path, filename: str) -> Path:
    """Where the content of an unpacked archive begins: an sdist consists of one folder."""
    inner = list(folder.iterdir())
    if not filename.endswith(".whl") and len(inner) == 1 and inner[0].is_dir():
        return inner[0]
    return folder


class _Unpacking:
    """One archive on its way into one folder."""

    def __init__(
        self,
        archive: Path,
        folder: Path,
        limits: UnpackLimits,
        compiled_empty: bool,
        opened: zipfile.ZipFile | tarfile.TarFile,
    ) -> None:
        self._archive = archive
        self._packed = archive.stat().st_size
        self._folder = os.path.realpath(folder)
        self._limits = limits
        self._compiled_empty = compiled_empty
        self._opened = opened
        self._bytes = 0
        self._files: set[str] = set()
        self._empty: dict[str, _Content] = {}
        self._folders = {""}

    def run(self) -> None:
        """Regular files first, links last, so that nothing can be written through a link."""
        links: list[tuple[str, _Member]] = []
        for count, member in enumerate(self._members(), start=1):
            if count > self._limits.files:
                raise self._unsafe(member.name, f"more than {self._limits.files} members")
            path = self._safe_path(member.name)
            if member.kind == "folder":
                self._make_folder(path)
            elif member.kind == "file":
                self._write_file(path, member)
            elif member.kind in ("symlink", "hardlink"):
                links.append((path, member))
            else:
                raise self._unsafe(member.name, f"is a {member.kind}")
        for path, member in links:
            self._link(path, member)
        for path, member in links:
            self._check_link(path, member)

    def _members(self) -> Iterator[_Member]:
        if isinstance(self._opened, zipfile.ZipFile):
            for info in self._opened.infolist():
                yield _zip_member(info, self._opened)
        else:
            for entry in self._opened:
                yield _tar_member(entry)

    def _safe_path(self, name: str) -> str:
        """The member's place below the folder, without `.` and doubled slashes."""
        if "\0" in name:
            raise self._unsafe(name, "has a NUL in its name")
        # a backslash is an honest character here, and a separator elsewhere: read it both ways
        as_elsewhere = name.replace("\\", "/")
        if as_elsewhere.startswith("/") or name[1:2] == ":":
            raise self._unsafe(name, "has an absolute name")
        if ".." in as_elsewhere.split("/"):
            raise self._unsafe(name, "climbs out of its folder")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if any(len(os.fsencode(part)) > LONGEST_NAME_BYTES for part in parts):
            raise self._unsafe(name[:80], "has a name that is too long")
        return "/".join(parts)

    def _make_folder(self, path: str) -> None:
        if path in self._folders:
            return
        try:
            os.makedirs(self._at(path), exist_ok=True)  # noqa: PTH103 - half the time of Path's
        except (FileExistsError, NotADirectoryError):
            raise self._unsafe(path, "is both a file and a folder") from None
        self._folders.add(path)

    def _at(self, path: str) -> str:
        return f"{self._folder}/{path}"

    def _write_file(self, path: str, member: _Member) -> None:
        if not path:
            raise self._unsafe(member.name, "has no name")
        self._make_folder(path.rpartition("/")[0])
        if self._compiled_empty and is_compiled(path):
            self._write_empty(path, member)
        else:
            self._write_whole(path, member)
        if member.executable:
            Path(self._at(path)).chmod(0o755)
        self._files.add(path)

    def _write_whole(self, path: str, member: _Member) -> None:
        try:
            # "x": also finds two names that this file system takes for one
            with (
                open(self._at(path), "xb") as file,  # noqa: PTH123 - thousands of files
                self._stream(member) as stream,
            ):
                while chunk := stream.read(CHUNK_BYTES):
                    self._count(len(chunk), member)
                    file.write(chunk)
        except FileExistsError:
            if os.path.isdir(self._at(path)):  # noqa: PTH112 - as above
                raise self._unsafe(member.name, "is both a file and a folder") from None
            with self._stream(member) as stream:
                if not self._is_same(Path(self._at(path)), stream, member):
                    raise self._unsafe(
                        member.name, "occurs twice with different contents"
                    ) from None

    def _write_empty(self, path: str, member: _Member) -> None:
        content = self._content(member)
        known = self._empty.setdefault(path, content)
        try:
            with open(self._at(path), "xb"):  # noqa: PTH123 - as above
                return
        except FileExistsError:
            if os.path.isdir(self._at(path)):  # noqa: PTH112 - as above
                raise self._unsafe(member.name, "is both a file and a folder") from None
            if known != content:
                raise self._unsafe(member.name, "occurs twice with different contents") from None

    def _content(self, member: _Member) -> _Content:
        """Of a member that is not written: a zip archive tells it, a tar archive must be read anyway.

        What a zip archive tells may be wrong, which harms nobody: the file is empty all the same.
        """
        source = member.source
        if isinstance(source, zipfile.ZipInfo):
            self._check_is_open(source)
            self._count(source.file_size, member)
            return _Content(source.file_size, source.CRC)
        size = crc = 0
        with self._stream(member) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                self._count(len(chunk), member)
                size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        return _Content(size, crc)

    def _is_same(self, target: Path, stream: IO[bytes], member: _Member) -> bool:
        with target.open("rb") as file:
            while chunk := stream.read(CHUNK_BYTES):
                self._count(len(chunk), member)
                if file.read(len(chunk)) != chunk:
                    return False
            return not file.read(1)

    def _stream(self, member: _Member) -> IO[bytes]:
        source = member.source
        if isinstance(self._opened, zipfile.ZipFile) and isinstance(source, zipfile.ZipInfo):
            self._check_is_open(source)
            try:
                return self._opened.open(source)
            except NotImplementedError as error:
                raise CorruptArtifactError(f"{self._archive.name}: {error}") from error
        if isinstance(self._opened, tarfile.TarFile) and isinstance(source, tarfile.TarInfo):
            stream = self._opened.extractfile(source)
            if stream is not None:
                return stream
        raise CorruptArtifactError(f"{self._archive.name}: {member.name} has no content")

    def _check_is_open(self, source: zipfile.ZipInfo) -> None:
        if source.flag_bits & 0x1:
            raise self._unsafe(source.filename, "is encrypted")

    def _count(self, size: int, member: _Member) -> None:
        self._bytes += size
        if self._bytes > self._limits.total_bytes:
            raise self._unsafe(member.name, f"unpacks to over {self._limits.total_bytes} bytes")
        if (
            self._bytes > self._limits.ratio_from_bytes
            and self._bytes > self._limits.ratio * self._packed
        ):
            raise self._unsafe(
                member.name, f"unpacks to over {self._limits.ratio} times the archive's size"
            )

    def _link(self, path: str, member: _Member) -> None:
        if not path:
            raise self._unsafe(member.name, "has no name")
        parent = path.rpartition("/")[0]
        self._make_folder(parent)
        if os.path.realpath(self._at(parent)) != self._at(parent).rstrip("/"):
            raise self._unsafe(member.name, "is written through a link")
        target = Path(self._at(path))
        if os.path.lexists(target):
            raise self._unsafe(member.name, "occurs twice with different contents")
        if member.kind == "hardlink":
            origin = self._safe_path(member.link)
            if origin not in self._files:
                raise self._unsafe(member.name, f"is a link to {member.link!r}, no file of it")
            empty = self._empty.get(origin)
            size = empty.size if empty is not None else Path(self._at(origin)).stat().st_size
            self._count(size, member)
            if self._compiled_empty and is_compiled(path):
                target.touch()
            else:
                shutil.copy(self._at(origin), target)
            return
        if not member.link or "\0" in member.link or member.link.startswith("/"):
            raise self._unsafe(member.name, f"is a link that leaves its folder: {member.link!r}")
        target.symlink_to(member.link)

    def _check_link(self, path: str, member: _Member) -> None:
        """Only when all links are there does it show where a chain of them leads."""
        end = os.path.realpath(self._at(path))
        if end != self._folder and not end.startswith(self._folder + os.sep):
            raise self._unsafe(member.name, f"is a link that leaves its folder: {member.link!r}")

    def _unsafe(self, name: str, why: str) -> UnsafeArchiveError:
        return UnsafeArchiveError(f"{self._archive.name}: member {name!r} {why}; not unpacked")


def _zip_member(info: zipfile.ZipInfo, opened: zipfile.ZipFile) -> _Member:
    name = info.orig_filename  # zipfile cuts `filename` at a NUL
    mode = info.external_attr >> 16
    file_type = stat.S_IFMT(mode)
    if info.is_dir():
        return _Member(name, "folder")
    if file_type == stat.S_IFLNK:
        link = opened.read(info).decode("utf-8", "surrogateescape")
        return _Member(name, "symlink", link)
    if file_type not in (0, stat.S_IFREG):
        return _Member(name, "special file")
    return _Member(name, "file", executable=bool(mode & 0o100), source=info)


def _tar_member(entry: tarfile.TarInfo) -> _Member:
    if entry.isdir():
        return _Member(entry.name, "folder")
    if entry.isreg():
        return _Member(entry.name, "file", executable=bool(entry.mode & 0o100), source=entry)
    if entry.issym():
        return _Member(entry.name, "symlink", entry.linkname)
    if entry.islnk():
        return _Member(entry.name, "hardlink", entry.linkname)
    return _Member(entry.name, "device file" if entry.isdev() else "special file")

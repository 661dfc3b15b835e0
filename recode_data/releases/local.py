"""Releases that lie on this machine: a wheel, an sdist, a folder, or a commit of a repository."""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from recode_data.errors import EnvironmentLacksError, UsageError
from recode_data.records import Artifact, Release
from recode_data.releases.download import ArtifactCache
from recode_data.releases.metadata import wheel_metadata
from recode_data.releases.source_wheel import SKIPPED, declared_by, write_source_wheel
from recode_data.releases.unpack import root_of, unpack
from recode_data.steps import SourceKind, VersionSource

LOCAL_MARK = "+local."
"""In versions of trees without a release of their own, before a hash of their content."""
FOLDER_FILES = 200_000
"""A folder with more files is no source tree but a mistake."""
GIT_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class LocalReleases:
    """Reads local releases into the cache."""

    artifacts: ArtifactCache

    def read(self, library: str, source: VersionSource) -> Release:
        """The release; what its folder or commit contains is copied first.

        Raises:
            UsageError: no such file, another library, or a tree that must be compiled.
            UnsafeArchiveError: a hostile archive.
            EnvironmentLacksError: git is missing, or the disk is full.
        """
        path = Path(source.text).expanduser()
        wanted_kind = "folder" if source.kind in (SourceKind.FOLDER, SourceKind.GIT) else "file"
        if not (path.is_dir() if wanted_kind == "folder" else path.is_file()):
            raise UsageError(f"{source.text}: there is no such {wanted_kind}")
        if source.kind is SourceKind.WHEEL:
            return self._from_wheel(library, path)
        if source.kind is SourceKind.SDIST:
            return self.from_sdist(library, self.artifacts.add(path))
        with TemporaryDirectory() as folder:
            archive = Path(folder) / f"{canonicalize_name(library)}.tar"
            if source.kind is SourceKind.FOLDER:
                _pack_folder(path, archive)
                return self._from_tree(library, archive, None)
            day = _pack_commit(path, source.ref or "HEAD", archive)
            return self._from_tree(library, archive, day)

    def from_sdist(self, library: str, sdist: Artifact, released: str | None = None) -> Release:
        """A release that has no wheel, or whose wheel nobody named."""
        return self._build(library, sdist, released, local=False)

    def _from_wheel(self, library: str, path: Path) -> Release:
        try:
            name = parse_wheel_filename(path.name)[0]
        except InvalidWheelFilename as error:
            raise UsageError(f"{path.name} has no valid wheel name: {error}") from error
        if name != canonicalize_name(library):
            raise UsageError(f"{path.name} is a wheel of {name}, not of {library}")
        wheel = self.artifacts.add(path)
        return release_of_wheel(self.artifacts.path(wheel), wheel, None, None)

    def _from_tree(self, library: str, archive: Path, released: str | None) -> Release:
        sdist = self.artifacts.add(archive)
        return self._build(library, sdist, released, local=True)

    def _build(
        self, library: str, sdist: Artifact, released: str | None, *, local: bool
    ) -> Release:
        with TemporaryDirectory() as folder:
            # a tree of its own: of compiled files, the one in the cache has the names alone
            whole = Path(folder) / "unpacked"
            unpack(self.artifacts.path(sdist), whole)
            root = root_of(whole, sdist.filename)
            declared = declared_by(root, library)
            if local:
                public = declared.version.partition("+")[0]
                declared = replace(declared, version=f"{public}{LOCAL_MARK}{sdist.sha256[:12]}")
            wheel = self.artifacts.add(write_source_wheel(root, declared, Path(folder)))
        return release_of_wheel(self.artifacts.path(wheel), wheel, sdist, released)


def release_of_wheel(
    path: Path, wheel: Artifact, sdist: Artifact | None, released: str | None
) -> Release:
    """The release as its wheel describes it.

    Raises:
        CorruptArtifactError: not a wheel.
    """
    metadata, import_names = wheel_metadata(path)
    return Release(
        library=metadata.name,
        version=metadata.version,
        import_names=import_names,
        released=released,
        requires_python=metadata.requires_python,
        licence=metadata.licence,
        wheel=wheel,
        sdist=sdist,
    )


def _pack_folder(folder: Path, archive: Path) -> None:
    """Copy a source tree; same content, same bytes. Build outputs and hidden folders are left."""
    with tarfile.open(archive, mode="w") as tar:  # plain: gzip's bytes depend on its version
        for count, path in enumerate(_tree_files(folder), start=1):
            if count > FOLDER_FILES:
                raise UsageError(f"{folder} has over {FOLDER_FILES} files: no library's source")
            entry = tarfile.TarInfo(f"{archive.stem}/{path.relative_to(folder).as_posix()}")
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as file:
                tar.addfile(entry, file)


def _tree_files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name not in SKIPPED and not name.startswith(".") and name != "dist"
        )
        for name in sorted(files):
            path = Path(root) / name
            if path.is_file() and not path.is_symlink() and path.suffix not in (".pyc", ".pyo"):
                yield path


def _pack_commit(repository: Path, ref: str, archive: Path) -> str:
    """Write a commit's tree to `archive`; the commit's day, `YYYY-MM-DD` (UTC)."""
    commit = _git(repository, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
    prefix = f"{archive.stem}/"
    _git(
        repository,
        "archive",
        "--format=tar",
        f"--prefix={prefix}",
        f"--output={archive}",
        commit,
    )
    return _git(
        repository, "show", "--no-patch", "--format=%cd", "--date=format-local:%Y-%m-%d", commit
    )


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    environ = {**os.environ, "TZ": "UTC", "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program; the ref comes after its options
            command, env=environ, capture_output=True, text=True, timeout=GIT_TIMEOUT_S, check=False
        )
    except FileNotFoundError as error:
        raise EnvironmentLacksError("the program `git` is missing", "install git") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"git did not end within {GIT_TIMEOUT_S:.0f} s: {repository}") from error
    if done.returncode != 0:
        raise UsageError(f"git cannot read {repository}: {done.stderr.strip()}")
    return done.stdout.strip()

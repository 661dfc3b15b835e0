from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.version import Version

from recode_data.errors import CorruptArtifactError, EnvironmentLacksError, IndexUnreachableError
from recode_data.locks import Claims
from recode_data.records import Artifact
from recode_data.releases import download
from recode_data.releases.download import STALE_S, ArtifactCache
from recode_data.releases.index import IndexSettings
from recode_data.releases.resolve import IndexFile
from recode_data.releases.session import IndexSession
from tests.loopback_index import OfferedFile, ToyIndex


@pytest.fixture
def index() -> Iterator[ToyIndex]:
    with ToyIndex().serving() as serving:
        yield serving


@pytest.fixture
def cache(tmp_path: Path) -> ArtifactCache:
    return ArtifactCache(tmp_path / "artifacts", Claims(tmp_path / "in-use"))


def listed(index: ToyIndex, offered: OfferedFile, *, told: bool = True) -> IndexFile:
    claimed = offered.sha256 or hashlib.sha256(offered.content).hexdigest()
    url = index.url.replace("/simple/", f"/files/{offered.name}")
    sha256 = claimed if told else None
    return IndexFile(offered.name, Version("1.0"), url, sha256, None, None, None)


def fetched(cache: ArtifactCache, file: IndexFile) -> Artifact:
    with IndexSession(IndexSettings(), backoff_s=0.001) as session:
        return cache.fetch(file, session)


def files_in(cache: ArtifactCache) -> list[str]:
    return [path.name for path in cache.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("told", [True, False], ids=["hash told", "no hash told"])
def test_a_file_lies_under_its_hash(index: ToyIndex, cache: ArtifactCache, told: bool) -> None:
    offered = index.offer("alpha", "1.0")
    artifact = fetched(cache, listed(index, offered, told=told))
    assert artifact.sha256 == hashlib.sha256(offered.content).hexdigest()
    path = cache.verified(artifact)
    assert path is not None
    assert path.read_bytes() == offered.content
    assert artifact.sha256 in path.parts
    assert files_in(cache) == [offered.name]


def test_it_is_downloaded_once(index: ToyIndex, cache: ArtifactCache) -> None:
    file = listed(index, index.offer("alpha", "1.0"))
    assert fetched(cache, file) == fetched(cache, file)
    assert index.count(".whl") == 1


@pytest.mark.parametrize("damage", [b"", b"x", None], ids=["cut", "other content", "gone"])
def test_a_corrupt_entry_is_downloaded_again(
    damage: bytes | None, index: ToyIndex, cache: ArtifactCache
) -> None:
    offered = index.offer("alpha", "1.0")
    artifact = fetched(cache, listed(index, offered))
    path = cache.path(artifact)
    if damage is None:
        path.unlink()
    else:
        path.write_bytes((offered.content[:-1] + damage) if damage else b"")
    assert cache.verified(artifact) is None
    assert fetched(cache, listed(index, offered)) == artifact
    assert path.read_bytes() == offered.content


@pytest.mark.parametrize("trouble", ["altered", "cut_short"])
def test_one_bad_download_is_repeated(trouble: str, index: ToyIndex, cache: ArtifactCache) -> None:
    offered = index.offer("alpha", "1.0")
    getattr(index, trouble)[offered.name] = 1
    fetched(cache, listed(index, offered))
    assert index.count(".whl") == 2
    assert files_in(cache) == [offered.name]


def test_an_index_that_lies_is_found_out(index: ToyIndex, cache: ArtifactCache) -> None:
    offered = index.offer("alpha", "1.0", sha256="0" * 64)
    with pytest.raises(CorruptArtifactError, match="a mirror or proxy alters files"):
        fetched(cache, listed(index, offered))
    assert files_in(cache) == []


def test_a_line_that_keeps_breaking(index: ToyIndex, cache: ArtifactCache) -> None:
    offered = index.offer("alpha", "1.0")
    index.cut_short[offered.name] = 100
    with pytest.raises(IndexUnreachableError, match=r"cannot download alpha-1\.0"):
        fetched(cache, listed(index, offered))
    assert files_in(cache) == []


def test_a_file_that_is_gone_from_the_index(index: ToyIndex, cache: ArtifactCache) -> None:
    offered = index.offer("alpha", "1.0")
    file = listed(index, offered)
    index.files.clear()
    with pytest.raises(IndexUnreachableError, match="status 404"):
        fetched(cache, file)
    assert index.count(".whl") == 1


def test_progress_is_told(index: ToyIndex, cache: ArtifactCache) -> None:
    offered = index.offer("alpha", "1.0", {"alpha/__init__.py": "#" * 600_000})
    seen: list[tuple[str, int, int | None]] = []
    with IndexSession(IndexSettings(), backoff_s=0.001) as session:
        cache.fetch(
            listed(index, offered),
            session,
            lambda name, done, total: seen.append((name, done, total)),
        )
    size = len(offered.content)
    assert len(seen) > 1
    assert seen[-1] == (offered.name, size, size)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_old_partial_files_of_killed_processes_go(index: ToyIndex, cache: ArtifactCache) -> None:
    partial = cache.folder / ".partial"
    partial.mkdir(parents=True)
    stale, young = partial / "stale", partial / "young"
    for path in (stale, young):
        path.touch()
    os.utime(stale, (time.time() - STALE_S - 60,) * 2)
    fetched(cache, listed(index, index.offer("alpha", "1.0")))
    assert (stale.exists(), young.exists()) == (False, True)


def test_a_local_file_is_copied(cache: ArtifactCache, tmp_path: Path) -> None:
    (tmp_path / "mine.whl").write_bytes(b"content")
    artifact = cache.add(tmp_path / "mine.whl")
    (tmp_path / "mine.whl").unlink()
    assert cache.path(artifact).read_bytes() == b"content"
    assert (artifact.filename, artifact.size) == ("mine.whl", 7)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_the_machines_lack(
    number: int, index: ToyIndex, cache: ArtifactCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(path: Path, *arguments: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(download.Path, "open", no_room)
    with pytest.raises(EnvironmentLacksError, match="the disk is full"):
        fetched(cache, listed(index, index.offer("alpha", "1.0")))


def test_a_really_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    """On a file system of 200 KB; only root may mount one."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", small],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no small file system: only root may mount one")
    try:
        cache = ArtifactCache(small / "artifacts", Claims(tmp_path / "in-use"))
        (tmp_path / "big.whl").write_bytes(b"x" * 1_000_000)
        with pytest.raises(EnvironmentLacksError, match=r"big\.whl|the disk is full") as caught:
            cache.add(tmp_path / "big.whl")
        assert caught.value.exit_code == 3
        assert files_in(cache) == []
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_killed_download_leaves_no_entry(index: ToyIndex, cache: ArtifactCache) -> None:
    """A process that a file-size limit kills in the middle of writing."""
    script = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from recode_data.locks import Claims\n"
        "from recode_data.releases.download import ArtifactCache\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "claims = Claims(Path(sys.argv[1]).with_name('in-use'))\n"
        "ArtifactCache(Path(sys.argv[1]), claims).add(Path(sys.argv[2]))\n"
    )
    big = cache.folder.parent / "big.whl"
    big.write_bytes(b"x" * 100_000)
    done = subprocess.run(
        [sys.executable, "-c", script, cache.folder, big],
        preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_DFL),
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert [name for name in files_in(cache) if name == "big.whl"] == []
    assert cache.add(big).size == 100_000

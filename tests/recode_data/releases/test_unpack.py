from __future__ import annotations

import io
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from recode_data.errors import CorruptArtifactError, RecodeError, UnsafeArchiveError
from recode_data.releases.unpack import UnpackLimits, unpack

Entry = tuple[str, bytes]


def zip_of(path: Path, *entries: Entry | tuple[str, bytes, int]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # duplicate names are what some tests are about
        for entry in entries:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = entry[0]
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (entry[2] if len(entry) == 3 else stat.S_IFREG | 0o644) << 16
            archive.writestr(info, entry[1])
    return path


def tar_of(path: Path, *entries: tarfile.TarInfo | Entry) -> Path:
    mode = "w:" + path.suffix.strip(".").replace("tar", "")
    with tarfile.open(path, mode) as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                archive.addfile(info, io.BytesIO(entry[1]))
    return path


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def symlink(name: str, target: str) -> tarfile.TarInfo:
    return special(name, tarfile.SYMTYPE, target)


def hardlink(name: str, target: str) -> tarfile.TarInfo:
    return special(name, tarfile.LNKTYPE, target)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".tar"])
def test_unpacks_every_tar_format(tmp_path: Path, suffix: str) -> None:
    archive = tar_of(tmp_path / f"a{suffix}", ("lib-1/lib/a.py", b"x = 1"), ("lib-1/README", b"r"))
    unpack(archive, tmp_path / "out")
    assert tree(tmp_path / "out") == {"lib-1/README": b"r", "lib-1/lib/a.py": b"x = 1"}


def test_unpacks_a_wheel(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.whl", ("lib/a.py", b"1"), ("lib/sub/b.py", b"2"))
    unpack(archive, tmp_path / "out")
    assert tree(tmp_path / "out") == {"lib/a.py": b"1", "lib/sub/b.py": b"2"}


TAR_ATTACKS: dict[str, tuple[list[tarfile.TarInfo | Entry], str]] = {
    "absolute": ([("/etc/evil", b"x")], "absolute name"),
    "climbing": ([("lib/../../evil", b"x")], "climbs out"),
    "climbing as elsewhere": ([("lib\\..\\..\\evil", b"x")], "climbs out"),
    "drive letter": ([("C:/evil", b"x")], "absolute name"),
    "link outside": ([symlink("lib/a", "../../evil")], "leaves its folder"),
    "absolute link": ([symlink("lib/a", "/etc/passwd")], "leaves its folder"),
    "link chain outside": (
        [special("lib", tarfile.DIRTYPE), symlink("a", "."), symlink("lib/b", "../a/../evil")],
        "leaves its folder",
    ),
    "file through a link": (
        [symlink("lib", "other"), ("lib/a.py", b"x")],
        "occurs twice",
    ),
    "link through a link": (
        [special("d", tarfile.DIRTYPE), symlink("l", "d"), symlink("l/x", "y")],
        "l/x",
    ),
    "hard link outside": ([hardlink("lib/a", "../../etc/passwd")], "climbs out"),
    "hard link to no member": ([hardlink("lib/a", "lib/b")], "no file of it"),
    "hard link to a link": ([symlink("lib/b", "c"), hardlink("lib/a", "lib/b")], "no file of it"),
    "character device": ([special("lib/null", tarfile.CHRTYPE)], "device"),
    "block device": ([special("lib/disk", tarfile.BLKTYPE)], "device"),
    "pipe": ([special("lib/pipe", tarfile.FIFOTYPE)], "device"),
    "twice, different": ([("lib/a", b"1"), ("lib/a", b"2")], "occurs twice"),
    "twice, spelled differently": ([("lib/a", b"1"), ("lib/./a", b"2")], "occurs twice"),
    "file as folder": ([("lib/a", b"1"), ("lib/a/b", b"2")], "both a file and a folder"),
    "folder as file": ([("lib/a/b", b"2"), ("lib/a", b"1")], "both a file and a folder"),
    "no name": ([(".", b"1")], "has no name"),
    "long name": ([("l" * 300, b"1")], "too long"),
}


@pytest.mark.parametrize("attack", TAR_ATTACKS)
def test_refuses_hostile_tar(tmp_path: Path, attack: str) -> None:
    entries, words = TAR_ATTACKS[attack]
    archive = tar_of(tmp_path / "a.gz", *entries)
    with pytest.raises(UnsafeArchiveError, match=words):
        unpack(archive, tmp_path / "in" / "out")
    assert not (tmp_path / "in" / "out").exists()
    assert not (tmp_path / "evil").exists()
    assert not (tmp_path / "in" / "evil").exists()


ZIP_ATTACKS: dict[str, tuple[list[tuple[str, bytes, int]], str]] = {
    "absolute": ([("/etc/evil", b"x", stat.S_IFREG)], "absolute name"),
    "climbing": ([("../evil", b"x", stat.S_IFREG)], "climbs out"),
    "link outside": ([("lib/a", b"../../evil", stat.S_IFLNK | 0o777)], "leaves its folder"),
    "device": ([("lib/a", b"", stat.S_IFCHR | 0o600)], "special file"),
    "NUL": ([("lib/a.py\0.txt", b"x", stat.S_IFREG)], "NUL"),
    "twice": ([("a", b"1", stat.S_IFREG), ("a", b"2", stat.S_IFREG)], "occurs twice"),
}


@pytest.mark.parametrize("attack", ZIP_ATTACKS)
def test_refuses_hostile_zip(tmp_path: Path, attack: str) -> None:
    entries, words = ZIP_ATTACKS[attack]
    with pytest.raises(UnsafeArchiveError, match=words):
        unpack(zip_of(tmp_path / "a.whl", *entries), tmp_path / "in" / "out")
    assert not (tmp_path / "in" / "out").exists()
    assert not (tmp_path / "in" / "evil").exists()


def test_keeps_honest_links(tmp_path: Path) -> None:
    archive = tar_of(
        tmp_path / "a.gz",
        ("lib/a.py", b"x"),
        symlink("lib/sub/b.py", "../a.py"),
        hardlink("lib/c.py", "lib/a.py"),
        symlink("docs", "lib"),
        symlink("dangling", "nowhere"),
    )
    unpack(archive, tmp_path / "out")
    out = tmp_path / "out"
    assert (out / "lib/sub/b.py").read_bytes() == b"x"
    assert (out / "docs/a.py").read_bytes() == b"x"
    assert (out / "lib/c.py").stat().st_ino != (out / "lib/a.py").stat().st_ino
    assert (out / "dangling").readlink() == Path("nowhere")


def test_same_member_twice_with_the_same_content_is_harmless(tmp_path: Path) -> None:
    unpack(tar_of(tmp_path / "a.gz", ("a", b"1"), ("a", b"1")), tmp_path / "out")
    assert tree(tmp_path / "out") == {"a": b"1"}


def test_takes_over_execute_bit_but_not_setuid(tmp_path: Path) -> None:
    info = tarfile.TarInfo("run")
    info.mode = 0o4777
    unpack(tar_of(tmp_path / "a.gz", info), tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out/run").stat().st_mode) == 0o755


BOMBS: dict[str, UnpackLimits] = {
    "total": UnpackLimits(total_bytes=1 << 20),
    "ratio": UnpackLimits(ratio=100, ratio_from_bytes=1 << 20),
}


@pytest.mark.parametrize("make", [zip_of, tar_of], ids=["zip", "tar"])
@pytest.mark.parametrize("limit", BOMBS)
def test_refuses_bombs(tmp_path: Path, limit: str, make: Callable[..., Path]) -> None:
    archive = make(tmp_path / "a.gz", ("lib/zeros", bytes(4 << 20)))
    with pytest.raises(UnsafeArchiveError, match=r"lib/zeros.*unpacks to over"):
        unpack(archive, tmp_path / "out", BOMBS[limit])
    assert not (tmp_path / "out").exists()


def test_small_regular_file_is_no_bomb(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.whl", ("lib/zeros", bytes(4 << 20)))
    unpack(archive, tmp_path / "out")  # a ratio of about 1,000
    assert (tmp_path / "out/lib/zeros").stat().st_size == 4 << 20


def test_refuses_too_many_members(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.whl", *((f"f{n}", b"") for n in range(11)))
    unpack(archive, tmp_path / "eleven", UnpackLimits(files=11))
    with pytest.raises(UnsafeArchiveError, match="more than 10 members"):
        unpack(archive, tmp_path / "out", UnpackLimits(files=10))


def damaged(content: bytes) -> dict[str, bytes]:
    return {
        "empty": b"",
        "text": b"no archive at all",
        "cut": content[: len(content) // 2],
        "altered": content[:60] + b"\xff" * 20 + content[80:],
    }


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "altered"])
@pytest.mark.parametrize("make", [zip_of, tar_of], ids=["zip", "tar"])
def test_damaged_archive_is_corrupt_not_a_crash(
    tmp_path: Path, damage: str, make: Callable[..., Path]
) -> None:
    archive = make(tmp_path / "a.gz", ("lib/a.py", bytes(range(256)) * 40))
    archive.write_bytes(damaged(archive.read_bytes())[damage])
    with pytest.raises(RecodeError) as caught:
        unpack(archive, tmp_path / "out")
    assert isinstance(caught.value, (CorruptArtifactError, UnsafeArchiveError))
    assert not (tmp_path / "out").exists()


def test_encrypted_member_is_refused(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.whl", ("lib/a.py", b"x"))
    content = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    archive.write_bytes(bytes(content))
    with pytest.raises(UnsafeArchiveError, match="encrypted"):
        unpack(archive, tmp_path / "out")

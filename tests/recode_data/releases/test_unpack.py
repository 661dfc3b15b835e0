from __future__ import annotations

import io
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.errors import CorruptArtifactError, RecodeError, UnsafeArchiveError
from recode_data.releases.unpack import UnpackLimits, is_compiled, unpack

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
    "compiled, absolute": ([("/etc/evil.so", b"x")], "absolute name"),
    "compiled, climbing": ([("lib/../../evil.so", b"x")], "climbs out"),
    "compiled, link outside": ([symlink("lib/a.so", "../../evil.so")], "leaves its folder"),
    "compiled, through a link": ([symlink("a.so", "b"), ("a.so", b"x")], "occurs twice"),
    "compiled, twice": ([("lib/a.so", b"1"), ("lib/a.so", b"2")], "occurs twice"),
    "compiled, file as folder": ([("a.so", b"1"), ("a.so/b.py", b"2")], "both a file and a folder"),
    "compiled, folder as file": ([("a.so/b.py", b"2"), ("a.so", b"1")], "both a file and a folder"),
    "long name": ([("l" * 300, b"1")], "too long"),
}


@pytest.mark.parametrize("compiled_empty", [False, True], ids=["whole", "empty"])
@pytest.mark.parametrize("attack", TAR_ATTACKS)
def test_refuses_hostile_tar(tmp_path: Path, attack: str, compiled_empty: bool) -> None:
    entries, words = TAR_ATTACKS[attack]
    archive = tar_of(tmp_path / "a.gz", *entries)
    with pytest.raises(UnsafeArchiveError, match=words):
        unpack(archive, tmp_path / "in" / "out", compiled_empty=compiled_empty)
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
    "compiled, climbing": ([("../evil.so", b"x", stat.S_IFREG)], "climbs out"),
    "compiled, device": ([("lib/a.so", b"", stat.S_IFCHR | 0o600)], "special file"),
    "compiled, twice": (
        [("a.so", b"1", stat.S_IFREG), ("a.so", b"2", stat.S_IFREG)],
        "occurs twice",
    ),
}


@pytest.mark.parametrize("compiled_empty", [False, True], ids=["whole", "empty"])
@pytest.mark.parametrize("attack", ZIP_ATTACKS)
def test_refuses_hostile_zip(tmp_path: Path, attack: str, compiled_empty: bool) -> None:
    entries, words = ZIP_ATTACKS[attack]
    archive = zip_of(tmp_path / "a.whl", *entries)
    with pytest.raises(UnsafeArchiveError, match=words):
        unpack(archive, tmp_path / "in" / "out", compiled_empty=compiled_empty)
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
@pytest.mark.parametrize("name", ["lib/zeros", "lib/zeros.so"])
def test_refuses_bombs(tmp_path: Path, name: str, limit: str, make: Callable[..., Path]) -> None:
    """Also those that would not be written."""
    archive = make(tmp_path / "a.gz", (name, bytes(4 << 20)))
    with pytest.raises(UnsafeArchiveError, match=rf"{name}.*unpacks to over"):
        unpack(archive, tmp_path / "out", BOMBS[limit], compiled_empty=True)
    assert not (tmp_path / "out").exists()


def test_a_link_to_what_is_left_empty_counts_in_full(tmp_path: Path) -> None:
    links = [hardlink(f"lib/{name}.so", "lib/a.so") for name in "bcde"]
    archive = tar_of(tmp_path / "a.gz", ("lib/a.so", bytes(1 << 20)), *links)
    unpack(archive, tmp_path / "five", UnpackLimits(total_bytes=5 << 20), compiled_empty=True)
    with pytest.raises(UnsafeArchiveError, match="unpacks to over"):
        unpack(archive, tmp_path / "out", UnpackLimits(total_bytes=4 << 20), compiled_empty=True)


COMPILED = ["a.so", "_c.cpython-311-x86_64-linux-gnu.so", "libssl.so.1.0.2k", "libgomp-3c.so.1.0.0", "libc10.dylib", "libz.1.dylib", "a.pyd", "A.DLL", "t64.exe", "libtorch.a", "torch.lib", "crt.o", "lib/deep/a.so.6", "x.so.py.so"]  # fmt: skip
NOT_COMPILED = ["a.py", "so", ".so", "lib/.so", "a.so.py", "a.so.txt", "a.so.", "a.so/b.py", "a.so/b", "a.sox", "aso", "a.solib", "a.so.6.txt", "a.pyx", "a.pyi", "a.c", "METADATA", "lib.md", "a.so\n", "a.json"]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [*((name, True) for name in COMPILED), *((name, False) for name in NOT_COMPILED)],
)
def test_what_is_compiled_shows_in_the_name(name: str, expected: bool) -> None:
    assert is_compiled(name) is expected


@given(
    st.text(min_size=1, max_size=20), st.sampled_from(["py", "pyi", "rst", "md", "ipynb", "txt"])
)
def test_nothing_that_is_read_counts_as_compiled(stem: str, suffix: str) -> None:
    assert not is_compiled(f"{stem}.{suffix}")


@given(st.lists(st.integers(0, 99), max_size=4), st.text("abAB.-_/", max_size=8))
def test_every_version_of_a_library_is_compiled(version: list[int], stem: str) -> None:
    assert is_compiled(f"{stem}x.so{''.join(f'.{number}' for number in version)}")


@pytest.mark.parametrize("make", [zip_of, tar_of], ids=["zip", "tar"])
def test_compiled_files_are_there_by_name(tmp_path: Path, make: Callable[..., Path]) -> None:
    entries = [("lib/a.py", b"x = 1"), ("lib/_b.abi3.so", b"\x7fELF"), ("lib/c.so.6", b"\x7fELF")]
    archive = make(tmp_path / "a.gz", *entries, ("lib/c.so.6", b"\x7fELF"))
    unpack(archive, tmp_path / "whole")
    assert tree(tmp_path / "whole") == dict(entries)
    unpack(archive, tmp_path / "out", compiled_empty=True)
    assert tree(tmp_path / "out") == {
        "lib/a.py": b"x = 1",
        "lib/_b.abi3.so": b"",
        "lib/c.so.6": b"",
    }


def test_links_between_compiled_files_are_kept(tmp_path: Path) -> None:
    archive = tar_of(
        tmp_path / "a.gz",
        ("lib/a.so.1", b"x"),
        ("lib/b.py", b"y"),
        symlink("lib/a.so", "a.so.1"),
        hardlink("lib/c.so", "lib/a.so.1"),
        hardlink("lib/d.so", "lib/b.py"),
    )
    unpack(archive, tmp_path / "out", compiled_empty=True)
    assert (tmp_path / "out/lib/a.so").readlink() == Path("a.so.1")
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "out/lib").iterdir()}
    assert sizes == {"a.so.1": 0, "a.so": 0, "b.py": 1, "c.so": 0, "d.so": 0}


def test_a_size_that_is_a_lie_writes_nothing(tmp_path: Path) -> None:
    """The member says that it has one byte, and inflates to four million."""
    archive = zip_of(tmp_path / "a.whl", ("lib/a.so", bytes(4 << 20)))
    content = bytearray(archive.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = (1).to_bytes(4, "little")
    archive.write_bytes(bytes(content))
    unpack(archive, tmp_path / "out", UnpackLimits(total_bytes=1), compiled_empty=True)
    assert tree(tmp_path / "out") == {"lib/a.so": b""}


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


@pytest.mark.parametrize("name", ["lib/a.py", "lib/a.so"])
def test_encrypted_member_is_refused(tmp_path: Path, name: str) -> None:
    archive = zip_of(tmp_path / "a.whl", (name, b"x"))
    content = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    archive.write_bytes(bytes(content))
    with pytest.raises(UnsafeArchiveError, match="encrypted"):
        unpack(archive, tmp_path / "out", compiled_empty=True)

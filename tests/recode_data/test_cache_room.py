"""The broom of the cache: what goes, what stays, and when nothing may go."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path

import pytest

from recode_data.cache_room import CacheRoom
from recode_data.environments import RECORD
from recode_data.locks import locked
from recode_data.uv_runner import UV_IN_USE

KILOBYTE = b"x" * 1024
Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes an entry of so many kilobytes that was used at that second."""

    def write(kind: str, key: str, kilobytes: int, used: int) -> Path:
        environment = kind == "environments"
        entry = tmp_path / kind / (key if environment else f"{key[:2]}/{key}")
        entry.mkdir(parents=True)
        (entry / "file").write_bytes(KILOBYTE * kilobytes)
        marked = entry / RECORD if environment else entry
        if environment:
            marked.write_bytes(b"{}")
        os.utime(marked, (used, used))
        return entry

    return write


def test_what_was_not_used_for_longest_goes_first(put: Put, tmp_path: Path) -> None:
    entries = {
        "old": put("unpacked", "aa11", 400, used=10),
        "older": put("environments", "bb22", 400, used=5),
        "young": put("artifacts", "cc33", 400, used=20),
        "oldest, but kept": put("usages", "dd44", 400, used=1),
    }
    kept = ["young", "oldest, but kept"]
    removed = CacheRoom(tmp_path).keep_within(900 * 1024, {"dd44"})
    assert [name for name, path in entries.items() if path.exists()] == kept
    assert 800 * 1024 <= removed <= 900 * 1024


def test_nothing_goes_while_there_is_room(put: Put, tmp_path: Path) -> None:
    entry = put("unpacked", "aa11", 400, used=10)
    assert CacheRoom(tmp_path).keep_within(10**9, ()) == 0
    assert entry.exists()


def test_nothing_goes_under_the_feet_of_another(put: Put, tmp_path: Path) -> None:
    entry = put("unpacked", "aa11", 400, used=10)
    idle = put("environments", "bb22", 400, used=20)
    ours, theirs = CacheRoom(tmp_path), CacheRoom(tmp_path)
    theirs.claims.claim("aa11")
    assert 400 * 1024 <= ours.keep_within(0, ()) < 800 * 1024
    assert (entry.exists(), idle.exists()) == (True, False)
    assert ours.keep_within(0, ()) == 0, "a refusal frees nothing"
    theirs.claims.close()
    assert ours.keep_within(0, ()) > 0
    assert not entry.exists()


def test_only_what_is_kept_stays_claimed(put: Put, tmp_path: Path) -> None:
    entries = [put("environments", key, 400, used=1) for key in ("aa11", "bb22")]
    ours, theirs = CacheRoom(tmp_path), CacheRoom(tmp_path)
    for key in ("aa11", "bb22"):
        ours.claims.claim(key)
    assert ours.keep_within(10**9, {"aa11"}) == 0
    assert theirs.keep_within(0, ()) > 0
    assert [path.exists() for path in entries] == [True, False]


def test_what_is_being_made_is_not_swept(put: Put, tmp_path: Path) -> None:
    making = put("environments", "aa11", 400, used=1)
    (making / RECORD).unlink()
    maker = CacheRoom(tmp_path)
    maker.claims.claim("aa11")
    assert CacheRoom(tmp_path).keep_within(0, ()) == 0
    assert (making / "file").exists()
    maker.claims.close()
    CacheRoom(tmp_path).keep_within(0, ())
    assert not making.exists()


def test_archives_are_swept_when_no_uv_runs(put: Put, tmp_path: Path) -> None:
    """An installation may be about to link what has no other link yet."""
    orphan = tmp_path / "uv" / "archive-v0" / "orphan"
    orphan.mkdir(parents=True)
    (orphan / "module.py").write_bytes(KILOBYTE)
    put("environments", "aa11", 400, used=1)
    with ThreadPoolExecutor(1) as pool:
        with locked(tmp_path / "uv" / UV_IN_USE, shared=True):
            sweep = pool.submit(CacheRoom(tmp_path).keep_within, 0, ())
            with pytest.raises(FutureTimeoutError):
                sweep.result(0.3)
            assert orphan.exists()
        assert sweep.result(10) > 0
    assert not orphan.exists()


def test_wheels_that_no_index_has_stay(put: Put, tmp_path: Path) -> None:
    ours = put("artifacts", "aa11", 40, used=1)
    record = tmp_path / "local" / "ff" / "ff66"
    record.parent.mkdir(parents=True)
    record.write_text('{"wheel": {"sha256": "aa11"}}')
    other = put("artifacts", "bb22", 40, used=1)
    CacheRoom(tmp_path).keep_within(0, ())
    assert (ours.exists(), other.exists()) == (True, False)


def test_wheels_of_removed_environments_go_too(put: Put, tmp_path: Path) -> None:
    archives = tmp_path / "uv" / "archive-v0"
    wheels = tmp_path / "uv" / "wheels-v8" / "index" / "package"
    for name in ("shared", "orphan"):
        (archives / name).mkdir(parents=True)
        (archives / name / "module.py").write_bytes(KILOBYTE)
        wheels.mkdir(parents=True, exist_ok=True)
        (wheels / f"1.0-{name}").symlink_to(archives / name)
        (wheels / f"1.0-{name}.rev").write_text(name)
    gone = put("environments", "aa11", 400, used=1)
    stays = put("environments", "bb22", 400, used=2)
    os.link(archives / "orphan" / "module.py", gone / "module.py")
    os.link(archives / "shared" / "module.py", gone / "shared.py")
    os.link(archives / "shared" / "module.py", stays / "shared.py")
    CacheRoom(tmp_path).keep_within(0, {"bb22"})
    assert [path.name for path in archives.iterdir()] == ["shared"]
    assert sorted(path.name for path in wheels.iterdir()) == ["1.0-shared", "1.0-shared.rev"]


def test_a_killed_sweep_is_finished_by_the_next(put: Put, tmp_path: Path) -> None:
    left = put("unpacked", "aa11", 40, used=1)
    half = left.rename(left.with_name(".gone-aa11"))
    CacheRoom(tmp_path).keep_within(10**9, ())
    assert not half.exists()


def test_the_size_is_of_what_could_go_and_grows_with_what_is_being_made(
    put: Put, tmp_path: Path
) -> None:
    room = CacheRoom(tmp_path)
    assert room.size() == 0
    put("unpacked", "aa11", 400, used=10)
    making = put("environments", "bb22", 100, used=5)
    (making / RECORD).unlink()
    assert 500 * 1024 <= room.size() < 600 * 1024
    (making / "more").write_bytes(KILOBYTE * 300)
    assert 800 * 1024 <= room.size() < 900 * 1024

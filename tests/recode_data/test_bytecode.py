"""Bytecode is compiled once per wheel and interpreter, and never belongs to another source."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recode_data.bytecode import compile_bytecode, share_bytecode
from recode_data.cache_room import CacheRoom
from recode_data.environments import EnvironmentCache, LocalWheel, Resolution
from recode_data.interpreters import Interpreter
from recode_data.locks import Claims
from recode_data.releases.index import IndexSettings
from recode_data.uv_runner import ARCHIVES, UvRunner
from tests.loopback_index import ToyIndex, wheel_bytes
from tests.recode_data.test_environments import OWN

TAG = f"cpython-{sys.version_info.major}{sys.version_info.minor}"


@pytest.fixture(scope="module")
def index() -> Iterator[ToyIndex]:
    toy = ToyIndex()
    toy.offer("alpha", "1.0")
    toy.offer("beta", "1.0")
    toy.offer("beta", "2.0")
    with toy.serving():
        yield toy


@pytest.fixture
def cache(index: ToyIndex, tmp_path: Path) -> EnvironmentCache:
    uv = UvRunner(tmp_path / "uv", IndexSettings(index_url=index.url), dict(os.environ))
    return EnvironmentCache(tmp_path / "environments", uv, Claims(tmp_path / "in-use"))


def bytecode_of(root: Path, package: str) -> Path:
    (found,) = root.glob(f"lib/python3*/site-packages/{package}/__pycache__/__init__.*.pyc")
    return found


def wheel(folder: Path, source: str) -> LocalWheel:
    folder.mkdir()
    path = folder / "alpha-1.0-py3-none-any.whl"
    path.write_bytes(wheel_bytes("alpha", "1.0", {"alpha/__init__.py": source}))
    return LocalWheel("alpha==1.0", source.encode().hex(), str(path))


def tree(tmp_path: Path) -> tuple[Path, Path]:
    """Package folders of one file in an environment and in an unpacked wheel, as uv links them."""
    site = tmp_path / "environment/lib/python3.11/site-packages"
    archive = tmp_path / "archives/x"
    for name in ("alpha/__init__.py", "alpha-1.0.dist-info/WHEEL"):
        (archive / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (archive / name).write_text("x = 1\n")
        os.link(archive / name, site / name)
    return site / "alpha", archive / "alpha"


def share(tmp_path: Path, interpreter: Interpreter = OWN) -> None:
    share_bytecode(interpreter, tmp_path / "environment", tmp_path / "archives")


def compiled(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("__pycache__/*"))


def test_the_same_wheel_is_compiled_once(cache: EnvironmentCache) -> None:
    first = cache.make(Resolution(OWN, ("alpha==1.0", "beta==1.0")))
    second = cache.make(Resolution(OWN, ("alpha==1.0", "beta==2.0")))
    one, two = (Path(made.root) for made in (first, second))
    assert bytecode_of(one, "alpha").samefile(bytecode_of(two, "alpha"))
    assert not bytecode_of(one, "beta").samefile(bytecode_of(two, "beta"))


def test_shared_bytecode_is_used_and_tells_its_own_path(cache: EnvironmentCache) -> None:
    first = cache.make(Resolution(OWN, ("alpha==1.0", "beta==1.0")))
    second = cache.make(Resolution(OWN, ("alpha==1.0", "beta==2.0")))
    code = "import alpha; print(alpha.__loader__.get_code('alpha').co_filename)"
    done = subprocess.run(
        [second.python, "-v", "-c", code], capture_output=True, text=True, check=True
    )
    assert f"matches {bytecode_of(Path(second.root), 'alpha').with_suffix('').parent.parent}" in (
        done.stderr
    )
    assert first.root not in done.stdout
    assert done.stdout.startswith(second.root)


def test_bytecode_that_a_wheel_brought_goes_no_further(tmp_path: Path) -> None:
    """It may be for the source of another package, and for whichever time that has."""
    installed, archived = tree(tmp_path)
    brought = tmp_path / "archives/other" / f"__init__.{TAG}.pyc"
    brought.parent.mkdir()
    brought.write_bytes(b"planted")
    (installed / "__pycache__").mkdir()
    os.link(brought, installed / "__pycache__" / brought.name)
    share(tmp_path)
    assert compiled(archived) == []


def test_a_wheel_of_the_same_pin_with_another_source(
    cache: EnvironmentCache, tmp_path: Path
) -> None:
    """Of the same length, in the same second."""
    values = []
    for source in ("mine = 1\n", "mine = 2\n"):
        local = wheel(tmp_path / source[-2], source)
        made = cache.make(Resolution(OWN, ("alpha==1.0",)), [local])
        command = [made.python, "-c", "import alpha; print(alpha.mine)"]
        values.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert values == ["1\n", "2\n"]


def test_a_source_that_changed_is_compiled_again(cache: EnvironmentCache, tmp_path: Path) -> None:
    made = cache.make(Resolution(OWN, ("alpha==1.0",)))
    bytecode = bytecode_of(Path(made.root), "alpha")
    source = bytecode.parent.parent / "__init__.py"
    before, shared = bytecode.read_bytes(), bytecode.stat().st_ino
    source.unlink()  # the unpacked wheel keeps its own
    source.write_text("changed = 1\n")
    os.utime(source, (1, 1))
    compile_bytecode(OWN, Path(made.root), os.environ)
    assert b"changed" in bytecode.read_bytes()
    archives = tmp_path / "uv" / ARCHIVES
    (kept,) = archives.glob("*/alpha/__pycache__/__init__.*.pyc")
    assert (kept.read_bytes(), kept.stat().st_ino) == (before, shared)


def test_only_what_belongs_to_the_very_source_is_shared(tmp_path: Path) -> None:
    installed, archived = tree(tmp_path)
    (installed / "__pycache__").mkdir()
    for name in ("__init__", "other"):
        (installed / f"__pycache__/{name}.{TAG}.pyc").write_bytes(b"")
    (installed / "other.py").write_text("")
    (archived / "other.py").write_text("")  # a copy, or of another wheel
    share(tmp_path)
    assert compiled(archived) == [f"__init__.{TAG}.pyc"]


def test_interpreters_are_kept_apart(tmp_path: Path) -> None:
    installed, archived = tree(tmp_path)
    (installed / "__pycache__").mkdir()
    (installed / "__pycache__/__init__.cpython-37.pyc").write_bytes(b"")
    share(tmp_path)
    assert compiled(archived) == []
    share(tmp_path, Interpreter("", "3.7.9", ""))
    assert compiled(archived) == ["__init__.cpython-37.pyc"]


def test_what_is_shared_already_stays(tmp_path: Path) -> None:
    installed, archived = tree(tmp_path)
    for folder, content in ((installed, b"later"), (archived, b"earlier")):
        (folder / "__pycache__").mkdir()
        (folder / f"__pycache__/__init__.{TAG}.pyc").write_bytes(content)
    share(tmp_path)
    assert (archived / f"__pycache__/__init__.{TAG}.pyc").read_bytes() == b"earlier"


def test_an_unpacked_wheel_that_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed, archived = tree(tmp_path)
    (installed / "__pycache__").mkdir()
    (installed / f"__pycache__/__init__.{TAG}.pyc").write_bytes(b"")
    link = os.link

    def link_late(old: Path, new: Path) -> None:
        archived.rename(tmp_path / "gone")
        link(old, new)

    monkeypatch.setattr(os, "link", link_late)
    share(tmp_path)
    assert not archived.exists()


def test_shared_bytecode_goes_with_the_last_environment(
    cache: EnvironmentCache, tmp_path: Path
) -> None:
    cache.make(Resolution(OWN, ("alpha==1.0",)))
    archives = tmp_path / "uv" / ARCHIVES
    assert list(archives.rglob("*.pyc"))
    CacheRoom(tmp_path).keep_within(0, ())
    assert list(archives.rglob("*.pyc")) == []


def test_many_sources_are_compiled_side_by_side(tmp_path: Path) -> None:
    """More than one process's share, and the one that is no Python spoils no other."""
    folder = tmp_path / "lib/alpha"
    folder.mkdir(parents=True)
    for number in range(100):
        (folder / f"m{number}.py").write_text(f"x = {number}\n" if number else "no {{ python }}")
    compile_bytecode(OWN, tmp_path, os.environ)
    expected = sorted(f"m{number}.{TAG}.pyc" for number in range(1, 100))
    assert compiled(folder) == expected

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from recode_data.errors import UsageError
from recode_data.records import Release
from recode_data.releases.index import IndexSettings
from recode_data.workspace import Workspace
from tests.loopback_index import sdist_bytes, wheel_bytes
from tests.recode_data.releases.test_source_metadata import tree

PYPROJECT = '[project]\nname = "toy"\nversion = "1.2"\n'
OFFLINE = IndexSettings(no_index=True)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "cache", index=OFFLINE)


def source_tree(folder: Path, text: str = "def f(): ...\n") -> Path:
    return tree(folder, {"pyproject.toml": PYPROJECT, "toy/__init__.py": text})


def code_of(workspace: Workspace, release: Release) -> str:
    assert release.wheel is not None
    return (workspace.unpacked(release.wheel) / "toy/__init__.py").read_text("utf-8")


def test_a_wheel(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "toy-1.0-py3-none-any.whl"
    path.write_bytes(wheel_bytes("toy", "1.0", {"toy/__init__.py": "x = 1\n"}))
    release = workspace.release("Toy", str(path))
    assert (release.pin, release.released, release.sdist) == ("toy==1.0", None, None)
    assert code_of(workspace, release) == "x = 1\n"


def test_an_sdist(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "toy-1.2.tar.gz"
    files = {"pyproject.toml": PYPROJECT, "toy/__init__.py": "x = 2\n", "docs/a.rst": "A\n"}
    path.write_bytes(sdist_bytes("toy-1.2", files))
    release = workspace.release("toy", str(path))
    assert release.pin == "toy==1.2"
    assert code_of(workspace, release) == "x = 2\n"
    assert release.sdist is not None
    assert (workspace.unpacked(release.sdist) / "docs/a.rst").exists()


def test_a_wheel_of_a_source_holds_its_libraries_in_full(
    workspace: Workspace, tmp_path: Path
) -> None:
    """The unpacked tree in the cache does not, whichever of them was made first."""
    path = tmp_path / "toy-1.2.tar.gz"
    files = {"pyproject.toml": PYPROJECT, "toy/__init__.py": "", "toy/bundled.so": "machine code"}
    path.write_bytes(sdist_bytes("toy-1.2", files))
    for _ in range(2):
        release = workspace.release("toy", str(path))
        assert release.wheel is not None
        assert release.sdist is not None
        for artifact in (release.wheel, release.sdist):
            assert (workspace.unpacked(artifact) / "toy/bundled.so").read_bytes() == b""
        wheel = workspace.cache.glob(f"artifacts/*/{release.wheel.sha256}/*.whl")
        with zipfile.ZipFile(next(wheel)) as archive:
            assert archive.read("toy/bundled.so") == b"machine code"


def test_a_folder_is_read_as_it_is_now(workspace: Workspace, tmp_path: Path) -> None:
    folder = source_tree(tmp_path / "toy")
    first = workspace.release("toy", str(folder))
    assert first.version.startswith("1.2+local.")
    assert workspace.release("toy", str(folder)) == first
    (folder / "toy/__init__.py").write_text("def g(): ...\n")
    second = workspace.release("toy", str(folder))
    assert second.version != first.version
    assert code_of(workspace, second) == "def g(): ...\n"
    assert code_of(workspace, first) == "def f(): ...\n"


def test_what_a_folder_is_called_and_builds_leave_there_does_not_count(
    workspace: Workspace, tmp_path: Path
) -> None:
    first = workspace.release("toy", str(source_tree(tmp_path / "one")))
    other = source_tree(tmp_path / "two")
    tree(other, {".git/x": "", "toy/__pycache__/a.pyc": "", "dist/toy.whl": "", ".venv/y.py": ""})
    assert workspace.release("toy", str(other)) == first


def git(folder: Path, *arguments: str, day: str = "2024-05-06T23:30:00-02:00") -> str:
    done = subprocess.run(
        ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
        env={"GIT_COMMITTER_DATE": day, "GIT_AUTHOR_DATE": day, "HOME": "/", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_commit_of_a_repository(workspace: Workspace, tmp_path: Path) -> None:
    folder = source_tree(tmp_path / "toy")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    git(folder, "tag", "v1")
    (folder / "toy/__init__.py").write_text("uncommitted\n")
    release = workspace.release("toy", f"git+{folder}@v1")
    assert code_of(workspace, release) == "def f(): ...\n"
    assert release.released == "2024-05-07"  # in UTC
    commit = git(folder, "rev-parse", "HEAD")
    assert workspace.release("toy", f"git+{folder}@{commit}") == release
    with pytest.raises(UsageError, match="git cannot read"):
        workspace.release("toy", f"git+{folder}@no-such-tag")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.whl", "no such file"),
        ("missing.tar.gz", "no such file"),
        ("./missing/folder", "no such folder"),
        ("git+missing@HEAD", "no such folder"),
    ],
)
def test_what_is_not_there(
    name: str, words: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=words):
        workspace.release("toy", name)


def test_the_wrong_library(workspace: Workspace, tmp_path: Path) -> None:
    wheel = tmp_path / "other-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel_bytes("other", "1.0", {"other.py": ""}))
    with pytest.raises(UsageError, match="is a wheel of other, not of toy"):
        workspace.release("toy", str(wheel))
    with pytest.raises(UsageError, match="holds the source of toy, not of other"):
        workspace.release("other", str(source_tree(tmp_path / "toy")))


def test_a_badly_named_wheel(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "toy.whl").write_bytes(b"")
    with pytest.raises(UsageError, match="no valid wheel name"):
        workspace.release("toy", str(tmp_path / "toy.whl"))

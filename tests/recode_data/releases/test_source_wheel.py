from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from recode_data.errors import UsageError
from recode_data.releases.metadata import wheel_metadata
from recode_data.releases.source_wheel import declared_by, packages_in, write_source_wheel
from tests.recode_data.releases.test_source_metadata import tree

PYPROJECT = '[project]\nname = "toy"\nversion = "1.2"\ndependencies = ["six>=1", "??"]\n'


@pytest.mark.parametrize(
    ("distribution", "files", "found"),
    [
        pytest.param("toy", ["toy/__init__.py", "setup.py"], ["toy"], id="flat"),
        pytest.param("toy", ["src/toy/__init__.py", "toy/__init__.py"], ["src/toy"], id="src"),
        pytest.param("toy", ["toy.py", "setup.py", "conftest.py"], ["toy.py"], id="module"),
        pytest.param(
            "toy", ["toy/__init__.py", "tests/__init__.py", "docs/a.py"], ["toy"], id="no tests"
        ),
        pytest.param("toy", ["toy/__init__.py", "tool.py"], ["toy"], id="a tool beside a package"),
        pytest.param(
            "ns-toy", ["ns/toy/__init__.py"], ["ns"], id="namespace that the library is named after"
        ),
        pytest.param("toy", ["ns/toy/__init__.py"], [], id="any other folder is no package"),
        pytest.param("toy", ["README.md"], [], id="nothing"),
    ],
)
def test_packages(distribution: str, files: list[str], found: list[str], tmp_path: Path) -> None:
    root = tree(tmp_path, dict.fromkeys(files, ""))
    names = [path.relative_to(root).as_posix() for path in packages_in(root, distribution)]
    assert names == found


def made(root: Path, folder: Path) -> Path:
    folder.mkdir()
    return write_source_wheel(root, declared_by(root, "toy"), folder)


def test_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    files = {"pyproject.toml": PYPROJECT, "src/toy/__init__.py": "x = 1\n", "src/toy/d.txt": "d"}
    first = made(tree(tmp_path / "a", files), tmp_path / "1")
    (tmp_path / "a/src/toy/__pycache__").mkdir()
    (tmp_path / "a/src/toy/__pycache__/x.pyc").write_bytes(b"noise")
    second = made(tmp_path / "a", tmp_path / "2")
    assert first.read_bytes() == second.read_bytes()
    metadata, names = wheel_metadata(first)
    assert (metadata.name, metadata.version, names) == ("toy", "1.2", ("toy",))
    assert metadata.requires == ("six>=1",)
    assert "toy/d.txt" in zipfile.ZipFile(first).namelist()


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    root = tree(tmp_path / "a", {"toy/__init__.py": ""})
    (root / "toy" / "leak.txt").symlink_to(secret)
    assert "toy/leak.txt" not in zipfile.ZipFile(made(root, tmp_path / "1")).namelist()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"README.md": ""}, "no Python package"),
        ({"toy/__init__.py": "", "toy/fast.pyx": ""}, "build a wheel"),
        ({"toy/__init__.py": "", "pyproject.toml": '[project]\nname = "gnu"\n'}, "of gnu, not"),
    ],
)
def test_refused(files: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        made(tree(tmp_path / "a", files), tmp_path / "1")


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"toy/__init__.py": "__version__ = '3.4.0.dev1'"}, "3.4.0.dev1"),
        ({"toy/__init__.py": ""}, "0"),
        ({"toy/__init__.py": "", "setup.cfg": "[metadata]\nversion = not a version\n"}, "0"),
    ],
)
def test_version_of_a_tree(files: dict[str, str], version: str, tmp_path: Path) -> None:
    assert declared_by(tree(tmp_path, files), "toy").version == version

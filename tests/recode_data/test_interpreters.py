from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from recode_data.errors import EnvironmentLacksError, UsageError
from recode_data.interpreters import Interpreter, find_interpreters, matching
from recode_data.releases.index import IndexSettings
from recode_data.uv_runner import UvRunner

P3117 = Interpreter("/a/python3.11", "3.11.7", "linux-x86_64")
P3112 = Interpreter("/usr/python3.11", "3.11.2", "linux-x86_64")
P39 = Interpreter("/a/python3.9", "3.9.18", "linux-x86_64")
ALL = (P3117, P3112, P39)


def fake(path: Path, **facts: object) -> Path:
    """An executable that describes itself as an interpreter would."""
    version = str(facts.get("version", "3.9.1"))
    told = {
        "executable": str(path),
        "version": version,
        "implementation": "CPython",
        "platform": "linux-x86_64",
        "prefix": "/",
        "threaded": False,
        "final": True,
        **facts,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\nimport json\nprint(json.dumps({told!r}))\n")
    path.chmod(0o755)
    return path


def found(tmp_path: Path, **variables: str) -> list[str]:
    """Versions that are found on a machine with these settings, in order."""
    environ = {"PATH": "", "HOME": str(tmp_path), **variables}
    uv = UvRunner(tmp_path / "uv", IndexSettings(), environ)
    return [item.version for item in find_interpreters(uv, environ).interpreters]


def test_the_own_interpreter_comes_first(tmp_path: Path) -> None:
    assert found(tmp_path)[0] == ".".join(map(str, sys.version_info[:3]))


def test_pyenv_and_the_order_of_minor_versions(tmp_path: Path) -> None:
    for version in ("3.9.1", "3.8.2", "3.9.7", "3.6.0"):
        minor = version.rpartition(".")[0]
        fake(tmp_path / f"pyenv/versions/{version}/bin/python{minor}", version=version)
    fake(tmp_path / "pyenv/versions/pypy3.9/bin/python3.9")
    versions = found(tmp_path, PYENV_ROOT=str(tmp_path / "pyenv"))
    assert [version for version in versions if version in ("3.9.1", "3.8.2", "3.9.7", "3.6.0")] == [
        "3.9.7",
        "3.9.1",
        "3.8.2",
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"implementation": "PyPy"},
        {"threaded": True},
        {"final": False},
        {"executable": "/nowhere/python"},
        {"version": "3.6.9"},
    ],
    ids=["pypy", "free-threaded", "prerelease", "gone", "too old"],
)
def test_what_is_no_ordinary_interpreter(facts: dict[str, object], tmp_path: Path) -> None:
    facts = {"version": "3.9.77", **facts}
    fake(tmp_path / "pyenv/versions/3.9.77/bin/python3.9", **facts)
    versions = found(tmp_path, PYENV_ROOT=str(tmp_path / "pyenv"))
    assert facts["version"] not in versions


@pytest.mark.parametrize("text", ["print('hello')", "raise SystemExit(1)", "import os; os.abort()"])
def test_a_broken_interpreter_is_passed_over(text: str, tmp_path: Path) -> None:
    path = tmp_path / "pyenv/versions/3.9.77/bin/python3.9"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(0o755)
    assert "3.9.77" not in found(tmp_path, PYENV_ROOT=str(tmp_path / "pyenv"))


def test_a_list_holds_until_a_folder_or_interpreter_changes(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    environ = {"PATH": str(folder), "HOME": str(tmp_path)}
    known = find_interpreters(UvRunner(tmp_path / "uv", IndexSettings(), environ), environ)
    assert known.holds(environ)
    assert not known.holds({**environ, "PATH": "/elsewhere"})
    os.utime(folder, (1, 1))
    assert not known.holds(environ)


@pytest.mark.parametrize(
    ("request_", "first"),
    [("3.11", P3117), ("3.11.2", P3112), ("3.11.99", P3117), ("3.9", P39), ("3.9.1", P39)],
)
def test_matching(request_: str, first: Interpreter) -> None:
    assert matching(ALL, request_)[0] == first


def test_matching_by_path(tmp_path: Path) -> None:
    real = tmp_path / "python3.11"
    real.touch()
    (tmp_path / "link").symlink_to(real)
    known = Interpreter(str(real), "3.11.7", "linux-x86_64")
    assert matching([known], str(tmp_path / "link")) == (known,)
    with pytest.raises(UsageError, match="is no usable CPython"):
        matching([known], "/bin/true")


def test_a_missing_minor_version_is_named_with_its_command() -> None:
    with pytest.raises(EnvironmentLacksError, match=r"to fix: uv python install 3\.7") as caught:
        matching(ALL, "3.7.1")
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("request_", ["", "3", "three", "python3.11", "3.11.x"])
def test_what_is_no_python_version(request_: str) -> None:
    with pytest.raises(UsageError, match="is no Python version"):
        matching(ALL, request_)


@pytest.mark.parametrize(
    ("requires", "fits"),
    [(None, True), ("", True), (">=3.8", True), ("<3.10", False), ("what?", True)],
)
def test_requires_python(requires: str | None, fits: bool) -> None:
    assert P3117.satisfies(requires) is fits

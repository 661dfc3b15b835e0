from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from recode_data import uv_runner
from recode_data.errors import DiskFullError, EnvironmentLacksError, IndexUnreachableError
from recode_data.releases.index import IndexSettings
from recode_data.uv_runner import UvError, UvRunner, find_uv, run_program


def runner(tmp_path: Path, index: IndexSettings | None = None, **variables: str) -> UvRunner:
    return UvRunner(tmp_path / "uv", index or IndexSettings(), {**os.environ, **variables})


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in uv's place; what it shall do goes into it."""
    path = tmp_path / "stand-in"
    monkeypatch.setattr(uv_runner, "find_uv", lambda: str(path))
    return path


def script(path: Path, text: str) -> None:
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(0o755)


def test_it_answers(tmp_path: Path) -> None:
    assert runner(tmp_path).run(["--version"]).startswith("uv ")


def test_what_uv_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(UvError, match="no-such-command"):
        runner(tmp_path).run(["no-such-command"])


@pytest.mark.parametrize(
    ("stderr", "error", "words"),
    [
        ("error: Failed to fetch: `https://x/`", IndexUnreachableError, "check the network"),
        ("dns error: failed to lookup", IndexUnreachableError, "cannot reach the package index"),
        ("HTTP status server error (503 Service)", IndexUnreachableError, "503"),
        ("No space left on device (os error 28)", DiskFullError, "the disk is full"),
        ("Disk quota exceeded (os error 122)", DiskFullError, "the disk is full"),
        ("No solution found", UvError, "No solution found"),
        ("", UvError, "ended with status 2"),
    ],
)
def test_failures_are_told_apart(
    stderr: str, error: type[Exception], words: str, stand_in: Path, tmp_path: Path
) -> None:
    script(stand_in, f"import sys\nsys.stderr.write({stderr!r})\nsys.exit(2)")
    with pytest.raises(error) as caught:
        runner(tmp_path).run(["pip", "compile"])
    assert type(caught.value) is error
    assert words in str(caught.value)


def test_credentials_are_not_told(stand_in: Path, tmp_path: Path) -> None:
    script(stand_in, "import sys\nsys.exit('cannot read https://me:secret@host/x')")
    with pytest.raises(UvError, match=r"https://\*\*\*@host/x"):
        runner(tmp_path).run(["pip"])


def test_variables_that_uv_sees(stand_in: Path, tmp_path: Path) -> None:
    script(stand_in, "import json, os, sys\nprint(json.dumps([dict(os.environ), sys.argv]))")
    settings = IndexSettings(
        index_url="https://me:secret@host/",
        extra_index_urls=("https://a/", "https://b/"),
        find_links=("/wheels, old",),
        trusted_hosts=("h",),
        cert="/ca.pem",
    )
    stray = {
        "UV_CONSTRAINT": "x",
        "PIP_INDEX_URL": "x",
        "VIRTUAL_ENV": "/v",
        "PYTHONPATH": "/p",
        "UV_PYTHON_INSTALL_DIR": "/pythons",
        "HTTPS_PROXY": "http://proxy",
    }
    import json

    seen, argv = json.loads(runner(tmp_path, settings, **stray).run(["pip", "install"]))
    expected = {
        "UV_DEFAULT_INDEX": "https://me:secret@host/",
        "UV_INDEX": "https://a/ https://b/",
        "UV_FIND_LINKS": "file:///wheels%2C%20old",
        "UV_INSECURE_HOST": "h",
        "SSL_CERT_FILE": "/ca.pem",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON_INSTALL_DIR": "/pythons",
        "HTTPS_PROXY": "http://proxy",
        "UV_CACHE_DIR": str(tmp_path / "uv"),
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert {"UV_CONSTRAINT", "PIP_INDEX_URL", "VIRTUAL_ENV", "PYTHONPATH"} & set(seen) == set()
    assert not any("secret" in argument for argument in argv)


@pytest.mark.parametrize(
    ("settings", "flags"),
    [
        (IndexSettings(), ["--index-strategy", "unsafe-best-match"]),
        (IndexSettings(first_index=True), ["--index-strategy", "first-index"]),
        (IndexSettings(no_index=True), ["--index-strategy", "unsafe-best-match", "--no-index"]),
    ],
)
def test_index_arguments(settings: IndexSettings, flags: list[str], tmp_path: Path) -> None:
    assert runner(tmp_path, settings).index_arguments() == flags


def test_a_missing_program(monkeypatch: pytest.MonkeyPatch) -> None:
    import uv

    def gone() -> str:
        raise FileNotFoundError("no uv")

    monkeypatch.setattr(uv, "find_uv_bin", gone)
    with pytest.raises(EnvironmentLacksError, match="pip install --force-reinstall uv"):
        find_uv()


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(UvError, match="did not end within 0 s"):
        run_program(["/bin/sleep", "60"], environ={}, timeout_s=0.2)

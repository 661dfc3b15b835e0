from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.errors import UsageError
from recode_data.records import VersionStep
from recode_data.steps import SourceKind, VersionSource, parse_source, parse_step


@pytest.mark.parametrize(
    ("spec", "step"),
    [
        ("numpy:1.26.4:2.0.0", ("numpy", "1.26.4", "2.0.0")),
        ("scikit-learn:1.4:1.5rc1", ("scikit-learn", "1.4", "1.5rc1")),
        ("toy:1!1.0:2!0.1", ("toy", "1!1.0", "2!0.1")),
        ("toy:1.0:./folder", ("toy", "1.0", "./folder")),
        ("toy:/a:b/c:2.0", ("toy", "/a:b/c", "2.0")),
        (
            "toy:a-1.0-py3-none-any.whl:toy-2.tar.gz",
            ("toy", "a-1.0-py3-none-any.whl", "toy-2.tar.gz"),
        ),
        ("toy:1.0:git+/repo@main", ("toy", "1.0", "git+/repo@main")),
        ("toy:git+file:///repo@v1:git+/repo@v2", ("toy", "git+file:///repo@v1", "git+/repo@v2")),
    ],
)
def test_a_version_step(spec: str, step: tuple[str, str, str]) -> None:
    assert parse_step(spec) == VersionStep(*step)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        pytest.param("numpy", "is no version step: write LIB:OLD:NEW", id="no versions"),
        pytest.param("numpy:1.0", "is no version step", id="one version"),
        pytest.param("numpy:1.0:", "is no version step", id="empty version"),
        pytest.param(":1.0:2.0", "is no version step", id="no library"),
        pytest.param("../x:1.0:2.0", "is no version step", id="no name"),
        pytest.param("numpy:1.0:2.0:3.0", "is no version step", id="three versions"),
        pytest.param("numpy:one:two", "'one' is neither a version number nor", id="words"),
        pytest.param("numpy:2.0:2.0.0", "are the same version", id="the same"),
        pytest.param(
            "numpy:2.0:1.0", "2.0 is newer than 1.0; the older version comes first", id="turned"
        ),
        pytest.param("numpy:2.0:1.0", "numpy:1.0:2.0", id="turned, with what to write"),
        pytest.param("numpy:2.0:2.0rc1", "is newer than", id="prerelease after release"),
        pytest.param("toy:./a:./a", "are the same", id="one folder twice"),
        pytest.param("toy:1.0:git+/repo", "names no commit", id="no commit"),
        pytest.param("toy:1.0:git+/repo@-x", "names no commit", id="an option as commit"),
        pytest.param("toy:https://h/a.whl:2.0", "only what lies on", id="a wheel's URL"),
        pytest.param("toy:/a:b/c:/d:e", "is no version step", id="no telling where to split"),
        pytest.param("toy:1.0:git+https://h/r@v1", "only what lies on this machine", id="remote"),
    ],
)
def test_what_is_no_version_step(spec: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_step(spec)
    assert words in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_bare_folder_name_counts_where_it_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        parse_source("mylib")
    (tmp_path / "mylib").mkdir()
    assert parse_source("mylib") == VersionSource(SourceKind.FOLDER, "mylib")

from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.replacements import notes
from recode_data.replacements.notes import read_notes
from tests.toy_index import toylib_source


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")


def test_files_whose_name_tells_of_changes_newest_first(tmp_path: Path) -> None:
    write(
        tmp_path,
        *("CHANGES", "HISTORY.md", "doc/whatsnew/v1.5.0.rst", "doc/whatsnew/v2.0.0.rst"),
        *("doc/whatsnew/v10.0.0.rst", "docs/migration_guide.md"),
    )
    assert read_notes(tmp_path) == (
        *("doc/whatsnew/v10.0.0.rst", "doc/whatsnew/v2.0.0.rst", "doc/whatsnew/v1.5.0.rst"),
        *("docs/migration_guide.md", "HISTORY.md", "CHANGES"),
    )


def test_other_files_are_none(tmp_path: Path) -> None:
    write(
        tmp_path,
        "README.md",
        "docs/guide.rst",
        "changes.py",
        "tests/release/notes.md",
        "release.json",
    )
    assert read_notes(tmp_path) == ()


def test_large_files_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "NEWS.md", "CHANGES.md")
    (tmp_path / "NEWS.md").write_text("x" * 50)
    monkeypatch.setattr(notes, "FILE_LIMIT_BYTES", 40)
    assert read_notes(tmp_path) == ("CHANGES.md",)
    monkeypatch.setattr(notes, "FILE_LIMIT_BYTES", 400)
    monkeypatch.setattr(notes, "TOTAL_LIMIT_BYTES", 50)
    assert read_notes(tmp_path) == ("x" * 50,)


def test_toy_library() -> None:
    (text,) = read_notes(toylib_source("2.0"))
    assert "``toylib.total`` was removed" in text

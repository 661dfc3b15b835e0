from __future__ import annotations

import json
from pathlib import Path

import pytest

from recode_data.audit import audit_rows, read_rows
from recode_data.publish import read_pairs
from recode_data.publish.export import export_rows
from tests.built_datasets import toy_pairs, write_built
from tests.making import make_pair


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_built(tmp_path / "built", toy_pairs())


def lines_of(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_json_lines_come_back_as_the_same_rows(folder: Path, tmp_path: Path) -> None:
    assert export_rows(folder, tmp_path / "rows.jsonl", paper_schema=False) == 3
    assert read_pairs(tmp_path / "rows.jsonl") == read_pairs(folder)


def test_the_papers_schema(folder: Path, tmp_path: Path) -> None:
    export_rows(folder, tmp_path / "rows.jsonl", paper_schema=True)
    rows = lines_of(tmp_path / "rows.jsonl")
    names = ["dependency", "new_version", "description", "update_info", "old_code", "new_code"]
    assert [list(row) for row in rows] == [names] * 3
    assert {row["new_version"] for row in rows} == {"==2.0"}
    assert all(str(row["new_version"])[2:] == "2.0" for row in rows)
    audit = audit_rows(read_rows(tmp_path / "rows.jsonl"))
    assert dict(audit.defects)["mangled_version"] == ()


@pytest.mark.parametrize(("library", "said"), [("torch", "PyTorch"), ("NumPy", "Numpy"), ("toy", "toy")])  # fmt: skip
def test_libraries_are_spelt_as_in_the_paper(tmp_path: Path, library: str, said: str) -> None:
    built = write_built(tmp_path / "built", [make_pair(dependency=library)])
    export_rows(built, tmp_path / "rows.jsonl", paper_schema=True)
    assert lines_of(tmp_path / "rows.jsonl")[0]["dependency"] == said


def test_only_the_wanted_split(folder: Path, tmp_path: Path) -> None:
    assert export_rows(folder, tmp_path / "a.jsonl", paper_schema=False, splits=["test"]) == 1
    assert lines_of(tmp_path / "a.jsonl")[0]["split"] == "test"

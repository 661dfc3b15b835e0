"""The commands around a finished build, as a user gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recode_data.cli import cli
from tests.built_datasets import write_toy_dataset


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_toy_dataset(tmp_path / "built")


def test_the_card_is_printed_as_it_was_written(folder: Path) -> None:
    assert run("card", folder).output == (folder / "README.md").read_text("utf-8")


def test_croissant_is_one_document(folder: Path) -> None:
    found = json.loads(run("card", folder, "--croissant").output)
    assert found["conformsTo"] == "http://mlcommons.org/croissant/1.0"


def test_export_counts_its_rows(folder: Path, tmp_path: Path) -> None:
    done = run(
        "export", folder, "--paper-schema", "--split", "train", "--out", tmp_path / "f.jsonl"
    )
    assert done.output == f"2 rows: {tmp_path / 'f.jsonl'}\n"
    assert len((tmp_path / "f.jsonl").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize("command", ["card", "export"])
def test_a_folder_without_a_build_is_a_usage_error(tmp_path: Path, command: str) -> None:
    extra = ["--out", tmp_path / "f"] if command == "export" else []
    done = run(command, tmp_path, *extra)
    assert done.exit_code != 0
    assert "MalformedInputError" in repr(done.exception)

"""A built folder is read whole, or refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recode_data.errors import MalformedInputError, UsageError
from recode_data.explorer import read_dataset
from tests.built_datasets import CHANGES, STEP, toy_pairs, write_built, write_toy_dataset


def test_everything_is_read(tmp_path: Path) -> None:
    dataset = read_dataset(write_toy_dataset(tmp_path / "built"))
    assert sorted(pair.id for pair in dataset.pairs) == sorted(pair.id for pair in toy_pairs())
    assert {row.change for row in dataset.changes} == set(CHANGES)
    assert {row.change.old_api: row.pairs for row in dataset.changes} == {
        "toy.load": 1,
        "toy.scale": 1,
        "toy.stats.mean": 1,
        "toy.brand_new": 0,
    }
    assert {row.step for row in dataset.changes} == {STEP}
    assert [row.reason for row in dataset.drops] == [
        "nondeterministic",
        "results_differ",
        "results_differ",
    ]
    assert dataset.drops[0].source == ("toy==1.0", "docs/guide.rst", 12)


def test_a_build_without_pairs_is_a_dataset(tmp_path: Path) -> None:
    dataset = read_dataset(write_built(tmp_path / "built", []))
    assert dataset.pairs == ()
    assert len(dataset.changes) == 4


def test_an_unfinished_build_is_refused(tmp_path: Path) -> None:
    folder = write_toy_dataset(tmp_path / "built")
    (folder / "manifest.json").unlink()
    (folder / ".state").mkdir()
    with pytest.raises(UsageError, match="its build has not finished"):
        read_dataset(folder)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no built dataset"):
        read_dataset(tmp_path)


def test_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        read_dataset(tmp_path / "nothing")


def test_lost_pairs_are_noticed(tmp_path: Path) -> None:
    folder = write_toy_dataset(tmp_path / "built")
    for file in (folder / "data").iterdir():
        file.unlink()
    with pytest.raises(MalformedInputError, match="its manifest counts 3"):
        read_dataset(folder)


@pytest.mark.parametrize("name", ["changes.parquet", "dropped.parquet"])
def test_a_torn_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_toy_dataset(tmp_path / "built")
    (folder / name).write_bytes(b"PAR1")
    with pytest.raises(MalformedInputError, match=name):
        read_dataset(folder)


@pytest.mark.parametrize("text", ["{", "[]", '{"steps": 1}'])
def test_a_strange_manifest_is_refused(tmp_path: Path, text: str) -> None:
    folder = write_toy_dataset(tmp_path / "built")
    (folder / "manifest.json").write_text(text)
    with pytest.raises(MalformedInputError, match=r"manifest\.json"):
        read_dataset(folder)


def test_the_manifest_is_kept(tmp_path: Path) -> None:
    folder = write_toy_dataset(tmp_path / "built")
    assert read_dataset(folder).manifest == json.loads((folder / "manifest.json").read_text())

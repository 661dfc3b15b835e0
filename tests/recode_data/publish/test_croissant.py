from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from recode_data.publish import read_manifest
from recode_data.publish.croissant import croissant
from tests.built_datasets import toy_drops, toy_pairs, write_built


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_built(tmp_path, toy_pairs(), dropped=toy_drops())


@pytest.fixture
def document(folder: Path) -> Any:
    return json.loads(json.dumps(croissant(read_manifest(folder))))


def test_every_file_is_there_with_its_hash(document: Any, folder: Path) -> None:
    listed = {item["@id"]: item["sha256"] for item in document["distribution"]}
    assert listed == {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*.parquet")
    }


def test_every_column_is_a_field_of_its_file(document: Any, folder: Path) -> None:
    files = set()
    for records in document["recordSet"]:
        (file,) = {field["source"]["fileObject"]["@id"] for field in records["field"]}
        files.add(file)
        columns = [field["source"]["extract"]["column"] for field in records["field"]]
        assert columns == pq.read_schema(folder / file).names
    assert files == {item["@id"] for item in document["distribution"]}


def test_types(document: Any) -> None:
    (train,) = [item for item in document["recordSet"] if item["name"] == "train-toy"]
    fields = {field["name"]: (field["dataType"], field.get("repeated")) for field in train["field"]}
    assert fields["source_line"] == ("sc:Integer", None)
    assert fields["works_on_old"] == ("sc:Boolean", None)
    assert fields["old_requirements"] == ("sc:Text", True)
    assert (document["license"], document["datePublished"]) == (["MIT"], "2024-01-01")


def test_names_are_unique(document: Any) -> None:
    names = [item["@id"] for item in document["recordSet"]]
    names += [field["@id"] for item in document["recordSet"] for field in item["field"]]
    assert len(names) == len(set(names))

from __future__ import annotations

import json

from click.testing import CliRunner

from recode_data.catalog import catalog_entries, load_catalog
from recode_data.commands.libraries import libraries
from recode_data.steps import parse_step


def test_json_is_one_document_with_steps_that_build_takes() -> None:
    result = CliRunner().invoke(libraries, ["--catalog", "small", "--json"])
    document = json.loads(result.stdout)
    small = catalog_entries("small")
    assert [row["name"] for row in document["libraries"]] == [entry.name for entry in small]
    assert document["catalogs"]["small"] == [entry.name for entry in small]
    for row, entry in zip(document["libraries"], small, strict=True):
        assert [parse_step(step) for step in row["steps"]] == list(entry.steps())


def test_a_line_per_library() -> None:
    lines = CliRunner().invoke(libraries).stdout.splitlines()
    pandas = next(line for line in lines if line.startswith("pandas "))
    (entry,) = (entry for entry in load_catalog() if entry.name == "pandas")
    assert len(entry.releases) > 2
    assert pandas.split() == ["pandas", "BSD-3-Clause", *map(str, entry.steps())]

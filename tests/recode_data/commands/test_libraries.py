from __future__ import annotations

import json

from click.testing import CliRunner

from recode_data.commands.libraries import libraries


def test_json_is_one_document_with_steps_that_build_takes() -> None:
    result = CliRunner().invoke(libraries, ["--catalog", "small", "--json"])
    document = json.loads(result.stdout)
    assert [row["steps"] for row in document["libraries"]] == [
        ["click:7.1.2:8.1.8"],
        ["numpy:1.26.4:2.0.0"],
    ]
    assert document["catalogs"]["small"] == ["click", "numpy"]


def test_a_line_per_library() -> None:
    lines = CliRunner().invoke(libraries).stdout.splitlines()
    pandas = next(line for line in lines if line.startswith("pandas "))
    assert pandas.split() == [
        "pandas",
        "BSD-3-Clause",
        "pandas:1.5.3:2.2.3",
        "pandas:2.2.3:3.0.0",
    ]

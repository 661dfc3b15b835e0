from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from recode_data.publish.front_matter import (
    features,
    front_matter,
    size_category,
    title,
    yaml_lines,
)
from recode_data.publish.tables import CHANGE_SCHEMA, DROPPED_SCHEMA, PAIR_SCHEMA
from recode_data.records import Effect, JsonValue
from tests.built_datasets import write_built
from tests.making import make_pair

STEPS: list[JsonValue] = ["a:1:2", "a:2:3", "b:1:2", "c:1:2", "d:1:2", "e:1:2"]


def head_of(folder: Path) -> dict[str, object]:
    _, head, _ = (folder / "README.md").read_text("utf-8").split("---\n", 2)
    return dict(yaml.safe_load(head))


@pytest.mark.parametrize("schema", [PAIR_SCHEMA, CHANGE_SCHEMA, DROPPED_SCHEMA])
def test_columns_are_said_as_the_datasets_library_says_them(schema: object) -> None:
    from datasets import Features

    assert features(schema) == Features.from_arrow_schema(schema)._to_yaml_list()


def test_each_configuration_has_its_files_and_counts(tmp_path: Path) -> None:
    pairs = [
        make_pair(id="1"),
        make_pair(id="2", split="test", dependency="Py_Lib"),
        make_pair(id="3", dependency="control"),
        make_pair(id="4", effect=Effect.NONE),
    ]
    head = head_of(write_built(tmp_path, pairs))
    files = {
        config["config_name"]: {split["split"]: split["path"] for split in config["data_files"]}
        for config in head["configs"]  # type: ignore[attr-defined]
    }
    assert list(files) == ["all", "control-library", "py-lib", "toy", "control", "changes", "dropped"]  # fmt: skip
    assert files["py-lib"] == {"test": ["data/test-py-lib-00000.parquet"]}
    assert files["control"] == {"train": ["data/train-toy_control-00000.parquet"]}
    assert files["toy"]["train"] == [
        "data/train-toy-00000.parquet",
        "data/train-toy_control-00000.parquet",
    ]
    assert {file for splits in files.values() for found in splits.values() for file in found} == {
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.parquet")
    }
    counts = {
        info["config_name"]: [split["num_examples"] for split in info["splits"]]
        for info in head["dataset_info"]  # type: ignore[attr-defined]
    }
    assert counts["all"] == [3, 1]
    assert counts["control"] == [1]
    assert [config.get("default") for config in head["configs"]] == [True] + [None] * 6  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("licences", "said"),
    [
        (["MIT"], ["mit"]),
        (["MIT", "BSD-3-Clause"], ["bsd-3-clause", "mit"]),
        (["MIT", ""], "other"),
        (["BSD-3-Clause AND 0BSD"], "other"),
    ],
)
def test_the_licence_is_named_where_every_row_has_one(
    tmp_path: Path, licences: list[str], said: object
) -> None:
    pairs = [make_pair(id=str(n), licence=text) for n, text in enumerate(licences)]
    assert head_of(write_built(tmp_path, pairs))["license"] == said


@pytest.mark.parametrize(
    ("rows", "word"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10_000, "10K<n<100K")]
)
def test_sizes_are_said_in_the_hubs_words(rows: int, word: str) -> None:
    assert size_category(rows) == word


@pytest.mark.parametrize(
    ("steps", "expect"),
    [
        (STEPS[:1], "Migration pairs: a 1 → 2"),
        (STEPS[:3], "Migration pairs: a, b"),
        (STEPS, "Migration pairs of 5 libraries"),
    ],
)
def test_titles(steps: list[JsonValue], expect: str) -> None:
    assert title({"steps": steps}) == expect


def test_the_title_counts_libraries_that_have_rows() -> None:
    steps: list[JsonValue] = [f"lib{number}:1:2" for number in range(9)]
    rows: dict[str, JsonValue] = {f"lib{number}": {"train": 1} for number in range(6)}
    assert title({"steps": steps, "libraries": rows}) == "Migration pairs of 6 libraries"


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1, "b": [], "c": {}, "d": None, "e": True, "f": 1.5},
        {"yes": "no", "on": "null", "n": "Y", "1": "0x1", "k": "a: b", "m": "- x", "p": "#c"},
        {"text": 'a "quoted" \\ line\nbreak \u2028 ü 🙂 \x85', "empty": "", "space": " x "},
        {"list": [1, "two", {"three": [{"deep": ["x"]}], "four": 4}, [5, 6]]},
        {"version": "1.10", "date": "2024-01-01", "size": "1K<n<10K"},
    ],
)
def test_yaml_reads_back_as_it_was(value: dict[str, JsonValue]) -> None:
    assert yaml.safe_load("\n".join(yaml_lines(value))) == value


def test_a_manifest_of_another_version_still_has_a_head() -> None:
    head = yaml.safe_load("\n".join(front_matter({"steps": ["a:1:2"], "configs": 3})[1:-1]))
    assert head["pretty_name"] == "Migration pairs: a 1 → 2"

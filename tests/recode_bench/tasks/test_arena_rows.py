"""CodeUpdateArena's schema: what is read, how tests are told apart, what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from recode_bench.tasks.arena_rows import enforcement_of, read_rows, split_tests
from recode_data.errors import EnvironmentLacksError, MalformedInputError, UsageError
from tests.arena_examples import ROW, UPDATE, raw_row, write_rows


def test_file_folder_gzip_and_parquet_hold_the_same_rows(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    plain = write_rows(tmp_path / "folder" / "rows.jsonl", ROW)
    zipped = tmp_path / "rows.jsonl.gz"
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    table = tmp_path / "rows.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([ROW]), table)
    listed = tmp_path / "rows.json"
    listed.write_text(json.dumps([ROW]))
    rows = [read_rows(path) for path in (plain, tmp_path / "folder", zipped, table, listed)]
    assert rows == [rows[0]] * 5
    (row,) = rows[0]
    assert row.entries == ("keep_last",)
    assert row.borrowed == ("import textwrap",)
    assert [name for _, name in row.tests] == ["test_short", "test_long"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("def test_a(): pass\n\ndef test_b(): pass", ["test_a", "test_b"], id="two"),
        pytest.param(
            "def test_a():\n    x = [\n\n        1]\n", ["test_a"], id="blank line within"
        ),
        pytest.param(
            "def test_a():\n    def inner(): pass\n    inner()\n", ["test_a"], id="nested function"
        ),
        pytest.param("@mark\ndef test_a(): pass\n", ["test_a"], id="decorated"),
        pytest.param("def make(x): return x\ndef test_a(): make(1)", ["test_a"], id="helper"),
        pytest.param("def one(): pass\ndef two(n=1): pass", ["one", "two"], id="other names"),
        pytest.param("def test_a(): pass\n\ndef test_b(: pass", ["test_a", "test_b"], id="broken"),
        pytest.param("", [], id="nothing"),
        pytest.param("x = 1", [], id="no function"),
    ],
)
def test_tests_are_split_by_grammar(text: str, names: list[str]) -> None:
    assert [name for _, name in split_tests(text)] == names


def test_each_test_keeps_what_stands_beside_it() -> None:
    text = "import math\nLIMIT = 3\n\ndef test_a(): pass\n\n@mark\ndef test_b(): pass\n"
    first, second = (source for source, _ in split_tests(text))
    assert first == "import math\nLIMIT = 3\ndef test_a(): pass\n"
    assert second == "import math\nLIMIT = 3\n@mark\ndef test_b(): pass\n"


KINDS = [
    *("add-argument", "add-argument-data_type", "add-argument-default_value(s)"),
    *("add-output-semantics", "modify-output-data_type", "modify-argument-name"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_most_kinds_take_the_old_ones_place(kind: str) -> None:
    assert enforcement_of({**UPDATE, "update_type": kind}, "") == "textwrap.shorten = shorten"


def test_a_renaming_takes_the_old_name_away() -> None:
    update = {**UPDATE, "update_type": "modify-function-name", "implementation": "def cut(): pass"}
    assert enforcement_of(update, "") == "del textwrap.shorten\ntextwrap.cut = cut"


def test_an_addition_leaves_the_old_one() -> None:
    update = {**UPDATE, "update_type": "add-function", "implementation": "def cut(): pass"}
    assert enforcement_of(update, "") == "textwrap.cut = cut"


def test_the_last_function_is_the_implementation() -> None:
    code = "def helper(): pass\ndef shorten():\n    def inner(): pass\n"
    assert enforcement_of({**UPDATE, "implementation": code}, "") == "textwrap.shorten = shorten"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (raw_row({"update_type": "deprecate-function"}), "cannot be put in place"),
        (raw_row({"update_type": "modify-function-semantics"}), "cannot be put in place"),
        (raw_row({"implementation": "def other(): pass"}), "called other"),
        (raw_row({"implementation": "def broken(:"}), "is not Python"),
        (raw_row({"implementation": "x = 1"}), "defines no function"),
        (raw_row({"function_path": "shorten"}), "no dotted name"),
        (raw_row({"function_path": "os.system('x').y"}), "no dotted name"),
        (raw_row(unit_tests="x = 1"), "no test function"),
        (raw_row(scenario=None), "needs the text `scenario`"),
        ({**ROW, "update": "text"}, "`update` must be an object"),
        ({"task_id": "x"}, "`update` must be an object"),
    ],
)
def test_rows_that_are_none_are_refused_by_number(
    tmp_path: Path, row: dict[str, object], words: str
) -> None:
    path = write_rows(tmp_path / "rows.jsonl", ROW, row)
    with pytest.raises(MalformedInputError, match=words) as caught:
        read_rows(path)
    assert "row 2" in str(caught.value)


def test_a_row_may_not_be_there_twice(tmp_path: Path) -> None:
    with pytest.raises(MalformedInputError, match="there twice"):
        read_rows(write_rows(tmp_path / "rows.jsonl", ROW, ROW))


def test_text_that_is_no_json_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", ROW)
    path.write_text(path.read_text() + "{torn\n")
    with pytest.raises(MalformedInputError, match="line 2: not JSON"):
        read_rows(path)


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_file_is_a_usage_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content)
    with pytest.raises(UsageError, match="no row"):
        read_rows(path)


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_rows(tmp_path / "none.jsonl")


def test_the_hub_is_asked_where_no_path_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    asked = []

    def load(name: str) -> object:
        asked.append(name)
        return datasets.DatasetDict({"train": datasets.Dataset.from_list([ROW])})

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert [row.id for row in read_rows(None)] == [ROW["prog_syn_id"]]
    assert [row.id for row in read_rows(Path("someone/copy"))] == [ROW["prog_syn_id"]]
    assert asked == ["leo-liuzy/CodeUpdateArena", "someone/copy"]


def test_a_hub_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    def load(name: str) -> object:
        raise ConnectionError("no route")

    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(EnvironmentLacksError, match="no route"):
        read_rows(None)


def test_published_rows_are_read_whole(shared_data: Path) -> None:
    rows = read_rows(shared_data / "data" / "codeupdatearena" / "sample.jsonl")
    assert (len(rows), sum(len(row.tests) for row in rows)) == (275, 1750)

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recode_data.errors import MalformedInputError
from recode_data.publish import (
    PAIR_SCHEMA,
    pair_row,
    read_changes,
    read_pairs,
    write_changes,
    write_dropped,
    write_pairs,
)
from recode_data.records import ChangeKind, Dropped, DropReason, VersionStep
from tests.making import make_candidate, make_change, make_pair

STEP = VersionStep("toy", "1.0", "2.0")
HARD = ["", "\u2028\x00\ud7ff", "x" * 100_000, '"\n\\', "emoji 🙂"]


def test_rows_come_back_as_they_went(tmp_path: Path) -> None:
    pairs = tuple(
        make_pair(id=str(number), update_info=text, parameter=None if number % 2 else "p")
        for number, text in enumerate(HARD)
    )
    write_pairs(pairs, tmp_path / "data" / "train-00000-of-00001.parquet")
    assert read_pairs(tmp_path) == pairs


def test_same_rows_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_pairs([make_pair()], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_enums_are_written_by_value() -> None:
    row = pair_row(make_pair(kind=ChangeKind.PARAMETER_RENAMED))
    assert (row["kind"], row["effect"], row["producer"]) == (
        "parameter_renamed",
        "break",
        "forward",
    )


def test_splits_are_read_in_their_order(tmp_path: Path) -> None:
    for split in ("test", "train", "validation"):
        write_pairs([make_pair(id=split)], tmp_path / "data" / f"{split}-00000-of-00001.parquet")
    assert [pair.id for pair in read_pairs(tmp_path)] == ["train", "validation", "test"]


def test_json_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps(pair_row(make_pair())) + "\n\n")
    assert read_pairs(file) == (make_pair(),)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "holds no pairs"),
        (b"PAR1 torn", "not a readable Parquet"),
        ("columns", "lacks the columns checks"),
        ("kind", "row 1"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, content: object, words: str) -> None:
    file = tmp_path / "data" / "train-00000-of-00001.parquet"
    file.parent.mkdir()
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content == "columns":
        table = pa.Table.from_pylist([pair_row(make_pair())], PAIR_SCHEMA)
        pq.write_table(table.drop_columns(["checks"]), file)
    elif content == "kind":
        row = pair_row(make_pair()) | {"kind": "nonsense"}
        pq.write_table(pa.Table.from_pylist([row], PAIR_SCHEMA), file)
    with pytest.raises(MalformedInputError, match=words):
        read_pairs(tmp_path)


def test_changes_come_back(tmp_path: Path) -> None:
    changes = (make_change(), make_change("toy.save", parameter="mode"))
    write_changes([(STEP, change, 3) for change in changes], tmp_path / "changes.parquet")
    assert read_changes(tmp_path) == changes
    assert pq.read_table(tmp_path / "changes.parquet")["pairs"].to_pylist() == [3, 3]


def test_drops_keep_reason_and_codes(tmp_path: Path) -> None:
    drop = Dropped(make_candidate(), DropReason.RESULTS_DIFFER, "x differs")
    write_dropped([(STEP, drop)], tmp_path / "dropped.parquet")
    (row,) = pq.read_table(tmp_path / "dropped.parquet").to_pylist()
    assert (row["reason"], row["detail"]) == ("results_differ", "x differs")
    assert row["old_code"] == drop.candidate.old_code


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    write_pairs([make_pair()], file)
    before = file.read_bytes()
    with pytest.raises((pa.ArrowInvalid, UnicodeEncodeError)):
        write_pairs([make_pair(update_info="\ud800")], file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]

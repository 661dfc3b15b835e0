from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from recode_data.audit import audit_rows, read_rows
from recode_data.audit.report import MEANINGS
from recode_data.cli import cli
from recode_data.errors import MalformedInputError

GOOD = {
    "dependency": "toy",
    "new_version": "==2.0",
    "update_info": "Write read instead.",
    "old_code": "import toy\nx = toy.load(1)\n",
    "new_code": "import toy\nx = toy.read(1)\n",
}

OTHER = {
    **GOOD,
    "old_code": "import toy\ntoy.save([3, 4])\n",
    "new_code": "import toy\ntoy.write([3, 4])\n",
}


def found(tmp_path: Path, *rows: dict[str, object]) -> dict[str, list[int]]:
    audit = audit_rows(read_rows(write(tmp_path, *rows)))
    return {kind: list(numbers) for kind, numbers in audit.defects if numbers}


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({}, set()),
        ({"new_code": "import toy\nx = toy.read(1\n"}, {"unparsable"}),
        ({"old_code": "print 'x'\n"}, {"unparsable_old"}),
        ({"old_code": None}, {"empty_field"}),
        ({"update_info": "  "}, {"empty_field"}),
        ({"new_code": "x = toy.read(1)\n"}, {"unbound_name"}),
        ({"new_code": "from toy import *\nx = read(1)\n"}, set()),
        ({"new_code": "import toy\nx = [y for y in toy.read(len('a'))]\n"}, set()),
        ({"new_code": "import toy\ndef f(a, *b, c=1, **d): return a, b, c, d\n"}, set()),
        (
            {"new_code": "import toy\ntry:\n    toy.x()\nexcept E as e:\n    print(e)\n"},
            {"unbound_name"},
        ),
        ({"new_code": "import toy  # same\nx = toy.load( 1 )\n"}, {"no_op"}),
        ({"new_code": "import toy\nx = toy.load(1)\n", "effect": "none"}, set()),
        ({"new_version": "0.17"}, {"mangled_version"}),
        ({"new_version": "==latest"}, {"mangled_version"}),
        ({"new_version": "==2.x"}, set()),
    ],
)
def test_each_defect_is_found_and_no_other(
    tmp_path: Path, changed: dict[str, object], kinds: set[str]
) -> None:
    assert (
        set(
            found(
                tmp_path,
                {**GOOD, **changed},
                OTHER,
                {**OTHER, "old_code": "import toy\nz = toy.x\n"},
            )
        )
        == kinds
    )


def test_bare_versions_are_right_where_all_are_bare(tmp_path: Path) -> None:
    rows = [{**GOOD, "new_version": "2.0"}, {**OTHER, "new_version": "2.0"}]
    assert found(tmp_path, *rows) == {}


def test_the_second_of_two_equal_rows_is_the_duplicate(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD, OTHER, {**GOOD, "update_info": "other words"}) == {
        "duplicate": [2]
    }


def test_a_test_row_that_was_trained_on(tmp_path: Path) -> None:
    trained = {**GOOD, "split": "train"}
    leaked = {**GOOD, "split": "test", "old_code": GOOD["old_code"] + "# shown\n"}
    fresh = {**OTHER, "split": "test"}
    assert found(tmp_path, trained, leaked, fresh) == {"near_duplicate_across_splits": [1]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no rows"),
        ('{"a": 1}\n', "lacks old_code, new_code; it has a"),
        ("{torn", "line 1"),
        ("[1]", "JSON object"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "rows.json"
    file.write_text(content)
    with pytest.raises(MalformedInputError, match=words):
        read_rows(file)


SHARED = os.environ.get("RECODE_SHARED")


@pytest.mark.skipif(not SHARED, reason="RECODE_SHARED is not set: no shared data")
def test_counts_on_the_papers_rows() -> None:
    audit = audit_rows(read_rows(Path(str(SHARED)) / "data" / "recode" / "train.jsonl"))
    counts = {kind: len(numbers) for kind, numbers in audit.defects}
    assert audit.rows == 1781
    assert counts["unparsable"] == 50
    assert counts["unparsable_old"] == 39
    assert counts["empty_field"] == 21
    assert counts["mangled_version"] == 96
    assert counts["duplicate"] == 84
    assert abs(counts["unbound_name"] - 467) <= 2
    assert abs(counts["no_op"] - 269) <= 2
    assert counts["near_duplicate_across_splits"] == 0  # the file has one split
    published = {kind: set(numbers) for kind, numbers in audit.defects if kind != "unparsable_old"}
    assert abs(len(set().union(*published.values())) / audit.rows - 0.453) <= 0.002
    assert audit.clean == 966


TASK = """def longest_plateau(values, tolerance):
    best = start = 0
    for index in range(1, len(values) + 1):
        if index == len(values) or abs(values[index] - values[index - 1]) > tolerance:
            best = max(best, index - start)
            start = index
    return best
"""


def test_a_row_that_holds_a_task_of_a_test_set(tmp_path: Path) -> None:
    tests = tmp_path / "tests.jsonl"
    tests.write_text(json.dumps({"task_id": "plateau/7", "prompt": TASK}) + "\n")
    leaked = {**GOOD, "new_code": f"import toy\n{TASK}print(longest_plateau(toy.read(1), 2))\n"}
    file = write(tmp_path, GOOD, OTHER, leaked)
    done = CliRunner().invoke(
        cli, ["audit", str(file), "--against", str(tests), "--json"], standalone_mode=False
    )
    document = json.loads(done.stdout)
    assert done.return_value == 1
    assert document["defects"]["test_set_overlap"] == [2]
    assert document["details"]["test_set_overlap"]["2"] == [
        "code of plateau/7 in tests.jsonl, share 1.0"
    ]
    assert document["clean"] == 2
    assert "not_checked" not in document


def test_kinds_that_were_not_looked_for_are_not_counted_as_none(tmp_path: Path) -> None:
    assert set(dict(audit_rows(read_rows(write(tmp_path, GOOD))).defects)) == set(MEANINGS)


def test_a_test_set_that_is_not_there(tmp_path: Path) -> None:
    command = ["audit", str(write(tmp_path, GOOD)), "--against", str(tmp_path / "nothing")]
    with pytest.raises(MalformedInputError, match="is no file; name one, or humaneval"):
        CliRunner().invoke(cli, command, standalone_mode=False, catch_exceptions=False)


def write(folder: Path, *rows: dict[str, object]) -> Path:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file

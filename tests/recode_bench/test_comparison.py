"""Two runs, problem by problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from recode_bench.comparison import RunComparison, compare_runs, describe_comparison
from recode_bench.report import read_runs
from recode_data.errors import UsageError
from tests.recorded_runs import write_run

FIRST = {
    "a": "passed",
    "b": "failed:error:x",
    "c": "failed:error:x",
    "d": "unscored:sandbox_failed",
}
SECOND = {"a": "passed", "b": "passed", "c": ["passed", "failed:error:x"], "d": "passed"}


def compared(tmp_path: Path, **second: object) -> RunComparison:
    folders = [
        write_run(tmp_path / "first", "humaneval", "one", FIRST, data={"rows": 4}),
        write_run(
            tmp_path / "second",
            str(second.get("task", "humaneval")),
            "two",
            SECOND,
            data=second.get("data", {"rows": 4}),
        ),
    ]
    first, other = read_runs(folders)
    return compare_runs(first, other)


def test_flips_come_largest_first_and_ties_are_no_flips(tmp_path: Path) -> None:
    comparison = compared(tmp_path)
    assert [(flip.problem, flip.first, flip.second) for flip in comparison.flips] == [
        ("b", 0.0, 1.0),
        ("c", 0.0, 0.5),
    ]
    paired = comparison.paired
    assert paired is not None
    assert (paired.wins, paired.losses, paired.ties) == (2, 0, 1)
    assert paired.difference.value == 0.5


def test_problems_that_one_run_did_not_score_are_left_out_and_counted(tmp_path: Path) -> None:
    comparison = compared(tmp_path)
    assert comparison.only_one == 1
    assert "1 problems left out" in describe_comparison(comparison, 5)


def test_only_so_many_flips_are_listed(tmp_path: Path) -> None:
    text = describe_comparison(compared(tmp_path), 1)
    assert "b: 0 -> 1" in text
    assert "c:" not in text
    assert "and 1 more" in text


@pytest.mark.parametrize(
    ("second", "words"), [({"task": "other"}, "one task"), ({"data": {"rows": 5}}, "same data")]
)
def test_runs_of_other_tasks_or_data_do_not_compare(
    tmp_path: Path, second: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        compared(tmp_path, **second)

"""Folding outcomes into metrics: what counts where, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest

from recode_bench.problems import Outcome, Problem
from recode_bench.results import WITHOUT_UPDATE, fold
from recode_data.verify import Verdict


def outcome(task_id: str, sample: int, verdict: str, **measured: float) -> Outcome:
    return Outcome(task_id, sample, Verdict(verdict), verdict, 0.1, measured=measured)


def folded(problems: list[Problem], outcomes: list[Outcome], samples: int = 1, **given: Any) -> Any:
    return fold(problems, outcomes, samples, given.get("cutoff"))


A, B = Problem("a", {}, groups={"kind": "x"}), Problem("b", {}, groups={"kind": "y"})
CONTROL = Problem("c", {}, is_control=True)


def test_the_mean_is_over_problems_and_not_over_samples() -> None:
    outcomes = [
        *(outcome("a", n, "passed") for n in range(4)),
        outcome("b", 0, "failed"),
    ]
    assert folded([A, B], outcomes, 4)["pass@1"]["value"] == 0.5


def test_unscored_samples_are_neither_passed_nor_failed() -> None:
    outcomes = [outcome("a", 0, "passed"), outcome("a", 1, "unscored"), outcome("b", 0, "unscored")]
    metrics = folded([A, B], outcomes, 2)
    assert (metrics["pass@1"]["value"], metrics["pass@1"]["count"]) == (1.0, 1)
    assert metrics["pass@2"] is None  # nothing has two scored samples
    assert metrics["unscored"] == 2
    assert metrics["reasons"] == {"passed": 1, "unscored": 2}


def test_k_goes_no_further_than_the_samples() -> None:
    metrics = folded([A], [outcome("a", n, "failed") for n in range(5)], 5)
    assert [name for name in metrics if name.startswith("pass@")] == ["pass@1", "pass@2", "pass@5"]


def test_control_rows_count_in_over_migration_alone() -> None:
    outcomes = [outcome("a", 0, "passed"), outcome("c", 0, "failed")]
    metrics = folded([A, CONTROL], outcomes)
    assert (metrics["pass@1"]["value"], metrics["over_migration_rate"]["value"]) == (1.0, 1.0)
    assert folded([A], outcomes[:1])["over_migration_rate"] is None


@pytest.mark.parametrize(
    ("verdict", "without", "value"),
    [("passed", False, 1.0), ("passed", True, 0.0), ("failed", False, 0.0)],
)
def test_upass_asks_for_the_update(verdict: str, without: bool, value: float) -> None:
    outcomes = [outcome("a", 0, verdict, **{WITHOUT_UPDATE: without})]
    assert folded([A], outcomes)["UPass@1"]["value"] == value


def test_tasks_without_a_second_run_have_no_upass() -> None:
    assert "UPass@1" not in folded([A], [outcome("a", 0, "passed")])


def test_measured_values_are_averaged_by_problem() -> None:
    outcomes = [
        outcome("a", 0, "failed", share=0.0),
        outcome("a", 1, "passed", share=1.0),
        outcome("b", 0, "passed", share=1.0),
    ]
    assert folded([A, B], outcomes, 2)["means"]["share"]["value"] == 0.75


def test_groups_and_cutoff_split_the_score() -> None:
    old, new = Problem("a", {}, released="2023-01-01"), Problem("b", {}, released="2024-06-01")
    unknown = Problem("u", {})
    outcomes = [outcome("a", 0, "passed"), outcome("b", 0, "failed"), outcome("u", 0, "failed")]
    by_cutoff = folded([old, new, unknown], outcomes, cutoff="2024-06-01")["by_cutoff"]
    assert {name: group["pass@1"]["value"] for name, group in by_cutoff.items()} == {
        "before 2024-06-01": 1.0,
        "from 2024-06-01": 0.0,
        "unknown date": 0.0,
    }
    by_kind = folded([A, B], outcomes[:2])["by"]["kind"]
    assert {name: group["pass@1"]["value"] for name, group in by_kind.items()} == {
        "x": 1.0,
        "y": 0.0,
    }


def test_nothing_at_all_folds_into_nothing() -> None:
    metrics = folded([], [])
    assert (metrics["pass@1"], metrics["unscored"], metrics["by"]) == (None, 0, {})

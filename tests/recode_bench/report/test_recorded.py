"""What a report takes from `results.json`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from recode_bench.metrics import Estimate, IntervalMethod
from recode_bench.report import read_runs
from recode_bench.report.recorded import cutoff_section, estimate_of, passes_section
from tests.recorded_runs import write_run


def estimate(value: float) -> dict[str, Any]:
    return {"value": value, "low": 0.1, "high": 0.9, "count": 7, "method": "bootstrap"}


def words(markup: object) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", str(markup)).split())


def test_both_sides_of_the_cutoff_are_drawn(tmp_path: Path) -> None:
    metrics = {
        "by_cutoff": {
            "before 2024-06-01": {"problems": 7, "pass@1": estimate(0.75)},
            "from 2024-06-01": {"problems": 7, "pass@1": estimate(0.25)},
            "unknown date": {"problems": 2, "pass@1": None},
        }
    }
    run = write_run(tmp_path / "run", "pairs:nowhere", "m", {"a": "passed"}, metrics=metrics)
    text = words(cutoff_section(read_runs([run])))
    assert "m, releases before 2024-06-01 75.0 % (10.0 % to 90.0 %)" in text
    assert "m, releases from 2024-06-01 25.0 % (10.0 % to 90.0 %)" in text
    assert "m, releases unknown date not scored" in text


def test_pass_at_k_of_every_run(tmp_path: Path) -> None:
    metrics = {"pass@1": estimate(0.5), "UPass@1": estimate(0.25), "unscored": 3}
    first = write_run(tmp_path / "a", "t", "one", {"a": "passed"}, metrics=metrics)
    second = write_run(tmp_path / "b", "t", "two", {"a": "passed"}, metrics={"pass@1": None})
    text = words(passes_section(read_runs([first, second])))
    assert "Model pass@1 UPass@1 one 50.0 % (10.0 % to 90.0 %) 25.0 % (10.0 % to 90.0 %)" in text
    assert "two not estimable not estimable" in text
    assert "unscored" not in text


def test_columns_go_from_small_k_to_large(tmp_path: Path) -> None:
    names = ["UPass@1", "UPass@10", "UPass@2", "pass@1", "pass@10", "pass@2", "pass@"]
    run = write_run(tmp_path / "a", "t", "one", {"a": "passed"}, metrics=dict.fromkeys(names))
    text = words(passes_section(read_runs([run])))
    assert "Model pass@ pass@1 pass@2 pass@10 UPass@1 UPass@2 UPass@10 one" in text


@pytest.mark.parametrize(
    "metrics", [{}, {"pass@1": {}}, {"by_cutoff": 3}, {"by_cutoff": {}}], ids=str
)
def test_nothing_to_add(metrics: dict[str, Any], tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", "t", "m", {"a": "passed"}, metrics=metrics)
    runs = read_runs([run])
    assert cutoff_section(runs) is None
    assert passes_section(runs) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            estimate(0.5), Estimate(0.5, 0.1, 0.9, 7, IntervalMethod.BOOTSTRAP), id="an estimate"
        ),
        pytest.param({"value": 0.5}, None, id="torn"),
        pytest.param({**estimate(0.5), "method": "guess"}, None, id="unknown method"),
        pytest.param(0.5, None, id="a number"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_reading_an_estimate(value: Any, expected: Estimate | None) -> None:
    assert estimate_of(value) == expected

"""Bars with intervals."""

from __future__ import annotations

import re

from recode_bench.metrics import Estimate, IntervalMethod
from recode_bench.report.chart import bar_chart, interval_words

ESTIMATE = Estimate(0.25, 0.1, 0.5, 40, IntervalMethod.BOOTSTRAP)


def test_widths_are_the_numbers() -> None:
    made = bar_chart("t", [("m", ESTIMATE)])
    assert re.findall(r'class="fill" width="([^"]*)"', made) == ["25.00%"]
    assert re.findall(r'class="whisker" x1="([^"]*)" x2="([^"]*)"', made)[0] == ("10.00%", "50.00%")
    assert "<strong>25.0 %</strong> (10.0 % to 50.0 %)" in made


def test_what_was_not_scored_has_no_bar() -> None:
    made = bar_chart("t", [("m", None)])
    assert "not scored" in made
    assert "fill" not in made
    assert "whisker" not in made


def test_names_are_escaped() -> None:
    assert "<img" not in bar_chart("<img>", [("<img>", ESTIMATE)])


def test_one_partial_score_has_no_interval() -> None:
    alone = Estimate(0.5, 0.5, 0.5, 1, IntervalMethod.BOOTSTRAP)
    assert interval_words(alone) == "one problem, no interval"
    assert interval_words(ESTIMATE) == "10.0 % to 50.0 %"

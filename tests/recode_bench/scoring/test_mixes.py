"""Weighted sums of rewards out of a trainer's columns."""

from __future__ import annotations

from typing import Any

import pytest

from recode_bench.scoring import rewards
from recode_bench.scoring.mixes import PAIR_COLUMNS, REWARDS, Mix, earn, parse_mix, require_columns
from recode_data.errors import MalformedInputError, UsageError
from tests.recode_bench.scoring.test_rewards import NEW, OLD, answer

COLUMNS: dict[str, Any] = {
    "new_code": [NEW, NEW],
    "old_code": [OLD, OLD],
    "trainer_state": object(),
}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("format", (("format", 1.0),), id="one"),
        pytest.param("format+es_star", (("format", 1.0), ("es_star", 1.0)), id="the paper's"),
        pytest.param("2*em + 0.5*format", (("em", 2.0), ("format", 0.5)), id="weights"),
    ],
)
def test_what_a_mix_is_written_as(text: str, parts: tuple[tuple[str, float], ...]) -> None:
    mix = parse_mix(text)
    assert mix == Mix(parts)
    assert parse_mix(mix.name) == mix


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "format+",
        "bleu",
        "format+format",
        "0*format",
        "-1*format",
        "format*2",
        "1e9*em",
        "é",
    ],
)
def test_what_is_no_mix(text: str) -> None:
    with pytest.raises(UsageError, match="format"):
        parse_mix(text)


def test_the_sum_is_weighted_and_the_parts_are_not() -> None:
    earned = earn(parse_mix("format+2*em"), [answer(NEW), answer(OLD)], COLUMNS)
    assert earned.total == [1 + 2 * 2.0, 1 + 2 * -1.5]
    assert earned.parts == {"format": [1.0, 1.0], "em": [2.0, -1.5]}


def test_what_one_part_leaves_unscored_is_unscored() -> None:
    """A sum without that part would count against the completion."""
    columns = COLUMNS | {"new_code": [NEW, None]}
    earned = earn(parse_mix("format+em"), [answer(NEW)] * 2, columns)
    assert earned.total == [3.0, None]


@pytest.mark.parametrize("name", [name for name in REWARDS if name != "execution"])
def test_each_reward_is_what_its_function_earns(name: str) -> None:
    completions = [answer(NEW), answer(OLD)]
    arguments = {"format": (), "copy_relative": (COLUMNS["new_code"], COLUMNS["old_code"])}
    expected = getattr(rewards, name)(completions, *arguments.get(name, (COLUMNS["new_code"],)))
    assert earn(parse_mix(name), completions, COLUMNS).total == expected


def test_a_prefill_column_binds_each_row_to_its_prompt() -> None:
    draft = f"First:\n```python\n{NEW}\n```\nHm, or perhaps"
    columns = COLUMNS | {"prefill": ["<think>\n", ""]}
    assert earn(parse_mix("em"), [draft, draft], columns).total == [-2.0, 2.0]


@pytest.mark.parametrize(
    ("name", "columns", "missing"),
    [
        pytest.param("es", {"old_code": [OLD]}, "new_code", id="no target"),
        pytest.param("copy_relative", {"new_code": [NEW]}, "old_code", id="no old code"),
        pytest.param("em", {"new_code": NEW}, "new_code", id="a text instead of a column"),
        pytest.param("em", {"new_code": [NEW, NEW]}, "new_code", id="too long a column"),
        pytest.param("execution", {"new_code": [NEW]}, "checks", id="no checks"),
    ],
)
def test_missing_columns_are_named(name: str, columns: dict[str, object], missing: str) -> None:
    with pytest.raises(MalformedInputError, match=rf"{missing}.*the dataset has"):
        earn(parse_mix(name), [answer(NEW)], columns)


def test_the_names_alone_can_be_checked_before_training() -> None:
    require_columns(parse_mix("format+execution"), dict.fromkeys(PAIR_COLUMNS))
    with pytest.raises(MalformedInputError, match="has new_code"):
        require_columns(parse_mix("copy_relative"), {"new_code": None})


@pytest.mark.parametrize("value", [None, 3, float("nan"), ["x"], b"x", {}])
def test_columns_may_hold_anything(value: object) -> None:
    columns = {name: [value] for name in (*PAIR_COLUMNS, "prefill")}
    for name in REWARDS:
        earned = earn(parse_mix(name), [answer(NEW)], columns).total
        assert earned == ([1.0] if name == "format" else [None])

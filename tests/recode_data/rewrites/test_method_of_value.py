from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recode_data.records import ApiChange, ChangeKind, ObjectKind, Replacement
from recode_data.rewrites import rewrite, unwrite
from recode_data.rewrites.method_of_value import methods_for_values

CHANGE = ApiChange(
    ChangeKind.DEPRECATED,
    "toy.Frame.fill",
    parameter="way",
    object_kind=ObjectKind.METHOD,
    message="Frame.fill with 'way' is deprecated. Use obj.up() or obj.down() instead.",
)
UP = Replacement("toy.Frame.up", (), 0.5)


def test_a_method_for_each_value() -> None:
    assert methods_for_values(CHANGE) == ("toy.Frame.up", "toy.Frame.down")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('x.fill(way="up")', "x.up()"),
        ('x.fill(way="up", limit=1)', "x.up(limit=1)"),
        ('x[0].fill(way="up").sum()', "x[0].up().sum()"),
        ('x.fill(way="up").fill(way="up")', "x.up().up()"),
    ],
)
def test_there_and_back(old: str, new: str) -> None:
    assert rewrite(f"a = {old}\n", CHANGE, UP) == f"a = {new}\n"
    assert unwrite(f"a = {new}\n", CHANGE, UP) == f"a = {old}\n"


@pytest.mark.parametrize(
    "code",
    [
        'x.fill(way="down")',
        "x.fill(way=up)",
        'x.fill(0, way="up")',
        'fill(way="up")',
        "x.fill(up=1)",
    ],
)
def test_calls_that_pass_something_else_stay(code: str) -> None:
    assert rewrite(f"a = {code}\n", CHANGE, UP) is None


def test_what_is_no_value_may_still_be_left_out() -> None:
    same = Replacement("toy.Frame.fill", (), 0.5)
    assert rewrite("a = x.fill(0, way=None)\n", CHANGE, same) == "a = x.fill(0)\n"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": ChangeKind.PARAMETER_RENAMED},
        {"replacements": (Replacement("toy.Frame.fill", (), 0.9, new_parameter="how"),)},
        {"parameter": None},
        {"object_kind": ObjectKind.FUNCTION},
    ],
)
def test_methods_that_a_message_mentions_otherwise(fields: dict[str, Any]) -> None:
    assert methods_for_values(replace(CHANGE, **fields)) == ()


def test_a_call_with_positional_arguments_stays() -> None:
    assert unwrite("a = x.up(1)\n", CHANGE, UP) is None

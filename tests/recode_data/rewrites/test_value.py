from __future__ import annotations

import pytest

from recode_data.records import ApiChange, ChangeKind, ObjectKind, Replacement
from recode_data.rewrites import rewrite, unwrite
from recode_data.rewrites.value import rewrite_value, value_pairs
from tests.making import make_change

SAME = Replacement("toy.dates", (), 0.5)
MESSAGE = "'M' is deprecated and will be removed in a future version, please use 'ME' instead."
CHANGE = make_change("toy.dates", kind=ChangeKind.DEPRECATED, message=MESSAGE)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (MESSAGE, [("M", "ME")]),
        ("Data type alias 'a' was deprecated in NumPy 2.0. Use the 'S' alias instead.", [("a", "S")]),
        ("`size` was renamed to `length`", [("size", "length")]),
        ("The 'mse' criterion was deprecated in favor of 'squared_error'", [("mse", "squared_error")]),
        ("mode 'a' is deprecated", []),
        ("'a' is wrong, use 'b'", []),
        ("'f()' is deprecated, use 'g()'", []),
    ],
)  # fmt: skip
def test_values_that_a_message_names(message: str, expected: list[tuple[str, str]]) -> None:
    assert list(value_pairs(message)) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("toy.dates(1, freq='M')", "toy.dates(1, freq='ME')"),
        ('toy.dates(1, "2M")', 'toy.dates(1, "2ME")'),
        ("toy.dates('M', toy.dates(1, 'M'))", "toy.dates('ME', toy.dates(1, 'ME'))"),
    ],
)
def test_both_ways(old: str, new: str) -> None:
    old, new = (f"import toy\nx = {text}\n" for text in (old, new))
    assert rewrite(old, CHANGE, SAME) == new
    assert unwrite(new, CHANGE, SAME) == old


@pytest.mark.parametrize(
    "code",
    ["toy.dates(1, 'Min')", "toy.other('M')", "x = 'M'", "toy.dates(b'M', f'M', 'ME')"],
)
def test_left_alone(code: str) -> None:
    assert rewrite(f"import toy\n{code}\n", CHANGE, SAME) is None


def test_members_are_found_by_name() -> None:
    change: ApiChange = make_change(
        "toy.Frame.dates",
        kind=ChangeKind.DEPRECATED,
        message=MESSAGE,
        object_kind=ObjectKind.METHOD,
    )
    code = "import toy\nx = toy.Frame().dates('M')\n"
    same = Replacement("toy.Frame.dates", (), 0.5)
    assert rewrite(code, change, same) == code.replace("'M'", "'ME'")
    assert rewrite_value(code, change, Replacement("toy.Frame.read", (), 0.5)) is None

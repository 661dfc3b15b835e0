"""Every value of the records has words on the page."""

from __future__ import annotations

from enum import Enum

import pytest

from recode_data.explorer import words
from recode_data.records import ChangeKind, DropReason, Effect, EvidenceKind, Producer


@pytest.mark.parametrize(
    ("table", "enum"),
    [
        (words.EFFECTS, Effect),
        (words.PRODUCERS, Producer),
        (words.CHANGE_KINDS, ChangeKind),
        (words.DROP_REASONS, DropReason),
        (words.EVIDENCE, EvidenceKind),
    ],
)
def test_no_value_is_without_words(table: dict[Enum, object], enum: type[Enum]) -> None:
    assert set(table) == set(enum)


def test_a_reason_of_another_toolkit_is_shown_as_it_is() -> None:
    assert words.drop_reason_words("too_long") == "too long"


@pytest.mark.parametrize(
    ("count", "expect"), [(0, "0 pairs"), (1, "1 pair"), (2000, "2,000 pairs")]
)
def test_counts(count: int, expect: str) -> None:
    assert words.counted(count, "pair") == expect


@pytest.mark.parametrize(("share", "expect"), [(0, "0 %"), (1, "100 %"), (0.12345, "12.3 %")])
def test_shares(share: float, expect: str) -> None:
    assert words.percent(share) == expect

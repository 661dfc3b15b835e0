from __future__ import annotations

import pytest

from recode_data.curate import within_shares
from recode_data.records import DropReason, Producer, Verified
from tests.making import make_candidate, make_verified


def rows(producer: Producer, count: int) -> list[Verified]:
    return [
        make_verified(
            make_candidate(f"import toy\nx = {producer.value!r}, {number}\n", producer=producer)
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("plain", "composed", "control", "kept"),
    [
        (90, 0, 50, (0, 10)),
        (75, 50, 0, (25, 0)),
        (60, 100, 100, (20, 8)),
        (60, 3, 2, (3, 2)),
        (0, 5, 5, (0, 0)),
    ],
)
def test_shares(plain: int, composed: int, control: int, kept: tuple[int, int]) -> None:
    verified = (
        rows(Producer.FORWARD, plain)
        + rows(Producer.COMPOSED, composed)
        + rows(Producer.CONTROL, control)
    )
    found, dropped = within_shares(verified)
    counts = [
        sum(item.candidate.producer is producer for item in found)
        for producer in (Producer.FORWARD, Producer.COMPOSED, Producer.CONTROL)
    ]
    assert counts == [plain, *kept]
    assert len(found) + len(dropped) == len(verified)
    assert {item.reason for item in dropped} <= {DropReason.OVER_CAP}
    assert counts[1] * 4 <= len(found)
    assert counts[2] * 10 <= len(found)
    assert set(within_shares(verified[::-1])[0]) == set(found)

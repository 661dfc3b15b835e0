"""How much of a dataset composed and control rows may be."""

from __future__ import annotations

from collections.abc import Sequence

from recode_data.records import Dropped, DropReason, Producer, Verified, content_id

COMPOSED_OF = 4
"""At most one row in so many is composed: a quarter."""
CONTROL_OF = 10
"""At most one row in so many needs no edit: a tenth."""


def within_shares(verified: Sequence[Verified]) -> tuple[list[Verified], list[Dropped]]:
    """Rows in their order without the composed and control ones beyond their shares.

    Which ones stay depends on their content alone.
    """
    composed = [item for item in verified if item.candidate.producer is Producer.COMPOSED]
    controls = [item for item in verified if item.candidate.producer is Producer.CONTROL]
    plain = len(verified) - len(composed) - len(controls)
    composed_left = min(len(composed), plain // (COMPOSED_OF - 1))
    control_left = (plain + composed_left) // (CONTROL_OF - 1)
    beyond = {
        item.candidate.key
        for items, left in ((composed, composed_left), (controls, control_left))
        for item in sorted(items, key=_mixed)[left:]
    }
    kept = [item for item in verified if item.candidate.key not in beyond]
    dropped = [
        Dropped(item.candidate, DropReason.OVER_CAP, "more than its share of the rows")
        for item in verified
        if item.candidate.key in beyond
    ]
    return kept, dropped


def _mixed(item: Verified) -> str:
    return content_id("share", item.candidate.key)

from __future__ import annotations

import pytest

from recode_data.records import ObjectKind
from recode_data.rewrites.members import leads_to_member
from tests.making import make_change


@pytest.mark.parametrize(
    ("old_api", "kind", "new_api", "expected"),
    [
        ("toy.ImageMath.eval", ObjectKind.FUNCTION, "toy.ImageMath.unsafe_eval", False),
        ("toy.Table.size", ObjectKind.METHOD, "toy.Table.length", True),
        ("toy.table.size", ObjectKind.METHOD, "toy.table.length", True),
        ("toy.load", ObjectKind.FUNCTION, "toy.Table.load", True),
        ("toy.load", ObjectKind.FUNCTION, "toy.read", False),
    ],
    ids=["a module in capitals", "method", "a class in small letters", "to a method", "functions"],
)
def test_beside_what_changed_stands_the_same_sort_of_thing(
    old_api: str, kind: ObjectKind, new_api: str, expected: bool
) -> None:
    assert leads_to_member(make_change(old_api, object_kind=kind), new_api) is expected

"""Which changes concern names that users write."""

import pytest

from recode_data.producers import written_by_users
from recode_data.records import ApiObject, ObjectKind
from tests.making import make_change

MODULE, CLASS = ObjectKind.MODULE, ObjectKind.CLASS
OBJECTS = [
    ApiObject("toy", MODULE, "toy"),
    ApiObject("toy.parts", MODULE, "toy.parts"),
    ApiObject("toy.short", MODULE, "toy.parts.long"),
    ApiObject("toy.table", MODULE, "toy.table"),
    ApiObject("toy.table.parts", MODULE, "toy.parts"),
    ApiObject("toy.table.Part", CLASS, "toy.parts.Part"),
]


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        ("toy.parts.Part", True),
        ("toy.table.parts", False),
        ("toy.table.parts.Part", False),
        ("toy.table.parts.Part.size", False),
        ("toy.table.Part", True),  # a class that is shown again
        ("toy.table.partsize", True),
        ("toy.short", True),  # offered by the library itself
        ("toy.short.f", True),
        ("toy", True),
    ],
)
def test_paths_through_imported_modules_are_not(api: str, expected: bool) -> None:
    change = make_change(api)
    assert written_by_users([change], OBJECTS) == ((change,) if expected else ())

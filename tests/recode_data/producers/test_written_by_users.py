"""Which changes concern names that users write."""

import pytest

from recode_data.producers import written_by_users
from recode_data.records import ApiObject, ObjectKind
from tests.making import make_change, make_usage

MODULE, CLASS, FUNCTION = ObjectKind.MODULE, ObjectKind.CLASS, ObjectKind.FUNCTION
OBJECTS = [
    ApiObject("toy", MODULE, "toy"),
    ApiObject("toy.load", FUNCTION, "toy.load", source_file="toy/__init__.py"),
    ApiObject("toy.parts", MODULE, "toy.parts", source_file="toy/parts/__init__.py"),
    ApiObject("toy.parts.load", FUNCTION, "toy.load", alias_of="toy.load"),
    ApiObject("toy.short", MODULE, "toy.parts.long"),
    ApiObject("toy.brief", MODULE, "toy.parts.long"),
    ApiObject("toy.table", MODULE, "toy.table", source_file="toy/table.py"),
    ApiObject("toy.table.load", FUNCTION, "toy.load", alias_of="toy.load"),
    ApiObject("toy.table.save", FUNCTION, "toy.save", alias_of="toy.save"),
    ApiObject("toy.table.sort", FUNCTION, "toy.table.sort"),
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
        ("toy.table.load", False),
        ("toy.table.save", True),  # some usage writes it
        ("toy.table.sort", True),  # made here
        ("toy.parts.load", True),  # a package shows what it likes
        ("toy.table.Part", True),  # no other path is preferred
        ("toy.table.partsize", True),
        ("toy.short", True),  # some usage takes something from it
        ("toy.short.f", True),
        ("toy.brief", False),
        ("toy", True),
    ],
)
def test_paths_through_imported_modules_are_not(api: str, expected: bool) -> None:
    change = make_change(api)
    usages = [make_usage(apis=("toy.table.save", "toy.short.g"))]
    assert written_by_users([change], OBJECTS, usages) == ((change,) if expected else ())


def test_of_a_name_that_changes_the_one_that_it_is_known_by_counts() -> None:
    known, further = make_change("toy.load"), make_change("toy.parts.load")
    assert written_by_users([known, further], OBJECTS, []) == (known,)

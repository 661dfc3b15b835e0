"""Which changes concern names that users write."""

import pytest

from recode_data.producers import written_by_users
from recode_data.producers.paths import against_advice
from recode_data.records import (
    ApiObject,
    ChangeKind,
    Deprecation,
    Evidence,
    EvidenceKind,
    ObjectKind,
    Replacement,
)
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
    ApiObject(
        "toy.table.int", CLASS, "int", alias_of="toy.int", deprecations=(Deprecation("use int"),)
    ),
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
        ("toy.parts.load", False),
        ("toy.table.Part", True),  # no other path is preferred
        ("toy.table.partsize", True),
        ("toy.short", True),  # some usage takes something from it
        ("toy.short.f", True),
        ("toy.brief", False),
        ("toy", True),
        ("toy.table.int", True),  # it warns whoever writes it
    ],
)
def test_paths_through_imported_modules_are_not(api: str, expected: bool) -> None:
    change = make_change(api)
    usages = [make_usage(apis=("toy.table.save", "toy.short.g"))]
    assert written_by_users([change], OBJECTS, usages) == ((change,) if expected else ())


def replacement(path: str, kind: EvidenceKind) -> Replacement:
    return Replacement(path, (Evidence(kind, "why"),), 0.9)


SAID = replacement("toy.read", EvidenceKind.ERROR_MESSAGE)
SIMILAR = replacement("toy.loads", EvidenceKind.SIMILARITY)


@pytest.mark.parametrize(
    ("replacements", "new", "expected"),
    [
        ((SAID, SIMILAR), "toy.read(1)", False),
        ((SAID, SIMILAR), "toy.loads(1)", True),
        ((SAID, SIMILAR), "toy.read.quickly(1)", False),
        ((SIMILAR,), "toy.loads(1)", False),  # nothing is known for certain
        ((SAID,), "x.read()", False),  # no path is taken up
        ((replacement("toy._impl.read", EvidenceKind.IDENTITY),), "toy.loads(1)", False),
    ],
)
def test_what_the_library_says_to_write_is_written(
    replacements: tuple[Replacement, ...], new: str, expected: bool
) -> None:
    change = make_change("toy.load", replacements=replacements)
    codes = (f"import toy\nx = 1\ny = {code}\n" for code in ("toy.load(1)", new))
    assert against_advice(change, *codes) is expected


@pytest.mark.parametrize(
    ("message", "new", "expected"),
    [
        ("Use 'transport=Wsgi(app=...)' instead.", "toy.Client(transport=x)", True),
        ("Use 'transport=toy.Wsgi(app=...)' instead.", "toy.Client(transport=x)", True),
        ("Use 'transport=Wsgi(app=...)' instead.", "toy.Client(transport=toy.Wsgi(app=x))", False),
        ("Use 'transport' instead.", "toy.Client(transport=x)", False),
        ("Use 'transport=Wsgi(app=...)' instead.", "toy.Client()", False),
        ("'app=<str>' is deprecated. Use 'app=toy.load(...)' instead.", "toy.Client()", True),
    ],
    ids=["bare", "of a module", "wrapped", "no wrapper said", "not taken up", "itself left out"],
)
def test_an_argument_is_wrapped_as_the_library_says(message: str, new: str, expected: bool) -> None:
    change = make_change("toy.Client", kind=ChangeKind.DEPRECATED, parameter="app", message=message)
    codes = [f"import toy\nx = 1\nc = {code}\n" for code in ("toy.Client(app=x)", new)]
    assert against_advice(change, *codes) is expected

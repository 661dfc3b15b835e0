from __future__ import annotations

import pytest

from recode_data.records import ApiChange, ChangeKind, ObjectKind
from recode_data.verify.blame import is_about_another, is_import_of
from tests.making import make_change

CODE = "import toy\nx = toy.load(toy.SIZE)\ny = toy.old.f(x)\nx.sort(by=1)\n"
LOAD = make_change()
OLD_MODULE = make_change("toy.old")
SORT = make_change(
    "toy.Table.sort",
    kind=ChangeKind.PARAMETER_RENAMED,
    parameter="by",
    object_kind=ObjectKind.METHOD,
)


@pytest.mark.parametrize(
    ("line", "message", "change", "expected"),
    [
        (2, "module 'toy' has no attribute 'load'", LOAD, False),
        (2, "module 'toy' has no attribute 'SIZE'", LOAD, True),
        (2, "something went wrong", LOAD, False),
        (3, "toy.old is private now", LOAD, True),
        (3, "toy.old is private now", OLD_MODULE, False),
        (3, "toy.old is private now", make_change("toy.old.f"), False),
        (3, "toy.old.f is gone", OLD_MODULE, False),
        (3, "toy.old.f is gone", make_change("toy"), True),
        (4, "sort() got an unexpected keyword argument 'by'", SORT, False),
        (4, "sort() got an unexpected keyword argument 'key'", SORT, True),
        (4, "sort is deprecated", LOAD, True),
        (2, "Table.sort() takes 1 argument", make_change("toy.Table"), True),
        (2, "Table.__init__() takes 1 argument", make_change("toy.Table"), False),
    ],
    ids=[
        "names it",
        "names its argument",
        "names nothing",
        "names another",
        "names its module",
        "names what it lies in",
        "names a member of it",
        "a whole library is never to blame",
        "names the parameter",
        "names another parameter",
        "names a member of a value",
        "names a member of it on a value",
        "names its constructor",
    ],
)
def test_what_the_message_is_about(
    line: int, message: str, change: ApiChange, expected: bool
) -> None:
    assert is_about_another(CODE, line, message, change) is expected


@pytest.mark.parametrize(
    ("message", "api", "expected"),
    [
        ("No module named 'toy.old'", "toy.old.f", True),
        ("No module named 'toy.old'", "toy.old.part.Table.sort", True),
        ("No module named 'toy.old'", "toy.older.f", False),
        ("No module named 'toy.old.part'", "toy.old.f", False),
        ("No module named 'toy'", "toy.old.f", False),  # a library that is not there at all
        ("No module named 'other.old'", "toy.old.f", False),
        ("cannot import name 'old' from 'toy' (/lib/toy/__init__.py)", "toy.old.f", True),
        ("cannot import name 'old' from partially initialized module 'toy'", "toy.old.f", True),
        ("cannot import name 'new' from 'toy'", "toy.old.f", False),
        ("something went wrong", "toy.old.f", False),
    ],
)
def test_an_import_fails_before_what_it_holds_is_used(
    message: str, api: str, expected: bool
) -> None:
    assert is_import_of(message, make_change(api)) is expected

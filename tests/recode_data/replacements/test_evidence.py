from __future__ import annotations

import pytest

from recode_data.records import ApiChange, ChangeKind, ObjectKind
from tests.clues import clues_of, fails, resolves, touch

NEW = {
    "toy/__init__.py": "from toy import io\nfrom toy.io import read\n__all__ = ['io', 'read', 'C', 'unique']\nclass C:\n    def m(self): ...\n    def unique_member(self): ...\ndef unique(): ...",
    "toy/io.py": "def read(): ...\ndef write(): ...",
    "toy/other.py": "def write(): ...",
}


@pytest.mark.parametrize(
    ("name", "of", "expect"),
    [
        ("toy.io.read", "toy.f", "toy.io.read"),
        ("read", "toy.f", "toy.read"),
        ("io.write", "toy.f", "toy.io.write"),
        ("write", "toy.io.f", "toy.io.write"),
        ("write", "toy.f", None),  # two of them
        ("m", "toy.C.f", "toy.C.m"),
        ("m", "toy.f", None),  # a member of a class, and no class is meant
        ("C.m", "toy.f", "toy.C.m"),
        ("unique", "toy.C.f", "toy.unique"),
        ("math.fsum", "toy.f", "math.fsum"),
        ("math.absent", "toy.f", None),
        ("fsum", "toy.f", None),
        ("np.sum", "toy.f", None),
        ("f", "toy.f", None),
        ("toy.f", "toy.f", None),
        ("", "toy.f", None),
    ],
)
def test_what_a_name_in_a_text_means(name: str, of: str, expect: str | None) -> None:
    old = {
        "toy/__init__.py": "class C:\n    def f(self): ...\ndef f(): ...",
        "toy/io.py": "def f(): ...",
    }
    clues = clues_of(old, NEW)
    change = ApiChange(ChangeKind.REMOVED, of, object_kind=ObjectKind.FUNCTION)
    assert clues.resolve(name, change) == expect


def test_module_stands_for_the_same_name_in_it() -> None:
    clues = clues_of("def read(): ...", NEW)
    change = ApiChange(ChangeKind.REMOVED, "toy.read", object_kind=ObjectKind.FUNCTION)
    assert clues.resolve("toy.io", change) == "toy.io.read"


@pytest.mark.parametrize(
    ("path", "expect"),
    [
        ("collections.abc.Mapping", True),
        ("os.path.join", True),
        ("collections.absent", False),
        ("this.s", False),  # importing it prints
        ("numpy.sum", False),  # nobody looked
        ("os. path", False),
    ],
)
def test_standard_library(path: str, expect: bool) -> None:
    assert clues_of("", "").exists_outside(path) is expect


@pytest.mark.parametrize(
    ("name", "is_called", "expect"),
    [
        ("float", "builtins.float", "builtins.float"),
        ("float", "toy.float", None),
        ("int", "builtins.float", None),
    ],
)
def test_a_builtin_is_meant_where_the_old_name_was_one(
    name: str, is_called: str, expect: str | None
) -> None:
    clues = clues_of("", "", touch("toy.float", old=resolves(is_called)))
    change = ApiChange(ChangeKind.REMOVED, "toy.float", object_kind=ObjectKind.CLASS)
    assert clues.resolve(name, change) == expect


def test_other_libraries_exist_where_an_access_found_them() -> None:
    seen = {
        **touch("numpy.sum", new=resolves("numpy.sum")),
        **touch("numpy.no", new=fails("numpy.no", "no")),
    }
    clues = clues_of("", "", seen)
    assert (clues.exists_outside("numpy.sum"), clues.exists_outside("numpy.no")) == (True, False)

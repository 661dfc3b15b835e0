"""Which modules are worth having in a server, and for which snippet."""

import pytest

from recode_data.verify.preload import MOST_MODULES, often_imported, preload_of

PRELOADS = [
    # snippet, of those modules, imported
    ("import a.b\na.b.c()", ("a", "a.b"), ("a.b",)),
    ("import a.b as ab", ("a.b",), ("a.b",)),
    ("from a import b", ("a", "a.b", "c"), ("a", "a.b")),
    ("from a.b import Class", ("a.b", "a.b.Class"), ("a.b",)),
    ("import a, c", ("c",), ("c",)),
    ("def f():\n    import a.b", ("a.b",), ()),  # later, or never
    ("if x:\n    import a.b", ("a.b",), ()),
    ("from . import b", ("b",), ()),
    ("from __future__ import annotations\nimport os.path", ("os.path", "__future__"), ()),
    ("a.b.c()", ("a.b",), ()),
    ("import a.b\nthis is no Python", ("a.b",), ()),
    ("import a.b", (), ()),
]


@pytest.mark.parametrize(("code", "often", "expected"), PRELOADS)
def test_only_what_a_snippet_imports_first_thing(
    code: str, often: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert preload_of(code, often) == expected


def test_modules_that_few_import_are_not_worth_it() -> None:
    codes = ["import often.part"] * 97 + ["import seldom.part"] + ["import twice.part"] * 2
    assert often_imported(codes) == ("often.part", "twice.part")
    assert often_imported(codes * 2 + ["pass"] * 100) == ("often.part",)
    assert often_imported(["import alone"]) == ()


def test_no_server_grows_without_bound() -> None:
    codes = [f"import m{number}.part" for number in range(30)] * 2
    assert len(often_imported(codes)) == MOST_MODULES

from __future__ import annotations

import ast

import pytest

from recode_data.surface.newer_syntax import without_newer_syntax
from tests.surfaces import objects, surface_of


@pytest.mark.parametrize(
    ("source", "expect"),
    [
        ("def f[T](a: T) -> T: ...\n", "def f(a: T) -> T: ...\n"),
        ("class C[T: int](Base): ...\n", "class C(Base): ...\n"),
        ("type X = int | str\n", "X = int | str\n"),
        ("try:\n    a()\nexcept* ValueError as e:\n    b()\n", "try:\n    a()\nexcept ValueError as e:\n    b()\n"),
    ],
    ids=["function", "class", "type", "group"],
)  # fmt: skip
def test_older_spelling(source: str, expect: str) -> None:
    found = without_newer_syntax(source.encode())
    assert found is not None
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(expect))


@pytest.mark.parametrize("source", [b"def f(: ...", b"\xff\xfe\0"], ids=["broken", "bytes"])
def test_what_nobody_reads(source: bytes) -> None:
    assert without_newer_syntax(source) is None


def test_surface_of_newer_source() -> None:
    """Whatever interpreter the toolkit runs on: 3.12 and later parse this themselves."""
    source = "type X = int\ndef f[T](a: T) -> T: ...\nclass C[T]:\n    def m(self, x: T): ...\n"
    found = objects(surface_of(source))
    assert {path: str(item.signature) for path, item in found.items()} == {
        "toy.C": "None",
        "toy.C.m": "(x)",
        "toy.X": "None",
        "toy.f": "(a)",
    }

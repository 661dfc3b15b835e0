from __future__ import annotations

import pytest

from recode_data.audit.api_uses import VersionFacts, api_uses, unknown_apis, wrong_directions
from tests.clues import fails, resolves


def uses(code: str) -> list[str]:
    return [
        f"{use.path}({', '.join(use.keywords)})" if use.keywords else use.path
        for use in api_uses(code, ["toy"])
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import toy\ntoy.a.b(1)\n", ["toy", "toy.a.b"]),
        ("import toy as t\nt.a(1, x=2)\nt.a(y=3)\n", ["toy", "toy.a(x, y)"]),
        ("from toy import a\na(x=1)\n", ["toy.a(x)"]),
        ("from toy.sub import a\n", ["toy.sub.a"]),
        ("import toyota\ntoyota.a()\n", []),
        ("import other\nother.toy.a()\n", []),
        ("import toy\nx = toy.make()\nx.a(y=1)\n", ["toy", "toy.make"]),
        ("import toy\ntoy.a(**{'x': 1})\n", ["toy", "toy.a"]),
        ("try:\n    from toy import a\nexcept ImportError:\n    from toy import b as a\n", []),
        ("import toy\nif hasattr(toy, 'a'):\n    toy.a()\nelse:\n    toy.b()\n", ["toy"]),
        ("import toy\nif toy.__version__ < '2':\n    toy.a()\ntoy.c()\n", ["toy", "toy.c"]),
        ("import toy\ntry:\n    toy.a()\nfinally:\n    pass\n", ["toy", "toy.a"]),
        ("def f(toy):\n    toy.a()\n", []),
    ],
)
def test_what_a_code_relies_on(code: str, expected: list[str]) -> None:
    assert uses(code) == expected


@pytest.mark.parametrize(
    ("access", "has"),
    [
        (resolves("toy.a"), True),
        (fails("toy.a", "module 'toy' has no attribute 'a'"), False),
        (fails("toy.a", "No module named 'toy.a'", "ModuleNotFoundError"), False),
        (fails("toy.a", "`a` has been moved to b", "ToyImportError"), False),
        (fails("toy.a", "No module named 'engine'", "ModuleNotFoundError"), None),
        (fails("toy.a", "module 'numpy' has no attribute 'int'"), None),
        (fails("toy.a", "a needs a display", "RuntimeError"), None),
        (None, None),
    ],
    ids=["there", "attribute", "module", "stub", "dependency", "another's", "error", "unasked"],
)
def test_only_a_certain_absence_is_one(access: object, has: bool | None) -> None:
    accesses = {} if access is None else {"toy.a": access}
    facts = VersionFacts("1.0", accesses, {})  # type: ignore[arg-type]  # a table of both
    assert facts.has("toy.a") is has


GONE = fails("toy.a", "module 'toy' has no attribute 'a'")
THERE = resolves("toy.a")


def facts(version: str, *, there: bool, keywords: str | None = None) -> VersionFacts:
    known = {} if keywords is None else {"toy.a": frozenset(keywords.split())}
    return VersionFacts(version, {"toy.a": THERE if there else GONE}, known)


@pytest.mark.parametrize(
    ("old", "new", "unknown", "wrong"),
    [
        (facts("1", there=True), facts("2", there=True), 0, 0),
        (facts("1", there=False), facts("2", there=True), 0, 0),
        (facts("1", there=True), facts("2", there=False), 0, 1),
        (facts("1", there=False), facts("2", there=False), 1, 0),
        (facts("1", there=True, keywords="x"), facts("2", there=True, keywords="x"), 0, 0),
        (facts("1", there=True, keywords="y"), facts("2", there=True, keywords="x"), 0, 0),
        (facts("1", there=True, keywords="x"), facts("2", there=True, keywords="y"), 0, 1),
        (facts("1", there=True, keywords="y"), facts("2", there=True, keywords="y"), 1, 0),
        (facts("1", there=True), facts("2", there=True, keywords="y"), 0, 0),
    ],
)
def test_verdicts(old: VersionFacts, new: VersionFacts, unknown: int, wrong: int) -> None:
    found = api_uses("import toy\ntoy.a(x=1)\n", ["toy"])
    assert len(unknown_apis([("new", found)], old, new)) == unknown
    assert len(wrong_directions((), found, old, new)) == wrong
    assert len(wrong_directions(found, (), new, old)) == wrong
    assert wrong_directions((), found, new, new) == []

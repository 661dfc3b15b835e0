from __future__ import annotations

import pytest

from recode_data.producers import propose, proved_or_known, suspected_changes
from recode_data.producers.unexplained import only_numbers_differ
from recode_data.records import ChangeKind, EvidenceKind, Usage
from tests.making import make_candidate, make_change, make_usage, make_verified
from tests.surfaces import surface_of

OBJECTS = surface_of("def load(a): ...\ndef read(a): ...\nclass Frame: ...\nSIZE = 3\n").objects
OLD = "import toy\n\nx = toy.load(1)\ny = toy.read(2)\nprint(x, y)\n"


def usage(code: str, version: str = "1.0") -> Usage:
    return make_usage(code, apis=("toy", "toy.load", "toy.read"), release=f"toy=={version}")


def suspected(new: str, *known: str, old: str = OLD) -> list[str]:
    changes = [make_change(path) for path in known]
    found = suspected_changes([usage(old)], [usage(new, "2.0")], changes, OBJECTS)
    assert {change.kind for change in found} <= {ChangeKind.BEHAVIOUR}
    assert {item.kind for change in found for item in change.evidence} <= {EvidenceKind.EVOLUTION}
    return [change.old_api for change in found]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD.replace("load(1)", "load(1.0)"), ["toy.load"]),
        (OLD, []),
        (OLD.replace("print(x, y)", "print(y, x)"), []),
        (OLD.replace("load(1)", "load(2)").replace("read(2)", "read(1)"), []),
    ],
    ids=["one call differs", "the same", "another statement", "two calls differ"],
)
def test_what_an_example_raises_suspicion_of(new: str, expected: list[str]) -> None:
    assert suspected(new) == expected


@pytest.mark.parametrize("known", ["toy.load", "toy"])
def test_what_is_explained_is_not_suspected(known: str) -> None:
    assert suspected(OLD.replace("load(1)", "load(1.0)"), known) == []


def test_a_statement_that_uses_what_is_explained_raises_no_suspicion() -> None:
    old = "import toy\n\nx = toy.Frame(toy.SIZE).head(1)\nprint(x)\n"
    new = old.replace("head(1)", "head(2)")
    assert suspected(new, old=old) == ["toy.Frame"]
    assert suspected(new, "toy.SIZE", old=old) == []
    assert suspected(new, "toy.Frame.head", old=old) == []


def test_only_what_is_called_is_suspected() -> None:
    old = "import toy\n\nx = [toy.SIZE, 1, 2, 3, 4]\nprint(x)\n"
    assert suspected(old.replace("1, 2", "2, 1"), old=old) == []


def test_suspicions_that_no_pair_proves_are_dropped() -> None:
    new = usage(OLD.replace("load(1)", "load(1.0)"), "2.0")
    (suspicion,) = suspected_changes([usage(OLD)], [new], [], OBJECTS)
    known = make_change("toy.other", kind=ChangeKind.BEHAVIOUR)
    assert proved_or_known([suspicion, known], []) == (known,)
    proved = make_verified(make_candidate(change=suspicion))
    assert proved_or_known([suspicion, known], [proved]) == (suspicion, known)
    (candidate,) = propose([suspicion], [usage(OLD)], [new])
    assert (candidate.old_code, candidate.new_code) == (OLD, new.code)


def test_a_known_change_gets_a_snippet_before_a_suspicion_does() -> None:
    new_code = OLD.replace("toy.load(1)", "toy.get(1)")
    old, new = usage(OLD), make_usage(new_code, apis=("toy.get",), release="toy==2.0")
    (suspicion,) = suspected_changes([old], [new], [], OBJECTS)
    known = make_change("toy.load")
    for changes in ([suspicion, known], [known, suspicion]):
        assert next(propose(changes, [old], [new])).change == known


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("f(2, n=3)", True),
        ("f(1, n=2.0)", False),
        ("f(1, n=True)", False),
        ("f(1, n=2, m=3)", False),
        ("f('1', n=2)", False),
        ("f(1, n=-2)", False),
        ("f(", False),
    ],
)
def test_other_numbers_are_no_rule(new: str, expected: bool) -> None:
    assert only_numbers_differ("f(1, n=2)", new) is expected

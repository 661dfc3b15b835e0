"""Edits that a change does not call for."""

from __future__ import annotations

import pytest

from recode_data.notes.strays import stray_edit
from recode_data.records import Producer
from tests.making import make_candidate

IMPORT = "import toy\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("x = toy.load(1)", "x = toy.read(1)", None),
        ("x = toy.load(1)\nprint(x)", "x = toy.read(1)\nprint(x)", None),
        ("from toy import load\nx = load(1)", "from toy import read\nx = read(1)", None),
        ("x = toy.load(1)\ncheck(x)\ncheck(x)", "x = toy.read(1)\ncheck(x)", "an edit elsewhere: check(x)"),
        ("x = toy.load(1)\ny = a.dict()", "x = toy.read(1)\ny = a.dump()", "an edit elsewhere: y = a.dict()"),
        ("x = toy.load(1)", "x = toy.read(1)\ny = 2", None),
        ("x = toy.load(1)\nz = 3", "x = toy.read(1)\nz = 3\ny = 2", "an edit elsewhere: y = 2"),
        ("@toy.load(1)\ndef f():\n    pass", "@toy.read(1)\ndef f():\n    pass", None),
        ("def f():\n    return toy.load(1)", "def f():\n    return toy.read(1)", None),
        ("if a:\n    y = 1\nx = toy.load(1)", "if a:\n    y = 2\nx = toy.read(1)", "an edit elsewhere: y = 1"),
        ("try:\n    x = toy.load(1)\nexcept E:\n    y = 1", "try:\n    x = toy.read(1)\nexcept E:\n    y = 2", "an edit elsewhere: y = 1"),
        ("x = toy.load(1).to('tu')", "x = toy.read(1).to('unit')", "another text: unit"),
        ("x = toy.load('S')", "x = toy.load('s')", None),
        ("x = toy.load(1, 'S')", "x = toy.read(1, 'long')", None),
        ("x = toy.load(1).a('S')", "x = toy.load(1).b('s')", None),
        ("x = toy.load(1)", "x = toy.read(1, mode='b')", None),
        ("import numpy as np\nimport toy.load as t\nt.x", "import numpy as np\nimport numpy as t\nt.x", "two names for numpy"),
        ("from toy import a\ntoy.load(a)", "from toy import a\nfrom toy import a, b\ntoy.read(a)", "imported twice: a"),
        ("from toy import *\ntoy.load(1)", "from toy import *\nfrom toy.more import *\ntoy.read(1)", None),
        ("x = np.trapz(y) == np.trapz(y)\ntoy.load", "x = np.trapezoid(y) == np.trapezoid(y)\ntoy.load", "an edit elsewhere: x = np.trapz(y) == np.trapz(y)"),
        ("import toy as a\nimport toy as b\na.load(b)", "import toy as a\nimport toy as b\na.read(b)", None),
        ("x = toy.make(12345).load()", "x = toy.make(12345).view(toy.make(12345).read())", "twice in one statement: toy.make(12345)"),
        ("x = f(toy.load(12345), toy.load(12345))", "x = f(toy.read(12345), toy.read(12345))", None),
        ("x = toy.load(a)", "x = toy.read(f(a), f(a))", None),
        ("x = toy.load(", "x = toy.read(1)", "code that cannot be read"),
        ("x = toy.load(1, a=2)\ny = toy.load(1, a=3)", "x = toy.load(1)\ny = toy.load(1)", "two calls became one: toy.load(1)"),
        ("x = toy.load()\ny = toy.load(a=2)", "x = toy.load()\ny = toy.load()", None),
        ("x = toy.load(1, a=2)\ny = toy.load(1, a=2)", "x = toy.load(1)\ny = toy.load(1)", None),
        ("x = toy.load(1, a=2)\ny = toy.load(3, a=2)", "x = toy.load(1)\ny = toy.load(3)", None),
    ],
)  # fmt: skip
def test_what_the_change_does_not_call_for(old: str, new: str, expected: str | None) -> None:
    candidate = make_candidate(IMPORT + old, IMPORT + new, producer=Producer.EVOLVED)
    assert stray_edit(candidate) == expected


def test_programs_of_two_changes_are_edited_in_two_places() -> None:
    codes = ("x = toy.load(1)\ny = toy.old(2)\n", "x = toy.read(1)\ny = toy.new(2)\n")
    composed = make_candidate(*(IMPORT + code for code in codes), producer=Producer.COMPOSED)
    assert stray_edit(composed) is None


def test_what_is_to_be_left_alone_has_no_edit() -> None:
    assert stray_edit(make_candidate("x = (", "x = (", producer=Producer.CONTROL)) is None

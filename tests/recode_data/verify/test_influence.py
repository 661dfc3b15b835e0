from __future__ import annotations

import textwrap

import pytest

from recode_data.records import ApiChange, ChangeKind, ObjectKind
from recode_data.verify.influence import influence_of, without_touching
from tests.making import make_change

METHOD = make_change("toy.Table.drop", object_kind=ObjectKind.METHOD)
KEYWORD = make_change(kind=ChangeKind.PARAMETER_RENAMED, parameter="mode")


@pytest.mark.parametrize(
    ("code", "change", "lines", "names"),
    [
        ("import toy\nx = toy.load(1)\ny = 2\n", make_change(), {2}, {"x"}),
        ("import toy as t\nx = t.load(1)\ny = x + 1\nz = 3\n", make_change(), {2}, {"x", "y"}),
        ("from toy import load\nx = load(1)\n", make_change(), {1, 2}, {"load", "x"}),
        (
            "import toy\ndef f(a):\n    b = 1\n    return toy.load(a)\ny = f(1)\nz = 0\n",
            make_change(),
            {4},
            {"f", "y"},
        ),
        ("import toy\nt = toy.Table()\nt.drop('a')\nn = 1\n", METHOD, {3}, {"t"}),
        ("import toy\na = []\na.append(toy.load(1))\nn = 1\n", make_change(), {3}, {"a"}),
        ("import toy\nd = {}\nd['k'] = toy.load(1)\n", make_change(), {3}, {"d"}),
        ("import toy\nx = toy.load(\n    1,\n    2,\n)\n", make_change(), {2, 3, 4, 5}, {"x"}),
        ("import toy\nfor i in toy.load(1):\n    s = i\nn = 0\n", make_change(), {2}, {"i", "s"}),
        ("import toy\nx = toy.loader(1)\n", make_change(), set(), set()),
        ("def load(x): return x\ny = load(1)\n", make_change(), set(), set()),
        ("import toy\nx = toy.load(1, mode='r')\n", KEYWORD, {2}, {"x"}),
    ],
    ids=[
        "plain",
        "alias and dependent",
        "from import",
        "inside a function",
        "method mutates",
        "argument of a mutating call",
        "item assignment",
        "over several lines",
        "loop head",
        "another name",
        "own function",
        "keyword",
    ],
)
def test_what_depends_on_the_change(
    code: str, change: ApiChange, lines: set[int], names: set[str]
) -> None:
    found = influence_of(code, change)
    assert found.touching_lines == lines
    assert found.names == names


def test_statement_lines_follow_the_dependence() -> None:
    code = textwrap.dedent("""\
        import toy
        n = 1
        x = toy.load(1)
        print(n)
        print(x)
        """)
    assert influence_of(code, make_change()).statement_lines == {3, 5}


@pytest.mark.parametrize(
    ("code", "rest"),
    [
        ("x = 1\ntoy.load(x)\nprint(x)", "x = 1\npass\nprint(x)"),
        ("toy.load(\n    1,\n)\nx = 1", "pass\n\n\nx = 1"),
        ("from toy import load\nload(1)", "from toy import load\npass"),
        ("x = toy.load(1)\ntoy.load(2)", None),
        ("for _ in 'ab':\n    toy.load(1)", None),
        ("x = 1", "x = 1"),
    ],
)
def test_code_without_the_changed_calls(code: str, rest: str | None) -> None:
    code = f"import toy\n{code}"
    found = without_touching(code, influence_of(code, make_change("toy.load")))
    assert found == (None if rest is None else f"import toy\n{rest}")

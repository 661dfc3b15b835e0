from __future__ import annotations

import sys

import pytest

from recode_data.rewrites.templates import Rule, apply, learn


def rules(old: str, new: str, api: str = "toy.load", *, is_member: bool = False) -> list[str]:
    codes = [f"import toy\n{text}\n" for text in (old, new)]
    return [str(rule) for rule in learn(*codes, api, is_member=is_member)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("x = toy.load(a)", "x = toy.read(a)", ["toy.load -> toy.read"]),
        ("x = toy.load(a, 1)", "x = toy.read(1, a)", ["toy.load(□1, □2) -> toy.read(□2, □1)"]),
        ("x = toy.load(a).x + 1", "x = toy.read(a)[0] + 1", ["toy.load(□1).x -> toy.read(□1)[0]"]),
        ("x = toy.load(a, f='M')", "x = toy.load(a, f='ME')", ["toy.load(□1, f='M') -> toy.load(□1, f='ME')"]),
        ("x = toy.load(a)", "x = list(toy.load(a))", ["toy.load(□1) -> list(toy.load(□1))"]),
        ("x = toy.load(a)", "x = toy.read(a, b)", []),
        ("x = toy.load(a)\ny = 1", "x = toy.load(a)\ny = 2", []),
        ("x = toy.load(a)", "x = toy.load(a)\ny = 1", []),
        ("x = toy.load(a)", "x = (", []),
        ("x = d[toy.load(a):b, 1]", "x = d[toy.read(a):b, 2]", []),
        ("x = toy.load('a', f'{a}{b} {c!r:>9}', b)", "x = toy.read(f'{b}{a} {c!r:>9}', 'a', b)", ["toy.load(□1, f'{□2}{□3} {□4!r:>9}', □3) -> toy.read(f'{□3}{□2} {□4!r:>9}', □1, □3)"]),
        ("x = toy.load(' ', f'a {b}', 1)", "x = toy.read(' ', f' {b}', 1)", ["toy.load(□1, f'a {□2}', □3) -> toy.read(□1, f' {□2}', □3)"]),
        ("x = d[toy.load(a):1, b]", "x = d[toy.load(a, 1), b]", []),
    ],
    ids=["name", "order", "around it", "value", "wrapped", "a name of the example", "elsewhere", "more statements", "broken", "two slices", "an f-string", "a piece of an f-string", "a slice no more"],
)  # fmt: skip
def test_learn(old: str, new: str, expected: list[str]) -> None:
    assert rules(old, new) == expected


def test_a_rule_in_words() -> None:
    (rule,) = learn(
        "import toy\ntoy.load(x, 1)\n", "import toy\ntoy.read(1, x)\n", "toy.load", is_member=False
    )
    assert rule.in_words() == ("toy.load(a, b)", "toy.read(b, a)")


def test_members_are_learned_by_name() -> None:
    found = rules("y = t.add(r)", "y = toy.join([t, r])", "toy.Table.add", is_member=True)
    assert found == ["□1.add(□2) -> toy.join([□1, □2])"]
    assert rules("y = t.add(r)", "y = toy.join([t, r])", "toy.Table.add") == []


JOIN = Rule("__hole_1.add(__hole_2)", "__path_0.join([__hole_1, __hole_2])", ("toy",))
WHOLE = Rule("__path_0(__hole_1, f='M')", "__path_1(__hole_1)", ("toy.load", "toy.io.read"))


@pytest.mark.parametrize(
    ("rule", "code", "expected"),
    [
        (
            JOIN,
            "import toy\nz = f(a.b).add(1 + 2)\n",
            "import toy\nz = toy.join([f(a.b), 1 + 2])\n",
        ),
        (JOIN, "import toy as t\nz = x.add(y)\n", "import toy as t\nz = t.join([x, y])\n"),
        (JOIN, "z = x.add(y)\n", "import toy\n\nz = toy.join([x, y])\n"),
        (JOIN, "import toy\nz = x.add(y, 1)\n", None),
        (JOIN, "import toy\nz = x.add(*y)\n", None),
        (JOIN, "toy = 1\nz = x.add(y)\n", None),
        (
            WHOLE,
            "from toy import load\nz = load(1, f='M')\n",
            "from toy.io import read\nz = read(1)\n",
        ),
        (WHOLE, "import toy\nz = toy.load(1, f='Y')\n", None),
        (WHOLE, "import toy\nz = toy.load(1, g='M')\n", None),
    ],
)
def test_apply(rule: Rule, code: str, expected: str | None) -> None:
    assert apply(rule, code) == expected


def test_an_f_string_that_cannot_be_written() -> None:
    rule = Rule("__path_0(__hole_1)", "__path_0(f'{__hole_1}.txt')", ("toy.load",))
    code = "import toy\nx = toy.load(a)\n"
    assert apply(rule, code) == "import toy\nx = toy.load(f'{a}.txt')\n"
    found = apply(rule, code.replace("(a)", r"('a\\b')"))
    assert (found is None) == (sys.version_info < (3, 12))

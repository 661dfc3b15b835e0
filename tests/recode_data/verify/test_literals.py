from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.verify.literals import key_of, literals_in, substituted


def replaced(code: str, *substitutions: tuple[str, str]) -> str:
    return ast.unparse(substituted(ast.parse(code), [list(pair) for pair in substitutions]))


@pytest.mark.parametrize(
    ("code", "pair", "expected"),
    [
        ("f([1, 2])", ("[1, 2]", "[3, 4]"), "f([3, 4])"),
        ("f((1, 2))", ("[1, 2]", "[3, 4]"), "f((3, 4))"),
        ("f([1, 2], [[1, 2]])", ("[1, 2]", "[3, 4]"), "f([3, 4], [[1, 2]])"),
        ("f([1, x])", ("1", "5"), "f([5, x])"),
        ("f(-5)", ("-5", "6"), "f(6)"),
        ("f(5.0, 5, True)", ("5", "7"), "f(5.0, 7, True)"),
        ("f(f'{x:5}', 'a5', 5)", ("5", "7"), "f(f'{x:5}', 'a5', 7)"),
        ("f({'a': 3})", ("{'a': 3}", "{'a': 4}"), "f({'a': 4})"),
        ("f('ab')", ("'ab'", "'ba'"), "f('ba')"),
        ("f([1, 2])", ("[1, 2]", "[1, 2, 3]"), "f([1, 2, 3])"),
        ("a, b = c", ("5", "6"), "a, b = c"),
        ("f(5)", ("6", "7"), "f(5)"),
    ],
)
def test_substituted(code: str, pair: tuple[str, str], expected: str) -> None:
    assert replaced(code, pair) == expected


def test_several_at_once_do_not_chain() -> None:
    assert replaced("f(5, 6)", ("5", "6"), ("6", "5")) == "f(6, 5)"


def test_literals_are_whole_and_in_order() -> None:
    code = "x = [1, [2]]\ny = g(3, 'a', z=-4)\nw = [x, 5]\n"
    assert literals_in(ast.parse(code)) == [[1, [2]], 3, "a", -4, 5]


LITERALS = st.recursive(
    st.integers()
    | st.text()
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.tuples(inner, inner),
)


@given(LITERALS)
def test_a_literal_is_replaced_wherever_it_stands(value: object) -> None:
    assert key_of(ast.literal_eval(repr(value))) == key_of(value)
    assert replaced(f"x = {value!r}", (repr(value), "'new'")) == "x = 'new'"

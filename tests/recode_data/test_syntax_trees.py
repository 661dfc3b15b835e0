from __future__ import annotations

import ast

import pytest

from recode_data.syntax_trees import (
    forget_trees,
    holding_nodes,
    is_same,
    nodes_of,
    statements_of,
    tree_of,
)
from recode_data.usages.slices import parts_of

CODES = [
    pytest.param("", id="nothing"),
    pytest.param("import a\nx = [i for i in a.b if i]\n", id="plain"),
    pytest.param("if a:\n    import b\nelif c:\n    d()\nelse:\n    e = 1\n", id="branches"),
    pytest.param("try:\n    a\nexcept B as c:\n    d\nelse:\n    e\nfinally:\n    f\n", id="try"),
    pytest.param("match a:\n    case [1, *b]:\n        c\n    case _:\n        d\n", id="match"),
    pytest.param(
        "@a\ndef f(x: int = 1):\n    for i in x:\n        return i\n    else:\n        pass\n",
        id="function",
    ),
    pytest.param(
        "class A(B):\n    async def f(self):\n        async with a as b:\n            await b\n",
        id="class",
    ),
    pytest.param(
        "f = lambda x: x if x else f(x)\nwhile f: f'{a.b!r:>{w}}'; continue\n", id="no-blocks"
    ),
]


@pytest.mark.parametrize("code", CODES)
def test_nodes_are_those_of_a_walk_in_its_order(code: str) -> None:
    walked = [ast.dump(node) for node in ast.walk(ast.parse(code))]
    assert [ast.dump(node) for node in nodes_of(code)] == walked


EVERY_FIELD = [
    *CODES,
    pytest.param(
        "def f(a, /, b=1, *c, d, e=2, **g):\n    global h\n    return {**a, b: [*c]}\n",
        id="arguments",
    ),
    pytest.param(
        "match a:\n    case B(1, c=d) | {'e': f, **g} as h if i:\n        nonlocal_ = j\n",
        id="patterns",
    ),
    pytest.param("from .a import b as c, d\nx: int = 1\ndel x\nf(*a, k=b, **c)\n", id="names"),
    pytest.param(
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        yield from x\n", id="in"
    ),
    pytest.param("try:\n    a\nexcept* B as c:\n    a[b:c, ::d] @= (y := e)\n", id="group"),
]


@pytest.mark.parametrize("code", EVERY_FIELD)
def test_parts_are_all_nodes_but_contexts(code: str) -> None:
    tree = ast.parse(code)
    walked = [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    assert {id(node) for node in parts_of(tree)} == {id(node) for node in walked}
    held = {
        id(node)
        for owner in walked
        for name in holding_nodes(type(owner))
        for value in [getattr(owner, name)]
        for node in (value if isinstance(value, list) else [value])
    }
    assert {id(node) for node in walked[1:]} <= held


@pytest.mark.parametrize("code", CODES)
def test_statements_are_all_there_each_before_those_within_it(code: str) -> None:
    tree = tree_of(code)
    found = list(statements_of(tree))
    assert {id(node) for node in found} == {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)
    }
    places = [(node.lineno, node.col_offset, -(node.end_lineno or 0)) for node in found]
    assert places == sorted(places)


def test_one_tree_is_given_to_all_until_it_is_forgotten() -> None:
    tree = tree_of("a.b")
    assert tree_of("a.b") is tree is nodes_of("a.b")[0]
    forget_trees()
    assert tree_of("a.b") is not tree


def test_what_does_not_parse_says_so_each_time() -> None:
    for _ in range(2):
        with pytest.raises(SyntaxError):
            nodes_of("a b")


STATEMENTS = ("1", "1.0", "True", "u'a'", "'a'", "b'a'", "1j", "f'{x!r}'", "f'{x!s}'", "x", "x = 1", "del x", "f(x)", "f( x )  # x", "f(x=x)", "f(*x)", "'a' ''", "[x, 1]", "[x]")  # fmt: skip


@pytest.mark.parametrize("one", STATEMENTS)
def test_same_is_what_dumps_the_same(one: str) -> None:
    first, *_ = ast.parse(one).body
    for other in STATEMENTS:
        second, *_ = ast.parse(other).body
        assert is_same(first, second) is (ast.dump(first) == ast.dump(second))

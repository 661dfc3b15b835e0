from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.references import (
    attribute_names,
    find_references,
    mentions,
    statement_at,
)


def paths(code: str) -> list[str]:
    return [reference.path for reference in find_references(code)]


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        pytest.param("import toy as t\nt.load(1)", ["toy", "toy.load"], id="module-alias"),
        pytest.param("import toy.io as tio\ntio.load", ["toy.io", "toy.io.load"], id="submodule"),
        pytest.param("import toy.io\ntoy.io.load(toy.x)", ["toy.io", "toy.io.load", "toy.x"], id="dotted-import"),
        pytest.param("from toy import load as l\nl()", ["toy.load", "toy.load"], id="from-alias"),
        pytest.param("import toy\nf = toy.load\nf(2)", ["toy", "toy.load", "toy.load"], id="assigned-alias"),
        pytest.param("import toy\nm = toy.io\nm.read()", ["toy", "toy.io", "toy.io.read"], id="module-by-assignment"),
        pytest.param("import toy\ntoy.Frame().head()", ["toy", "toy.Frame"], id="result-is-unknown"),
        pytest.param("import toy\ndef f():\n    return toy.x\n", ["toy", "toy.x"], id="in-function"),
        pytest.param("def f():\n    return toy.x\nimport toy\n", ["toy.x", "toy"], id="import-after-function"),
        pytest.param("import toy\nclass A(toy.B):\n    y = toy.c\n", ["toy", "toy.B", "toy.c"], id="class"),
        pytest.param("import toy\n[toy.a for i in toy.b]", ["toy", "toy.a", "toy.b"], id="comprehension"),
        pytest.param("import toy\n@toy.deco\ndef f(a=toy.d): ...", ["toy", "toy.deco", "toy.d"], id="decorator"),
        pytest.param("def f():\n    import toy\n    toy.x", ["toy", "toy.x"], id="local-import"),
        pytest.param("import toy\ntoy.x += 1", ["toy", "toy.x"], id="augmented-attribute"),
        pytest.param("import toy\nmatch 1:\n    case toy.A: pass", ["toy", "toy.A"], id="match-value"),
        pytest.param(
            "try:\n    from toy import a\nexcept ImportError:\n    from old import b as a\na",
            ["toy.a", "old.b", "old.b", "toy.a"],
            id="either-branch",
        ),
        pytest.param(
            "try:\n    import toy\nexcept ImportError:\n    toy = None\ntoy.x",
            ["toy", "toy.x"],
            id="fallback-none",
        ),
    ],
)  # fmt: skip
def test_references_are_resolved(code: str, expect: list[str]) -> None:
    assert paths(code) == expect


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import toy\ntoy = 1\ntoy.x", id="reassigned"),
        pytest.param("import toy\ndef f(toy):\n    return toy.x", id="parameter"),
        pytest.param("import toy\nf = lambda toy: toy.x", id="lambda-parameter"),
        pytest.param("import toy\nfor toy in []:\n    toy.x", id="loop-target"),
        pytest.param("import toy\nwith open('a') as toy:\n    toy.x", id="with-target"),
        pytest.param("import toy\n[toy.x for toy in ()]", id="comprehension-target"),
        pytest.param("import toy\ndef f():\n    toy.x\n    toy = 2", id="local-everywhere"),
        pytest.param("import toy\nclass toy:\n    pass\ntoy.x", id="class-of-that-name"),
        pytest.param("import toy\ndel toy\ntoy.x", id="deleted"),
        pytest.param("import toy\n(toy := 1)\ntoy.x", id="walrus"),
        pytest.param("import toy\nmatch 1:\n    case toy:\n        toy.x", id="capture"),
        pytest.param("import toy\n'toy.x'  # toy.x", id="text"),
        pytest.param("import toy\nother.toy.x", id="attribute-of-that-name"),
    ],
)
def test_hidden_names_are_no_references(code: str) -> None:
    assert paths(code) == ["toy"]


def test_class_names_are_not_seen_in_methods() -> None:
    code = "import toy\nclass A:\n    toy = 1\n    def f(self):\n        return toy.x\n"
    assert paths(code) == ["toy", "toy.x"]


def test_global_declaration_binds_the_module_name() -> None:
    code = "def f():\n    global t\n    import toy as t\ndef g():\n    t.x\n"
    assert paths(code) == ["toy", "toy.x"]


def test_relative_and_unknown_star_imports_bind_nothing() -> None:
    assert paths("from . import toy\ntoy.x") == []
    assert paths("from toy import *\nload()") == ["toy"]


def test_star_import_binds_the_names_that_are_told() -> None:
    found = find_references("from toy import *\nload()\nother()", {"toy": ["load"]})
    assert [item.path for item in found] == ["toy", "toy.load"]


@pytest.mark.parametrize(
    "code",
    [
        "import toy\ny = 'äöü', toy.load(1)\n",
        "import toy\r\ny = 'ä'; toy.load(1)\r\n",
        "import toy\n\x0cy = toy.load\n",
        "import toy\nx = '''\n\u2028'''; toy.load\n",
    ],
)
def test_offsets_count_characters(code: str) -> None:
    last = find_references(code)[-1]
    assert code[last.start : last.end] == "toy.load"


def test_import_references_span_the_imported_name() -> None:
    code = "from toy import (\n    a,\n    b as c,\n)\n"
    assert [code[r.start : r.end] for r in find_references(code)] == ["a", "b as c"]
    assert [r.line for r in find_references(code)] == [2, 3]


def test_chain_over_lines_gives_both_lines() -> None:
    (_, chain) = find_references("import toy\nx = (toy\n  .io\n  .load)\n")
    assert (chain.path, chain.line, chain.end_line) == ("toy.io.load", 2, 4)


def test_attribute_names_leave_modules_out() -> None:
    code = "import toy\nx = toy.make()\nx.size\n(x\n .T\n .ptp())\ntoy.io.read().close()\n"
    assert attribute_names(code) == (("size", 3), ("T", 5), ("ptp", 6), ("close", 7))


def test_syntax_error_is_raised() -> None:
    with pytest.raises(SyntaxError):
        find_references("x = (")


@pytest.mark.parametrize(
    ("line", "expect"),
    [(1, (1, 1)), (2, (2, 3)), (3, (2, 3)), (4, (4, 5)), (5, (4, 5)), (6, (6, 6)), (7, None)],
)
def test_statement_at_gives_the_innermost(line: int, expect: tuple[int, int] | None) -> None:
    code = "import toy\ny = (\n 2)\n@deco\ndef f():\n    return 1\n\n"
    assert statement_at(code, line) == expect


@given(
    st.lists(
        st.sampled_from(["é", "x", "toy.a.b", "\t", "f(toy.c)", "(toy\n.d)", "'ü'"]), max_size=6
    )
)
def test_every_span_parses_to_its_own_chain(parts: list[str]) -> None:
    code = "import toy\n" + "\n".join(f"[{part}]" for part in parts if part.strip())
    for reference in find_references(code)[1:]:
        text = code[reference.start : reference.end]
        assert ast.unparse(ast.parse(f"({text})")) == reference.path


@pytest.mark.parametrize(
    "imports", ["import toy as t", "from toy import load, io as t", "import os"]
)
@pytest.mark.parametrize(
    "code",
    [
        "x = t.load(1).size",
        "y = 1\nt = y\nx = t.load(1)",
        "def f(load):\n    return load(1) + t.read(2)",
        "def f():\n    return t.load(1).size\nt = f()\nf(t.load)",
        "import toy\nx = [toy.load(i)\n     for i in load(3)]",
    ],
)
def test_code_is_read_as_if_it_stood_after_the_imports(imports: str, code: str) -> None:
    whole = f"{imports}\n{code}"
    statements = ast.parse(code).body
    for node, found in zip(
        statements, mentions(imports, [[node] for node in statements]), strict=True
    ):
        lines = range(node.lineno + 1, (node.end_lineno or node.lineno) + 2)
        assert found.paths == {item.path for item in find_references(whole) if item.line in lines}
        assert found.attributes == {name for name, line in attribute_names(whole) if line in lines}

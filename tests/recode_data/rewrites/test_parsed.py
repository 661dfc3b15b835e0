"""Statement by statement: what is edited is what would be in the whole code."""

from __future__ import annotations

import ast

import libcst as cst
import pytest

from recode_data.rewrites.calls import accesses_to, is_access
from recode_data.rewrites.parsed import ParsedCode, Replace, edited, parse, replaced


def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace]:
    return dict.fromkeys(
        accesses_to(parsed, "old"), lambda node: node.with_changes(attr=cst.Name("new"))
    )


CODES = [
    pytest.param("x.old\n", id="plain"),
    pytest.param("import a as x\nx.old\ny.old", id="imported-and-no-last-line-end"),
    pytest.param("\n# a\nx = 1  # b\n\n\nx.old  # c\n# d\n", id="comments"),
    pytest.param("x.old; y.old\n", id="two-on-a-line"),
    pytest.param("@x.old\ndef f():\n  # a\n  return y.old  # b\n  # c\n\nz.old\n", id="indented"),
    pytest.param("if x:\n\ty.old\nelse:\n        z.old\n", id="tabs"),
    pytest.param("é = 1\nx.old\n", id="other-letters"),
    pytest.param("x = f'''\n{y.old}\n{z.old}'''\nx.old\n", id="f-string"),
    pytest.param("x = \\\n    y.old\n(x.\n old)\n", id="several-lines"),
    pytest.param("x = '''\ny.old\n'''\nx.old\n", id="text"),
    pytest.param("old = 1\nx.older\n", id="nothing"),
]


@pytest.mark.parametrize("code", CODES)
def test_statements_are_edited_as_the_whole_is(code: str) -> None:
    parsed = parse(code)
    assert parsed is not None
    edits = edits_of(parsed)
    expected = replaced(parsed, edits).code if edits else None
    assert edited(code, lambda node: is_access(node, "old"), edits_of) == expected


def test_only_what_may_matter_is_asked() -> None:
    asked: list[str] = []

    def ask(parsed: ParsedCode) -> dict[cst.CSTNode, Replace]:
        asked.append(parsed.module.code)
        return {}

    code = "x.a\ny.b\ny.c(x.a)\n"
    assert edited(code, lambda node: is_access(node, "a"), ask) is None
    assert asked == ["y.c(x.a)", "x.a"]


@pytest.mark.parametrize("code", ["x.old = = 1\n", "x.old\ry.old\n", ""])
def test_nothing_is_made_of_what_cannot_be_read(code: str) -> None:
    assert edited(code, lambda node: isinstance(node, ast.AST), edits_of) is None


def test_one_statement_may_forbid_all() -> None:
    code = "x.old\ny.old()\n"

    def forbid(parsed: ParsedCode) -> dict[cst.CSTNode, Replace] | None:
        return None if parsed.calls else edits_of(parsed)

    assert edited(code, lambda node: is_access(node, "old"), forbid) is None

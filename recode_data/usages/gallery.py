"""Snippets of example scripts: a paragraph that touches the API, with what it needs before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from recode_data.usages.importing import Setting
from recode_data.usages.interest import Interest
from recode_data.usages.slices import Statement, statements_of
from recode_data.usages.snippets import Snippet, snippets_of


def gallery_snippets(text: str, interest: Interest, setting: Setting) -> Iterator[Snippet]:
    """Snippets of one script."""
    try:
        statements = tuple(_in_paragraphs(text))
    except (SyntaxError, ValueError):
        return
    yield from snippets_of(statements, interest, setting)


def _in_paragraphs(text: str) -> Iterator[Statement]:
    lines = text.split("\n")
    paragraph = 0
    previous_end = 0
    for statement in statements_of(text):
        if any(not lines[index].strip() for index in range(previous_end, statement.line - 1)):
            paragraph += 1
        previous_end = statement.line + statement.code.count("\n")
        if not _is_text(statement):
            yield replace(statement, paragraph=paragraph)


def _is_text(statement: Statement) -> bool:
    node = statement.nodes[0]
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

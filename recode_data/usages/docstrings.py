"""Snippets in the docstrings of a package: every string literal that holds a session.

Not only docstrings proper: libraries also add documentation by calls
(`add_newdoc("module", "name", \"\"\"...\"\"\")`) and by templates.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from recode_data.usages.importing import Setting
from recode_data.usages.interest import Interest
from recode_data.usages.sessions import examples_in, has_prompts, statements_in
from recode_data.usages.slices import parts_of
from recode_data.usages.snippets import Snippet, snippets_of


def docstring_snippets(text: str, interest: Interest, setting: Setting) -> Iterator[Snippet]:
    """Snippets of a module's text; a text that is no Python (`.pyx`) is read as plain text."""
    if not has_prompts(text):
        return
    try:
        literals = list(_literals(ast.parse(text)))
    except (SyntaxError, ValueError):
        literals = list(_quoted(text))
    for literal, line in literals:
        if interest.may_touch(literal):
            examples = examples_in(literal, line)
            yield from snippets_of(statements_in(examples), interest, setting)


def _literals(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """String literals that hold prompts, each with the line of its first line, in order."""
    found: list[tuple[int, str]] = []
    for node in parts_of(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and has_prompts(node.value)
        ):
            found.append((node.lineno, node.value))
    for line, value in sorted(found):
        yield value, line


def _quoted(text: str) -> Iterator[tuple[str, int]]:
    """Text between triple quotes."""
    line = 1
    for index, part in enumerate(text.split('"""')):
        if index % 2 and has_prompts(part):
            yield part, line
        line += part.count("\n")

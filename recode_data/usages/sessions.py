"""Interactive sessions in text: `>>>` and `In [1]:` prompts become statements.

Departs from `doctest` on purpose: text that `doctest` refuses (uneven indentation, a missing
blank after the prompt) is read as far as it goes, since documentation is not always tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recode_data.syntax_trees import tree_of
from recode_data.usages.slices import Statement, statements_of

_PYTHON_PROMPT = re.compile(r"^(\s*)>>>(?: |$)(.*)$")
_PYTHON_MORE = re.compile(r"^\s*\.\.\.(?: |$)(.*)$")
_IPYTHON_PROMPT = re.compile(r"^(\s*)In \[\d*\]: ?(.*)$")
_IPYTHON_MORE = re.compile(r"^\s*\.{3,}: ?(.*)$")
_DIRECTIVE = re.compile(r"\s*#\s*doctest:.*$", re.IGNORECASE | re.MULTILINE)
_SKIP = re.compile(r"#\s*doctest:.*\+SKIP", re.IGNORECASE)
_ERROR_OUTPUT = re.compile(r"^\s*(Traceback \(|\.\.\.$|[A-Za-z_.]*(Error|Exception|Warning): )")


@dataclass(frozen=True, slots=True)
class Example:
    """One input of a session, or one block of plain code."""

    code: str
    line: int
    """1-based line in the text."""
    paragraph: int
    """Inputs of one paragraph stand together, without blank line or prose between them."""
    shows: bool
    """Whether output follows: then an expression was run for its value, not for its effect."""


def examples_in(text: str, first_line: int = 1, paragraph: int = 0) -> tuple[Example, ...]:
    """Inputs of all sessions in the text; skipped and failing ones are left out.

    Args:
        text: any text, for example a docstring.
        first_line: line number of its first line.
        paragraph: number of the first paragraph.
    """
    return tuple(_examples(text.split("\n"), first_line, paragraph))


def statements_in(examples: Iterable[Example]) -> tuple[Statement, ...]:
    """The examples as one session of top-level statements; what does not parse is left out."""
    return tuple(
        statement
        for example in examples
        if parses(example.code)
        for statement in statements_of(
            example.code, example.line, example.paragraph, shows=example.shows
        )
    )


def has_prompts(text: str) -> bool:
    """Whether there is any session in the text (cheap)."""
    return ">>>" in text or "In [" in text


def _examples(lines: list[str], first_line: int, paragraph: int) -> Iterator[Example]:
    index, broken = 0, False
    while index < len(lines):
        start = _match_prompt(lines[index])
        if start is None:
            broken = True
            index += 1
            continue
        begin = index
        source = [start[0]]
        index += 1
        while index < len(lines) and (more := start[1].match(lines[index])):
            source.append(more.group(1))
            index += 1
        output: list[str] = []
        while index < len(lines) and lines[index].strip() and not _match_prompt(lines[index]):
            output.append(lines[index])
            index += 1
        paragraph += broken
        broken = False
        code = "\n".join(source).rstrip()
        if not _SKIP.search(code) and not (output and _ERROR_OUTPUT.match(output[0])):
            code = _DIRECTIVE.sub("", code)
            if code.strip() and parses(code):
                yield Example(code, first_line + begin, paragraph, bool(output))


def _match_prompt(line: str) -> tuple[str, re.Pattern[str]] | None:
    match = _PYTHON_PROMPT.match(line)
    if match:
        return match.group(2), _PYTHON_MORE
    match = _IPYTHON_PROMPT.match(line)
    return (match.group(2), _IPYTHON_MORE) if match else None


def parses(code: str) -> bool:
    """Whether it is Python."""
    try:
        tree_of(code)
    except (SyntaxError, ValueError):  # ValueError: NUL bytes
        return False
    return True

"""Code blocks of a text in Markdown, as models write it and as cut-off output leaves it.

CommonMark's rules, and beyond them: a fence may stand anywhere in indentation, close at the end of
a line of code, stay open to the end of the text, or be followed by the next opening fence; and a
line within a triple-quoted string is no fence.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from recode_bench.syntax import parses

LIMIT_SECOND_LOOKS = 8
"""Blocks whose end is searched again without regard to strings, which costs a parse each."""

_PYTHON_TAG = r"\{?\.?i?py(?:thon|con)?[\w.]*\b\}?"
_IS_PYTHON = re.compile(_PYTHON_TAG, re.IGNORECASE)
_IS_MARKDOWN = re.compile(r"(?:markdown|md)\b", re.IGNORECASE)
_IS_LANGUAGE = re.compile(rf"{_PYTHON_TAG}|[\w+#.-]+[^\S\n]*\Z", re.IGNORECASE)

# (?<!`)…(?!`) pins a run to its whole length, else a long run is tried from each of its backticks.
_OPENING = re.compile(
    r"^(?P<indent>[^\S\n]*)(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$"
    rf"|(?<!`)(?P<late>`{{3,}})(?!`)[^\S\n]*{_PYTHON_TAG}[^\S\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
# What may hide a fence inside Python: strings and comments. A string without its end, and a
# comment, stop where a fence may follow on the same line (`x = 1  # done` + fence).
_LEXEME = re.compile(
    r"^[^\S\n]*(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$"
    r"|(?P<late>`{3,})[^\S\n]*$"
    r"|`+"
    r"|(?P<triple>\"\"\"|''')"
    r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
    r"|\#[^\n`]*",
    re.MULTILINE,
)
_TRIPLE_END = {
    '"""': re.compile(r'(?:\\.|[^\\"]|"(?!""))*"""', re.DOTALL),
    "'''": re.compile(r"(?:\\.|[^\\']|'(?!''))*'''", re.DOTALL),
}
# One match a line, so that looking back to the line's start stays linear.
_RUN = re.compile(r"[`~](?:(?<=`)`{2,}|(?<=~)~{2,})(?P<rest>[^\n]*)")
_FENCE_LINE = re.compile(r"^[^\S\n]*(?:```|~~~)", re.MULTILINE)
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")


class Block(NamedTuple):
    """One code block; `code` is as it stands, less the fence's own indentation."""

    code: str
    python: bool | None
    """Whether the fence names Python; None where it names no language."""
    closed: bool


def find_blocks(text: str) -> Iterator[Block]:
    """Fenced blocks in order, by CommonMark's rules where these say enough."""
    position, second_looks = 0, 0
    # Only a triple-quoted string can hold a line that looks like a fence.
    unclosable = {each for each in _TRIPLE_END if each not in text}
    while opening := _OPENING.search(text, position):
        mark, info = opening["mark"] or opening["late"], (opening["info"] or "").strip()
        python = True if opening["late"] else _is_python(info)
        if mark[0] == "`" and "`" in info:  # all on one line
            tag = _IS_PYTHON.match(info)
            code = info[tag.end() if tag else 0 :].partition("```")[0].strip("` ")
            yield Block(code, python or None, closed=True)
            position = opening.end()
            continue
        position = opening.end() + 1
        if python is False and _IS_MARKDOWN.match(info):
            continue  # the fence of a document: what it holds is fenced once more
        strings = python is not False and len(unclosable) < len(_TRIPLE_END)
        end = _end_of_block(text, position, mark, unclosable if strings else None)
        code = text[position : end.body]
        if end.fence_in_string and second_looks < LIMIT_SECOND_LOOKS and not parses(tidy(code)):
            # Not a docstring with a fence in it, but a string that the model never closed.
            second_looks += 1
            end = _end_of_block(text, position, mark, None)
            code = text[position : end.body]
        indent = len(opening["indent"] or "")
        if indent:
            code = re.sub(rf"^[ \t]{{1,{indent}}}", "", code, flags=re.MULTILINE)
        yield Block(code, python, end.closed)
        position = end.resume


class _Fence(NamedTuple):
    """A fence within a block: its place, its run of marks, and its info string."""

    start: int
    end: int
    run: str
    info: str | None
    """None: at the end of a line of code."""
    in_string: bool = False


class _End(NamedTuple):
    """Where a block's code ends and where to look for the next one."""

    body: int
    resume: int
    closed: bool
    fence_in_string: bool


def _end_of_block(text: str, start: int, mark: str, unclosable: set[str] | None) -> _End:
    """Find the fence that ends the block.

    Args:
        text: the whole text.
        start: where the block's code begins.
        mark: the fence that opened it.
        unclosable: triple quotes known to have no end in the text, added to here. None: look for
            fences in strings too.
    """
    fences = _fences(text, start) if unclosable is None else _no_strings(text, start, unclosable)
    skipped = False
    for fence in fences:
        same = fence.run[0] == mark[0] and len(fence.run) >= len(mark)
        if fence.in_string:
            skipped = True
        elif fence.info and (_is_python(fence.info) or (same and _is_language(fence.info))):
            # No language stands on a closing fence: this opens the next block.
            return _End(fence.start, fence.start, False, skipped)
        elif same:
            return _End(fence.start, fence.end, True, skipped)
    return _End(len(text), len(text), False, skipped)


def _fences(text: str, start: int) -> Iterator[_Fence]:
    """Fences from `start`, a line's start, on; one at the end of a line if it is unpaired there."""
    for found in _RUN.finditer(text, start):
        line = text.rfind("\n", start, found.start()) + 1 or start
        run_end = found.start("rest")
        if not text[line : found.start()].strip():
            run, info = text[found.start() : run_end], found["rest"].strip()
            yield _Fence(line, found.end(), run, info)
            continue
        runs = found[0].rstrip()
        if runs.endswith("```") and runs.count("```") % 2:
            run = runs[len(runs.rstrip("`")) :]
            yield _Fence(found.start() + len(runs) - len(run), found.end(), run, None)


def _no_strings(text: str, start: int, unclosable: set[str]) -> Iterator[_Fence]:
    """The same outside of strings; those within triple-quoted strings are marked as such."""
    position = start
    while lexeme := _LEXEME.search(text, position):
        position = lexeme.end()
        if lexeme["mark"]:
            info = lexeme["info"].strip()
            yield _Fence(lexeme.start(), lexeme.end(), lexeme["mark"], info)
        elif lexeme["late"]:
            line = text.rfind("\n", start, lexeme.start()) + 1 or start
            if text.count("```", line, lexeme.start()) % 2 == 0:
                yield _Fence(lexeme.start(), lexeme.end(), lexeme["late"], None)
        elif lexeme["triple"] not in (None, *unclosable):
            string = _TRIPLE_END[lexeme["triple"]].match(text, position)
            if string is None:
                # Look at what follows as if it were no string, and never search that far again.
                unclosable.add(lexeme["triple"])
                continue
            position = string.end()
            inside = _FENCE_LINE.search(text, lexeme.start(), position)
            if inside:
                yield _Fence(inside.start(), inside.end(), "```", "", in_string=True)


def _is_language(info: str) -> bool:
    return _IS_LANGUAGE.fullmatch(info) is not None


def _is_python(info: str) -> bool | None:
    """Whether a fence's info string names Python; None where it names nothing."""
    return bool(_IS_PYTHON.match(info)) if info else None


def before_first_fence(text: str) -> str:
    """What comes before the first fence; all of the text where there is none."""
    fence = _OPENING.search(text)
    return text[: fence.start()] if fence else text


def tidy(code: str) -> str:
    """Without outer blank lines, common indentation and interpreter prompts."""
    code = _BLANK_LINES.sub("", code).rstrip()
    if code[:1] in (" ", "\t"):
        code = textwrap.dedent(code)
    if code.startswith(">>> "):
        lines = code.split("\n")
        code = "\n".join(line[4:] for line in lines if line.startswith((">>>", "...")))
    return code

"""Snippets in documentation files: sessions, code blocks, fences and notebooks' cells.

One file is one session: later blocks may use what earlier ones bind, and a slice brings it along.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import PurePosixPath

from recode_data.usages.importing import Setting
from recode_data.usages.interest import Interest
from recode_data.usages.sessions import Example, examples_in, has_prompts, parses, statements_in
from recode_data.usages.snippets import Snippet, snippets_of

_BLOCK = re.compile(
    r"^(?P<indent>\s*)\.\. (?:code-block|code|sourcecode|ipython|plot|testcode|testsetup|exec)::"
    r"\s*(?P<language>\w*)\s*$"
)
_LITERAL = re.compile(
    r"^(?P<indent>\s*(?:(?:[*+-]|\w{1,2}[.)]|#\.)\s+)?)(?!\.\. )(?P<text>.*)::\s*$"
)
"""What follows a bullet is indented by as much as the bullet takes."""
_FENCE = re.compile(
    r"^(?P<indent>\s*)(?P<mark>```+|~~~+)\s*\{?(?P<language>[\w-]*)\}?(?P<rest>.*)$"
)
_MODULE = re.compile(r"^\.\. (?:currentmodule|module|automodule|py:module):: *(\S+)", re.MULTILINE)
_OPTION = re.compile(r"^\s*:[\w-]+:")
_PYTHON = frozenset(
    {"", "python", "python3", "py", "py3", "ipython", "ipython3", "default", "pycon", "code-cell"}
)


def docs_snippets(
    text: str, relative: str, interest: Interest, setting: Setting
) -> Iterator[Snippet]:
    """Snippets of one documentation file; its kind is told by the suffix of `relative`."""
    suffix = PurePosixPath(relative).suffix
    blocks = _cells(text) if suffix == ".ipynb" else _blocks(text, is_markdown=suffix == ".md")
    named = _MODULE.search(text)
    if named and named.group(1).partition(".")[0] == setting.library:
        setting = Setting(setting.library, named.group(1), setting.roots)
    yield from snippets_of(statements_in(_numbered(blocks)), interest, setting)


def _numbered(blocks: Iterator[tuple[str, int]]) -> Iterator[Example]:
    """Blocks as examples, paragraphs numbered through the file."""
    paragraph = 0
    for block, line in blocks:
        if has_prompts(block):
            for example in examples_in(block, line, paragraph):
                paragraph = max(paragraph, example.paragraph)
                yield example
            paragraph += 1
            continue
        for part, offset in paragraphs(block):
            yield Example(part, line + offset, paragraph, False)
            paragraph += 1


def paragraphs(code: str) -> Iterator[tuple[str, int]]:
    """Parts of plain code separated by blank lines, with their offset in lines.

    A part that does not parse alone (a blank line within a function) is joined with the next;
    code that never parses is left out.
    """
    pending: list[str] = []
    start = 0
    lines = code.split("\n")
    for index, line in enumerate([*lines, ""]):
        if line.strip() or (pending and not _is_complete(pending, lines, index)):
            if not pending:
                start = index
            pending.append(line)
        elif pending:
            yield "\n".join(pending).rstrip(), start
            pending = []


def _is_complete(pending: list[str], lines: list[str], index: int) -> bool:
    following = next((line for line in lines[index:] if line.strip()), "")
    if following.startswith((" ", "\t", "else", "except", "finally", "elif")):
        return False
    return index >= len(lines) or parses("\n".join(pending))


def _blocks(text: str, *, is_markdown: bool) -> Iterator[tuple[str, int]]:
    """Code blocks and sessions with the 1-based line at which each begins."""
    lines = text.split("\n")
    index = 0
    prose: list[str] = []
    prose_start = 0
    while index < len(lines):
        end, block = _block_at(lines, index, is_markdown)
        if block is None:
            if not prose:
                prose_start = index
            prose.append(lines[index])
            index += 1
            continue
        if prose and has_prompts("\n".join(prose)):
            yield "\n".join(prose), prose_start + 1
        prose = []
        if block[0].strip():
            yield block[0], block[1] + 1
        index = end
    if prose and has_prompts("\n".join(prose)):
        yield "\n".join(prose), prose_start + 1


def _block_at(
    lines: list[str], index: int, is_markdown: bool
) -> tuple[int, tuple[str, int] | None]:
    """End of the block that begins here, and its code with its first line; `(index, None)`: none."""
    fence = _FENCE.match(lines[index])
    if fence and (is_markdown or fence.group("language").lower() in _PYTHON - {""}):
        return _fenced(lines, index, fence)
    if is_markdown:
        return index, None
    directive = _BLOCK.match(lines[index])
    if directive:
        code, start, end = _indented(lines, index, len(directive.group("indent")))
        is_python = directive.group("language").lower() in _PYTHON
        return end, (code if is_python else "", start)
    literal = _LITERAL.match(lines[index])
    if literal:
        code, start, end = _indented(lines, index, len(literal.group("indent")))
        if has_prompts(code) or parses(code):
            return end, (code, start)
    return index, None


def _fenced(
    lines: list[str], index: int, fence: re.Match[str]
) -> tuple[int, tuple[str, int] | None]:
    mark, end = fence.group("mark"), index + 1
    while end < len(lines) and not lines[end].strip().startswith(mark):
        end += 1
    body = [line for line in lines[index + 1 : end] if not _OPTION.match(line)]
    language = fence.group("language").lower()
    is_python = language in _PYTHON or (
        language in ("code-block", "code") and "python" in fence.group("rest")
    )
    code = textwrap.dedent("\n".join(body)) if is_python else ""
    return end + 1, (code, index + 1)


def _indented(lines: list[str], index: int, indent: int) -> tuple[str, int, int]:
    """The indented block after line `index`: its code, first line and end."""
    start = index + 1
    while start < len(lines) and (not lines[start].strip() or _OPTION.match(lines[start])):
        start += 1
    end = start
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
    ):
        end += 1
    return textwrap.dedent("\n".join(lines[start:end])).rstrip(), start, max(end, index + 1)


def _cells(text: str) -> Iterator[tuple[str, int]]:
    """Code cells of a notebook without magics; lines count from 1 for each cell."""
    try:
        notebook = json.loads(text)
        cells = notebook["cells"]
        sources = [cell["source"] for cell in cells if cell.get("cell_type") == "code"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    for source in sources:
        code = source if isinstance(source, str) else "".join(source)
        yield "\n".join("" if line.startswith(("%", "!")) else line for line in code.split("\n")), 1

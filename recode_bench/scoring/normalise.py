"""The text that similarity is counted on: code without comments and blank lines.

Departures from the published normaliser (zjunlp/ReCode, `reward.py`), which swaps string literals
for numbered placeholders by four regular expressions in turn and puts them back by replacing text.
Strings and comments are told apart here in one pass, as Python's tokenizer does:

1. Twelve or more literals: there, placeholder 1 also replaces the start of 10, 11, …; the text is
   corrupted and valid code is scored as a syntax error (18 of the 1,781 published targets).
2. An apostrophe in a comment opens a string there, and code up to the next apostrophe is deleted.
   Here a comment ends at its line's end, whatever it holds.
3. A `#` in a string with an escaped quote, or in a string within another kind of quotes, is taken
   for a comment there.
4. Blank lines within a triple-quoted string are deleted there; here a string keeps its value.
5. Blanks before a removed comment go with it, so that `x = 1  # one` equals `x = 1`.

`published_blanks` undoes 4 and 5. The published scores stand on them: without it 88 of the 5,147
scores that the published code computes as it means to would come out differently.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize

# Each alternative is unrolled (no nested choice over one character), takes an unterminated string
# for one, and starts at the first of several blanks only: so no text is scanned twice.
_STRING = r"""
    \"{3}[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:\"{3}|\Z)
  | '{3}[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?:'{3}|\Z)
  | "[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?
  | '[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?
"""
_COMMENT = r"(?:\#[^\n]*)?"
_COMMENTS = re.compile(rf"(?P<string>{_STRING})|\#[^\n]*", re.VERBOSE)


def _blank_lines(comment: str) -> re.Pattern[str]:
    """Strings, or the rest of a line after its code together with the blank lines after it."""
    return re.compile(
        rf"(?P<string>{_STRING})|(?<![^\S\n])[^\S\n]*{comment}"
        rf"(?:(?P<line>\n)(?:[^\S\n]*{comment}(?:\n|\Z))*|\Z)",
        re.VERBOSE,
    )


_WITH_COMMENTS, _WITHOUT_COMMENTS = _blank_lines(_COMMENT), _blank_lines("")
_F_STRING = re.compile(r"\b[rR]?[fFtT][rR]?[\"']")


def normalise(code: str, *, published_blanks: bool = False) -> str:
    """Code without comments, blank lines, blanks at line ends and outer whitespace.

    Args:
        code: any text; what is not Python is treated by the same rules as far as they go.
        published_blanks: keep blanks at line ends, drop blank lines within strings too.
    """
    if "\r" in code:
        code = code.replace("\r\n", "\n").replace("\r", "\n")
    blank_lines = _WITH_COMMENTS
    if "#" in code:
        # Since 3.12 an f-string may hold its own quotes: only the tokenizer knows where it ends.
        nested = sys.version_info >= (3, 12) and _F_STRING.search(code) is not None
        tokenized = _without_comments(code) if nested else None
        if tokenized is not None:
            code, blank_lines = tokenized, _WITHOUT_COMMENTS
        elif published_blanks:
            code = _COMMENTS.sub(r"\g<string>", code)
    if published_blanks:
        lines = code.strip().split("\n")
        return "\n".join([line for line in lines if line and not line.isspace()])
    return blank_lines.sub(r"\g<string>\g<line>", "\n" + code).strip()


def _without_comments(code: str) -> str | None:
    """Comments removed by the tokenizer; None where it refuses the text."""
    lines = code.split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(code, newline="\n").readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return "\n".join(lines)

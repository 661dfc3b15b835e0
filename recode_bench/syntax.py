"""Parse text that a model wrote: quietly, within limits, and whatever the text is."""

from __future__ import annotations

import ast
import re
import threading
import warnings

LIMIT_CHARS = 100_000
"""Longer text is not parsed: no answer is that long (an 8k-token completion has some 30,000
characters), and what parses slowest takes 0.2 s for this much."""

_MAY_WARN = re.compile(r"\\|[0-9]\.?[a-zA-Z]")
"""The parser warns of escapes it does not know ("\\d") and of numbers that run into a word
("1if"), nothing else; on stderr, or as an exception under -W error."""

_WARNING_FILTERS = threading.Lock()


def parse(code: str) -> ast.Module | None:
    """The module that `code` is, or None where it is not Python (or over `LIMIT_CHARS`).

    Never raises: NUL bytes and lone surrogates are ValueErrors, deep nesting is a RecursionError
    or a MemoryError of the parser's own stack limit, and all of these mean "not a program".
    """
    if len(code) > LIMIT_CHARS:
        return None
    try:
        if _MAY_WARN.search(code):
            return _parse_quietly(code)
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def parses(code: str) -> bool:
    """Whether `code` is a Python program (of the grammar of the running interpreter)."""
    return parse(code) is not None


def _parse_quietly(code: str) -> ast.Module:
    # catch_warnings swaps process-wide state: unlocked, two threads can leave it swapped for good.
    with _WARNING_FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)

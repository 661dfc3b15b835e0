"""Snippets that ask for something on the network, which the sandbox does not have."""

from __future__ import annotations

import re

from recode_data.references import find_references, statement_at
from recode_data.verify.observed import RaisedError

_NO_NETWORK = re.compile(
    r"Temporary failure in name resolution|Name or service not known|Network is unreachable|nodename nor servname"
)
"""What the C library says, whoever passes it on."""


def needs_network(code: str, error: RaisedError | None) -> str | None:
    """The path of what the failed statement called, where it failed for want of a network.

    Empty where the statement names several things or none, or where the program names an address:
    another one may pass a file to the same function. None where something else went wrong.
    """
    if error is None or not _NO_NETWORK.search(error.message):
        return None
    if "://" in code:
        return ""
    try:
        span = statement_at(code, error.line or 0)
        if span is None:
            return ""
        paths = {item.path for item in find_references(code) if span[0] <= item.line <= span[1]}
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return paths.pop() if len(paths) == 1 else ""

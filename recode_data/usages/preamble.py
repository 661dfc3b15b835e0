"""Code that a library's examples take for granted: Django's need settings before anything else.

Documentation states it once, far from the examples, so none of them runs by itself without it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from recode_data.records import Usage


def with_preamble(usage: Usage, preamble: str, paths: Sequence[str]) -> Usage:
    """The usage behind the preamble, where it uses what is at or below one of the paths.

    It stays as it is where it already calls what the preamble calls, and where it begins with
    imports from `__future__`, which nothing may precede.
    """
    preamble = preamble.strip("\n")
    if not any(api == path or api.startswith(f"{path}.") for api in usage.apis for path in paths):
        return usage
    if "from __future__" in usage.code or any(call in usage.code for call in _calls(preamble)):
        return usage
    said = {line for line in preamble.split("\n") if line.startswith(("import ", "from "))}
    rest = [line for line in usage.code.split("\n") if line not in said]
    return replace(usage, code="\n".join([preamble, "", *rest]).rstrip("\n") + "\n")


@lru_cache(maxsize=4)
def _calls(code: str) -> set[str]:
    """Names of what the code calls, each as it is written before the parenthesis."""
    return {
        ast.unparse(node.func) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)
    }

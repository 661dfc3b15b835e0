"""A member of a class gets another name: `frame.applymap(f)` -> `frame.map(f)`.

The class of a value is not known statically, so every access by that name on a value is meant;
execution tells whether that was right.
"""

from __future__ import annotations

import libcst as cst

from recode_data.rewrites.calls import accesses_to, is_access
from recode_data.rewrites.parsed import ParsedCode, Replace, edited


def rename_member(code: str, old: str, new: str) -> str | None:
    """The code with `.old` on values made `.new`; None where there is none.

    Args:
        code: Python source.
        old: name of the member, without its class.
        new: its new name.
    """
    if old == new:
        return None

    def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace]:
        return dict.fromkeys(
            accesses_to(parsed, old), lambda updated: updated.with_changes(attr=cst.Name(new))
        )

    return edited(code, lambda node: is_access(node, old), edits_of)

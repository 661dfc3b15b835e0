"""The value of an argument changed: `freq='M'` -> `freq='ME'`.

What to write instead of which value is in the library's own message ("'M' is deprecated and will be
removed, use 'ME' instead"). An edit applies to literals in calls of the API, as whole values or as
parts of a text that begins with digits (`'2M'` -> `'2ME'`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import libcst as cst

from recode_data.records import ApiChange, Replacement
from recode_data.rewrites.calls import calls_by, may_call
from recode_data.rewrites.parsed import ParsedCode, Replace, edited

_QUOTED = r"""['"`]{1,2}(?P<%s>[^'"`\n]{1,60})['"`]{1,2}"""
_PAIR = re.compile(
    (_QUOTED % "old")
    + r"[^'\"`\n]{0,60}?(?:deprecated|removed|renamed|replaced|no longer)[^'\"`\n]{0,80}?"
    + r"(?i:use|to|by|with|favou?r of)\s+(?:the\s+)?"
    + (_QUOTED % "new")
)
_COUNT = re.compile(r"(-?\d*)(.*)", re.DOTALL)


def rewrite_value(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    """Old values -> new ones; None where the message names none or none of them occurs."""
    return _edited(code, change, replacement, dict(value_pairs(change.message)))


def unwrite_value(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    """New values -> old ones; otherwise as `rewrite_value`."""
    return _edited(
        code, change, replacement, {new: old for old, new in value_pairs(change.message)}
    )


def value_pairs(message: str) -> Iterator[tuple[str, str]]:
    """Values that a message names, with what it says to write instead."""
    for match in _PAIR.finditer(message):
        old, new = match.group("old").strip(), match.group("new").strip()
        if old != new and not new.endswith("(") and "(" not in old:
            yield old, new


def _edited(
    code: str, change: ApiChange, replacement: Replacement, values: dict[str, str]
) -> str | None:
    if replacement.new_api != change.old_api or not any(value in code for value in values):
        return None

    def edits_of(parsed: ParsedCode) -> dict[cst.CSTNode, Replace]:
        edits: dict[cst.CSTNode, Replace] = {}
        for call in calls_by(parsed, change):
            for arg in call.args:
                edit = _edit_of(arg.value, values)
                if edit is not None:
                    edits[arg.value] = edit
        return edits

    return edited(code, may_call(code, change), edits_of)


def _edit_of(node: cst.BaseExpression, values: dict[str, str]) -> Replace | None:
    if not isinstance(node, cst.SimpleString):
        return None
    value = ast.literal_eval(node.value)
    if not isinstance(value, str):
        return None
    match = _COUNT.fullmatch(value)
    count, rest = match.groups() if match else ("", value)
    new = values.get(value) or (count + values[rest] if rest in values else None)
    if new is None:
        return None
    text = node.value.replace(value, new) if value in node.value else repr(new)
    return lambda updated: cst.ensure_type(updated, cst.SimpleString).with_changes(value=text)

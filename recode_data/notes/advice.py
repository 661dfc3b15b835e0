"""What a library's own message says to write instead, and whether it speaks of all uses of a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from recode_data.notes.reading import leaf_of
from recode_data.records import ApiChange, ChangeKind, FurtherChange

WHOLE = frozenset({ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED, ChangeKind.DEPRECATED})
"""Kinds after which, where they are not about a parameter, another name is to be written."""

NOTHING_SAID: Mapping[str, str] = MappingProxyType({})
"""What the new version says to old ways, by key of the change: of none of them."""

_URL = re.compile(r"https?://\S+")
_LEADS = re.compile(
    r"(?<!cannot )(?<!not )(?<!n't )\b(?:use|replaced (?:by|with)|renamed (?:to|as)|moved to"
    r"|in favou?r of|available as)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_NAME = re.compile(r"[`'\"]?(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:\(|[`'\"])?")
_QUALIFIED = re.compile(
    r"\b(?:passing|setting|specifying|supplying|providing|giving|creating|indexing|assigning"
    r"|(?:using|calling|accessing)\W+(?:the\W+)?[\w.]+(?:\(\))?\W+(?!\W|is\b|are\b|was\b|has\b))"
    r"[^.;]*?\b(?:is|are|was|has been)\s+deprecated",
    re.IGNORECASE,
)
_QUALIFIER = re.compile(
    r"\bwith\s+(?:an?|the)\s+(?:proper|explicit|appropriate|corresponding)\s+[`'\"]?(\w+)"
)
_NOUN = r"(?:\s+(?:class|function|method|property|attribute|module|namespace|alias))?"
_STATE = r"\s+(?:is|was|has been|are)\s+(?:now\s+)?(?:deprecated|removed|renamed|moved)"


def message_about(change: ApiChange, said: str) -> str:
    """What the new version said when the program ran, where that is about this change; else what
    its source says of it."""
    leaf = leaf_of(change.old_api)
    return said if re.search(rf"\b{re.escape(leaf)}\b", said) else change.message


def advised(message: str) -> tuple[str, ...]:
    """Public names that the message says to write, alternatives included; maybe with more names of
    the same sentence, and never with one of another."""
    text = _URL.sub(" ", " ".join(message.split()))
    names: dict[str, None] = {}
    for lead in _LEADS.finditer(text):
        end = _SENTENCE_END.search(text, lead.end())
        for found in _NAME.finditer(text, lead.end(), end.start() if end else len(text)):
            name = found.group().strip("`'\"(")
            is_code = not found.group().isalnum()
            if is_code and not any(part.startswith("_") for part in name.split(".")):
                names[name] = None
    return tuple(names)


def speaks_against(item: FurtherChange, said: str, new_code: str) -> bool:
    """Whether the message names something to write, and the new code writes something else.

    Equal values prove little where many names have them: of Pillow's constants, which are small
    numbers, any is as good as the one that the message names.
    """
    change = item.change
    if change.kind not in WHOLE or change.parameter is not None:
        return False
    message = message_about(change, said)
    words = {*re.findall(r"\w+", new_code)}
    if not words.issuperset(_QUALIFIER.findall(message)):
        return True
    advice = advised(message)
    names = {part for name in advice for part in name.split(".")}
    if not names - {leaf_of(change.old_api)}:
        return False
    if item.replacement is not None and item.replacement.new_api != change.old_api:
        return leaf_of(item.replacement.new_api) not in names
    return words.isdisjoint(map(leaf_of, advice))


def is_of_a_way(change: ApiChange, said: str) -> bool | None:
    """Whether the message is about some uses of the name only; None where it does not tell.

    "using `sum` for horizontal computation is deprecated" says nothing of a column's sum.
    """
    message = " ".join(message_about(change, said).split())
    leaf = re.escape(leaf_of(change.old_api))
    is_called = rf"\b{leaf}(?:\.__init__\b|[`'\"]?\s+should (?:not|no longer) be\b)"
    if _QUALIFIED.search(message) or re.search(is_called, message):
        return True
    if re.search(rf"\b{leaf}(?:\(\))?[`'\"]?{_NOUN}{_STATE}", message):
        return False
    return None

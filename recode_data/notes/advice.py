"""What a library's own message says to write instead, and whether it speaks of all uses of a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from recode_data.notes.reading import leaf_of
from recode_data.records import ApiChange, ChangeKind, FurtherChange

WHOLE = frozenset({ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED, ChangeKind.DEPRECATED})
"""Kinds after which, where they are not about a parameter, another name is to be written."""

NOTHING_SAID: Mapping[str, str] = MappingProxyType({})
"""What the new version says to old ways, by key of the change: of none of them."""

_URL = re.compile(r"https?://\S+")
_LEADS = re.compile(
    r"(?<!cannot )(?<!not )(?<!n't )\b(?:use(?!\s+of\b)|replaced (?:by|with)|renamed (?:to|as)"
    r"|moved to|in favou?r of|available as)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_PATH = r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*"
_CODE = re.compile(
    rf"([`'\"])({_PATH})(?:\(\w*\)|=)?\1"  # quoted
    r"|((?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*)"  # or with dots
    r"|\b([A-Za-z_]\w*)(?=\()"  # or called
    r"|\b([A-Za-z]\w*_\w*)"  # or in more words than one
)
_ABBREVIATIONS = frozenset({"e.g", "i.e"})
_NOUN = r"(?:\s+(?:class|function|method|property|attribute|module|namespace|alias))?"
_STATE = r"\s+(?:is|was|has been|are)\s+(?:now\s+)?(?:deprecated|removed|renamed|moved)"
_OF_A_WAY = re.compile(
    r"\b(?:passing|setting|specifying|supplying|providing|giving|creating|indexing|assigning"
    rf"|(?:using|calling|accessing)\W+(?:the\W+)?(?!the\b)[\w.]+(?:\(\w*\))?[`'\"]?{_NOUN}\s+"
    r"(?!is\b|are\b|was\b|has\b|class\b|function\b|method\b|property\b|attribute\b|module\b))"
    r"[^.;]*?\b(?:is|are|was|has been)\s+deprecated",
    re.IGNORECASE,
)
_MADE = r"should (?:not|no longer) be (?:instantiated|constructed|created|subclassed|called)"
_KEPT = re.compile(r"v\d+|compat|legacy|deprecated|old")
_BUILTIN = re.compile(r"\balias (?:for|of) the builtin [`'\"](\w+)[`'\"]")
_WITH = re.compile(r"\bwith\s+(?:an?|the)\s+(?:proper|explicit|appropriate)\s+[`'\"]?(\w+)")


def message_about(change: ApiChange, said: str) -> str:
    """What the new version said when the program ran, where that is about this change; else what
    its source says of it."""
    leaf = leaf_of(change.old_api)
    of_both = re.sub(r"(\w)\(s\)", r"\1s", said)  # "`date_range(s)` is deprecated"
    is_about = re.search(rf"\b{re.escape(leaf)}\b", f"{said} {of_both}")
    return said if is_about else change.message


def advised(message: str) -> tuple[str, ...]:
    """Public names that the message says to write, alternatives included; maybe with more names of
    the same sentence, and never with one of another."""
    names: dict[str, None] = {}
    for text in _advice(message):
        for groups in _CODE.findall(text):
            name = next(group for group in groups[1:] if group)
            is_public = not any(part.startswith("_") for part in name.split("."))
            if is_public and name not in _ABBREVIATIONS:
                names[name] = None
    return tuple(names)


def _advice(message: str) -> Iterator[str]:
    """What follows "use", "renamed to" and the like, to the end of the sentence."""
    text = _URL.sub(" ", " ".join(message.split()))
    for lead in _LEADS.finditer(text):
        end = _SENTENCE_END.search(text, lead.end())
        yield text[lead.end() : end.start() if end else len(text)]


def speaks_against(item: FurtherChange, said: str, new_code: str) -> bool:
    """Whether the message names something to write, and the new code writes something else.

    Equal values prove little where many names have them: of Pillow's constants, which are small
    numbers, any is as good as the one that the message names.
    """
    change = item.change
    if change.kind not in WHOLE or change.parameter is not None:
        return False
    message = message_about(change, said)
    if item.replacement is not None and _is_a_copy(item.replacement.new_api, change, message):
        return True
    if item.replacement is not None and not _is_of_builtin(item.replacement.new_api, message):
        return True
    written = {*re.findall(r"\w+", new_code)}
    if not written.issuperset(_arguments_asked_for(change, message)):
        return True
    names = [name for name in advised(message) if not _is_of(name, change.old_api)]
    if not names:
        return False
    if item.replacement is not None and item.replacement.new_api != change.old_api:
        words = {word for text in _advice(message) for word in re.findall(r"\w+", text)}
        return leaf_of(item.replacement.new_api) not in words
    return written.isdisjoint(map(leaf_of, names))


def _is_a_copy(new_api: str, change: ApiChange, message: str) -> bool:
    """Whether it lies where a library keeps its old ways for a while (`pydantic.v1`), and no message
    sends there."""
    added = {*new_api.split(".")[:-1]} - {*change.old_api.split(".")}
    kept = [part for part in added if _KEPT.fullmatch(part)]
    return any(not re.search(rf"\b{part}\b", message) for part in kept)


def _is_of_builtin(new_api: str, message: str) -> bool:
    """Whether it is the builtin of which the old name is said to be an alias, if it is said to be one:
    `np.str_`, which NumPy names for those who wanted something else, is not `str`."""
    named = _BUILTIN.search(message)
    return named is None or new_api.removeprefix("builtins.") == named[1]


def _is_of(name: str, path: str) -> bool:
    """Whether the name is the path itself, however much of it is written."""
    return path == name or path.endswith(f".{name}") or name.endswith(f".{path}")


def _arguments_asked_for(change: ApiChange, message: str) -> set[str]:
    """Parameters that the successor is to be called with: "use asarray with a proper dtype"."""
    signature = change.old_signature
    known = {item.name for item in signature.parameters} if signature else set()
    return known.intersection(_WITH.findall(message))


def is_of_a_way(change: ApiChange, said: str) -> bool | None:
    """Whether the message is about some uses of the name only; None where it does not tell.

    "using `sum` for horizontal computation is deprecated" says nothing of a column's sum.
    """
    message = " ".join(message_about(change, said).split())
    leaf = re.escape(leaf_of(change.old_api))
    is_made = rf"\b{leaf}(?:\.__init__\b|[`'\"]?\s+{_MADE}\b)"
    if _OF_A_WAY.search(message) or re.search(is_made, message):
        return True
    if re.search(rf"\b{leaf}(?:\(\))?[`'\"]?{_NOUN}{_STATE}", message):
        return False
    return None

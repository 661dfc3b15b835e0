"""Whether an error or a warning is about a changed API, as far as its words tell.

Two changes may meet in one statement, and a value of one may be an argument of the other. The
message decides: where it names something that the failing statement refers to, a change of
something else is not to blame.
"""

from __future__ import annotations

import re

from recode_data.records import ApiChange
from recode_data.references import attribute_names, find_references, statement_at

_NO_MODULE = re.compile(
    r"No module named '(?P<module>[\w.]+)'"
    r"|cannot import name '(?P<name>\w+)' from (?:partially initialized module )?'(?P<package>[\w.]+)'"
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_KEYWORD = re.compile(r"keyword(?: argument)?s? ['\"`]?([A-Za-z_][A-Za-z_0-9]*)['\"`]?")


def is_about_another(code: str, line: int, message: str, change: ApiChange) -> bool:
    """Whether the message, raised or issued at a 1-based line, names another API than the changed.

    A message that names nothing of the statement leaves it open: False.

    Raises:
        SyntaxError: the code does not parse.
    """
    words = set(_WORD.findall(message))
    if change.parameter is not None:
        keyword = _KEYWORD.search(message)
        if keyword is not None and keyword.group(1) != change.parameter:
            return change.parameter not in words
    leaf = change.old_api.removesuffix(".__init__").rpartition(".")[2]
    if _names_member_of(leaf, message):
        return True
    if ("." in change.old_api and leaf in words) or change.parameter in words:
        return False
    start, end = statement_at(code, line) or (line, line)
    named = {
        prefix
        for reference in find_references(code)
        if reference.line <= end and reference.end_line >= start
        for prefix in _prefixes(reference.path)
        if prefix.rpartition(".")[2] in words
    }
    longest = {path for path in named if not any(other.startswith(f"{path}.") for other in named)}
    members = {name for name, at in attribute_names(code) if start <= at <= end} & words
    if not longest and not members:
        return False
    return not any(_is_related(change.old_api, path) for path in longest)


def is_import_of(message: str, change: ApiChange) -> bool:
    """Whether the error says that the module, or the package, in which the changed API was is gone.

    It is raised by the import, lines before the API is used.
    """
    found = _NO_MODULE.search(message)
    if found is None:
        return False
    missing = found["module"] if found["name"] is None else f"{found['package']}.{found['name']}"
    return "." in missing and change.old_api.startswith(f"{missing}.")


def _names_member_of(leaf: str, message: str) -> bool:
    """Whether the message is about a member of what changed: `Table.sorted_by() takes …`."""
    found = re.search(rf"\b{re.escape(leaf)}\.(\w+)\(", message)
    return found is not None and found.group(1) not in ("__init__", "__new__", "__call__")


def _prefixes(path: str) -> list[str]:
    """The path and what it lies in, the library itself left out."""
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(2, len(parts) + 1)]


def _is_related(api: str, named: str) -> bool:
    """Same API, or one within the other; a whole library is no API to blame."""
    return (
        api == named or api.startswith(f"{named}.") or ("." in api and named.startswith(f"{api}."))
    )

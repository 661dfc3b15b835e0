"""What a snippet shows to a reader: the paths, members, calls and keywords in it.

Code that does not parse shows nothing.
"""

from __future__ import annotations

import ast
from collections import Counter

from recode_data.records import Candidate, FurtherChange
from recode_data.references import attribute_names, find_references


def changes_of(candidate: Candidate) -> tuple[FurtherChange, ...]:
    """What the program meets, the change that it is about first."""
    return (FurtherChange(candidate.change, candidate.replacement), *candidate.further)


def values_of(keyword: str, code: str) -> set[str]:
    """What calls pass under this name, as source text."""
    keywords = (one for call in calls_in(code) for one in call.keywords)
    return {text_of(one.value) for one in keywords if one.arg == keyword}


def passes(code: str, parameter: str | None) -> bool:
    """Whether a call passes this keyword, or unpacks a mapping that may hold it."""
    found = all_keywords(code)
    return parameter in found or any(name.startswith("**") for name in found)


def calls_in(code: str) -> list[ast.Call]:
    """All calls."""
    try:
        return [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError, RecursionError):
        return []


def calls_by_name(code: str, name: str) -> list[ast.Call]:
    """Calls of something of this name: `f()` and `a.f()`."""
    return [call for call in calls_in(code) if called_name(call) == name]


def all_keywords(code: str) -> set[str]:
    """Names of keyword arguments that calls pass, `**` and what is behind it for unpacked ones."""
    return {*keywords_in(code)}


def keywords_in(code: str) -> Counter[str]:
    """The same, each with how often it is passed."""
    return Counter(keyword_text(item) for call in calls_in(code) for item in call.keywords)


def keyword_text(item: ast.keyword) -> str:
    """The name that it passes, or `**` and what it unpacks."""
    return item.arg or f"**{text_of(item.value)}"


def text_of(node: ast.AST) -> str:
    """Its source; empty where it is nested too deeply to be written."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return ""


def uses(path: str, code: str) -> int:
    """How often the code refers to the path itself."""
    return sum(found == path for found in paths_in(code))


def members(code: str) -> list[str]:
    """Names of attributes, each as often as it is asked for."""
    try:
        return [name for name, _ in attribute_names(code)]
    except (SyntaxError, ValueError, RecursionError):
        return []


def is_taken_whole(path: str, code: str) -> bool:
    """Whether the code uses the thing itself, and nothing in it: it is no module."""
    paths = paths_in(code)
    return path in paths and not any(found.startswith(f"{path}.") for found in paths)


def paths_in(code: str) -> list[str]:
    """Import paths, each as often as it is referred to."""
    try:
        return [reference.path for reference in find_references(code)]
    except (SyntaxError, ValueError, RecursionError):
        return []


def keywords_of(code: str, path: str) -> list[list[tuple[str, str]]]:
    """Of each call of the path, its keyword arguments as written."""
    try:
        at = {(item.line, item.end_line) for item in find_references(code) if item.path == path}
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [
        [(item.arg, text_of(item.value)) for item in call.keywords if item.arg]
        for call in calls_by_name(code, leaf_of(path))
        if (call.func.lineno, call.func.end_lineno) in at
    ]


def called_name(call: ast.Call) -> str | None:
    """`f` of `f()` and of `a.f()`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def leaf_of(path: str) -> str:
    """`c` of `a.b.c`, and the class of its constructor."""
    return path.removesuffix(".__init__").rpartition(".")[2]


def plain(path: str) -> str:
    """Its last name without what spellings differ in: `cum_max` and `CumMax` are alike."""
    return path.rpartition(".")[2].replace("_", "").lower()


def names_called(code: str) -> set[str]:
    """Plain names that are called: `f` of `f(a.g())`."""
    return {call.func.id for call in calls_in(code) if isinstance(call.func, ast.Name)}


def imported_names(code: str) -> set[str]:
    """Names that imports bind."""
    try:
        nodes = [*ast.walk(ast.parse(code))]
    except (SyntaxError, ValueError, RecursionError):
        return set()
    imports = (node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)))
    names = (alias.asname or alias.name for node in imports for alias in node.names)
    return {name.partition(".")[0] for name in names}

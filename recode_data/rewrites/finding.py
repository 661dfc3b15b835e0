"""Names, attributes and calls of a libcst tree, in the order in which they are written.

A visitor of libcst's own makes every node anew on its way: this walk takes a fifth of the time.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import libcst as cst

Chain: TypeAlias = "cst.Name | cst.Attribute"

_LAYOUT = (
    "asynchronous", "colon", "comma", "dot", "equal", "footer", "header", "indent", "lbrace", "lbracket",
    "leading_lines", "lines_after", "lpar", "operator", "rbrace", "rbracket", "rpar", "semicolon",
    "trailing", "whitespace",
)  # fmt: skip
"""Beginnings of the names of fields that hold no expression."""
_AS_WRITTEN: Mapping[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Arg: ("keyword", "value"),
    cst.ClassDef: ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    cst.ExceptHandler: ("type", "name", "body"),
    cst.ExceptStarHandler: ("type", "name", "body"),
    cst.FunctionDef: ("decorators", "name", "type_parameters", "params", "returns", "body"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.Parameters: ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
}
"""Fields, where they are declared in another order than they are written in."""
_NODES = frozenset(
    kind for kind in vars(cst).values() if isinstance(kind, type) and issubclass(kind, cst.CSTNode)
)
"""To ask for the type is ten times as fast as `isinstance` with an abstract class."""
_TELLING = frozenset(
    {
        cst.Call,
        cst.Attribute,
        cst.Arg,
        cst.Param,
        cst.FunctionDef,
        cst.ClassDef,
        cst.ExceptHandler,
        cst.ExceptStarHandler,
        cst.Name,
    }
)
"""What `find_nodes` looks at."""
_CONSTANTS = frozenset({"True", "False", "None"})
"""Names to libcst."""


@dataclass(slots=True)
class FoundNodes:
    """What a module holds; see `find_nodes`."""

    chains: list[Chain] = field(default_factory=list)
    calls: list[cst.Call] = field(default_factory=list)
    parents: dict[cst.CSTNode, cst.CSTNode] = field(default_factory=dict)
    """By node, what holds it, for all below a statement that are no layout."""


def find_nodes(module: cst.Module) -> FoundNodes:
    """Names, attributes and calls that are expressions: no names of functions, classes, parameters and
    keywords, and nothing of import statements."""
    found = FoundNodes()
    for statement in module.body:
        names_of_others: set[cst.CSTNode | None] = set()
        for node in _walk(statement, found.parents):
            if type(node) not in _TELLING:
                continue
            match node:
                case cst.Call():
                    found.calls.append(node)
                case cst.Attribute():
                    names_of_others.add(node.attr)
                    found.chains.append(node)
                case cst.Arg():
                    names_of_others.add(node.keyword)
                case cst.Param() | cst.FunctionDef() | cst.ClassDef():
                    names_of_others.add(node.name)
                case cst.ExceptHandler() | cst.ExceptStarHandler():
                    names_of_others.add(node.name.name if node.name else None)
                case cst.Name() if node not in names_of_others and node.value not in _CONSTANTS:
                    found.chains.append(node)
    return found


def _walk(root: cst.CSTNode, parents: dict[cst.CSTNode, cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """The nodes below a statement, each before what is in it; imports are not entered.

    Args:
        root: The statement.
        parents: Gets what holds each of them.
    """
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            continue
        below: list[cst.CSTNode] = []
        for name in _fields(type(node)):
            value = getattr(node, name)
            if isinstance(value, (list, tuple)):
                below += [part for part in value if type(part) in _NODES]
            elif type(value) in _NODES:
                below.append(value)
        parents.update(dict.fromkeys(below, node))
        waiting += reversed(below)


@lru_cache(maxsize=1024)
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    names = (item.name for item in dataclasses.fields(kind))
    return _AS_WRITTEN.get(kind) or tuple(name for name in names if not name.startswith(_LAYOUT))

"""Trees of snippets as Python's own parser gives them: many ask for the same one, one after the other.

Of a step's 7,000 snippets, each was parsed five times before anything was proved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

TREES_KEPT = 4096
"""Of 13 kB (dask) to 27 kB (Django) each."""
_BLOCKS = ("cases", "finalbody", "orelse", "handlers", "body")
"""Fields that hold statements, or what holds statements, last ones first."""
_TEXTS = frozenset(
    {
        "arg",
        "asname",
        "attr",
        "conversion",
        "ctx",
        "id",
        "is_async",
        "kind",
        "kwd_attrs",
        "level",
        "module",
        "name",
        "rest",
        "simple",
        "type_comment",
    }
)
"""Fields of nodes that hold no further nodes (a context tells nothing that is asked for)."""


@lru_cache(maxsize=TREES_KEPT)
def tree_of(code: str) -> ast.Module:
    """The tree of a snippet, for all who only read it: nobody may change it.

    Raises:
        SyntaxError: the code does not parse.
    """
    return ast.parse(code)


@lru_cache(maxsize=TREES_KEPT)
def nodes_of(code: str) -> tuple[ast.AST, ...]:
    """What `ast.walk` gives of the snippet's tree, in the same order; as `tree_of` otherwise."""
    nodes: list[ast.AST] = [tree_of(code)]
    for node in nodes:  # which grows on the way
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                nodes.append(value)
            elif isinstance(value, list):
                nodes += [item for item in value if isinstance(item, ast.AST)]
    return tuple(nodes)


def holding_nodes(kind: type[ast.AST]) -> tuple[str, ...]:
    """Fields in which such a node has nodes below it; the others are texts, numbers and contexts."""
    if issubclass(kind, (ast.Constant, ast.Global, ast.Nonlocal)):
        return ()
    texts = _TEXTS - {"name"} if kind.__name__ == "TypeAlias" else _TEXTS
    return tuple(name for name in kind._fields if name not in texts)


class _Holding(dict[type[ast.AST], tuple[str, ...]]):
    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        self[kind] = fields = holding_nodes(kind)
        return fields


HOLDING = _Holding()
"""What `holding_nodes` says of each kind, for who asks a million times."""


def children_of(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes right below one, contexts left out: `ast.iter_child_nodes` in half the time."""
    for name in HOLDING[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            yield from (item for item in value if item is not None)
        elif value is not None:
            yield value


def statements_of(tree: ast.Module) -> Iterator[ast.stmt]:
    """All statements of a tree, each before those within it; no expression is looked into, since none
    holds a statement."""
    waiting: list[ast.AST] = [*reversed(tree.body)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        for name in _BLOCKS:
            waiting += reversed(getattr(node, name, ()))


def is_same(one: object, other: object) -> bool:
    """Whether `ast.dump` would write the same of both, which are trees or parts of them: where they
    stand does not count. Trees that differ do so early, so that this is next to no work."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if not isinstance(one, ast.AST):
        return one == other
    for name in one._fields:
        if not is_same(getattr(one, name, None), getattr(other, name, None)):
            return False
    return True


def forget_trees() -> None:
    """Give up all trees."""
    nodes_of.cache_clear()
    tree_of.cache_clear()

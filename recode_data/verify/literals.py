"""Literals of a snippet replaced by others: the same program on other inputs.

Sent as source into the sandbox (Python 3.7 to 3.14, standard library only); also importable, for
choosing the literals and for tests. A literal is a whole one: `[1, 2]` is one, the numbers in it
are none. Lists and tuples of equal elements are the same literal, since a migration may turn one
into the other; each keeps its brackets.
"""

import ast

_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
_NODES = (
    _DISPLAYS
    + (ast.Constant, ast.UnaryOp)
    + tuple(
        getattr(ast, name) for name in ("Num", "Str", "Bytes", "NameConstant") if name in vars(ast)
    )
)
_TEXTS_WITH_CODE = tuple(
    getattr(ast, name) for name in ("JoinedStr", "TemplateStr") if hasattr(ast, name)
)


class NotALiteral(Exception):
    """The node computes something."""


def key_of(value: object) -> "tuple[object, ...]":
    """What tells literals apart: value and kind, whatever the brackets."""
    if isinstance(value, (list, tuple)):
        return ("sequence",) + tuple(key_of(item) for item in value)
    if isinstance(value, dict):
        return ("dict",) + tuple((key_of(key), key_of(item)) for key, item in value.items())
    if isinstance(value, (set, frozenset)):
        return ("set",) + tuple(sorted(repr(key_of(item)) for item in value))
    return (type(value).__name__, repr(value))


def value_of(node: ast.AST) -> object:
    """The value of a literal node.

    Raises:
        NotALiteral: it is none.
    """
    if not isinstance(node, _NODES):
        raise NotALiteral
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise NotALiteral from None


def literals_in(tree: ast.AST) -> "list[object]":
    """Values of all whole literals of the tree, in order; those of f-strings left out."""
    found = []

    class Finder(ast.NodeVisitor):
        def visit(self, node):
            if isinstance(node, _TEXTS_WITH_CODE):
                return
            try:
                found.append(value_of(node))
            except NotALiteral:
                self.generic_visit(node)

    Finder().visit(tree)
    return found


def substituted(tree: ast.Module, substitutions: "list[list[str]]") -> ast.Module:
    """The tree with literals replaced; `substitutions` are pairs of source texts, old and new."""
    table = {key_of(ast.literal_eval(old)): ast.literal_eval(new) for old, new in substitutions}

    class Substitute(ast.NodeTransformer):
        def visit(self, node):
            if isinstance(node, _TEXTS_WITH_CODE):
                return node
            try:
                key = key_of(value_of(node))
            except NotALiteral:
                return self.generic_visit(node)
            return _written(node, table[key]) if key in table else node

    Substitute().visit(tree)
    return ast.fix_missing_locations(tree)


def _written(node, value):
    """The new value at the old node's place, in its brackets where it has such."""
    if (
        isinstance(node, (ast.List, ast.Tuple))
        and isinstance(value, (list, tuple))
        and len(value) == len(node.elts)
    ):
        node.elts = [_written(item, part) for item, part in zip(node.elts, value)]
        return node
    new = ast.parse(repr(value), mode="eval").body
    for part in ast.walk(new):
        ast.copy_location(part, node)
    return new

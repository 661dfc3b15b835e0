"""Methods of test classes as plain code: `self.x` becomes `x`."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from recode_data.usages.edits import Edit, Spans, edited
from recode_data.usages.slices import parts_of

_SETUPS = ("setup_class", "setUpClass", "setup_method", "setUp", "setup")


class Without(Exception):
    """The test cannot be told as plain code."""


@dataclass(frozen=True, slots=True)
class ClassContext:
    """What a method may use of its class."""

    receiver: str
    """Name of the first parameter."""
    attributes: frozenset[str]
    statements: tuple[str, ...]
    """Class attributes, helper methods and setup as plain code."""

    def plain(self, code: str) -> str:
        """The code with attributes of the receiver as plain names.

        Raises:
            Without: the receiver is used in another way.
        """
        return _plain(code, self.receiver, self.attributes)


def class_context(owner: ast.ClassDef, method: ast.FunctionDef, text: str) -> ClassContext:
    """What `method` needs of its class.

    Raises:
        Without: a decorator or the receiver's use does not allow plain code.
    """
    if any(_name_of(item) in ("staticmethod", "classmethod") for item in method.decorator_list):
        raise Without
    if not method.args.args:
        raise Without
    receiver = method.args.args[0].arg
    methods = {
        item.name: item
        for item in owner.body
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("test")
    }
    setups = [methods[name] for name in _SETUPS if name in methods]
    constants = [item for item in owner.body if isinstance(item, (ast.Assign, ast.AnnAssign))]
    used = _attributes_used(method, receiver)
    used_by_setups = {name for item in setups for name in _attributes_used(item, _first(item))}
    helpers = _helpers_used(used | used_by_setups, methods, receiver)
    attributes = frozenset(
        {name for item in constants for name in _stored_names(item)}
        | {name for item in setups for name in _attributes_stored(item)}
        | {item.name for item in helpers}
    )
    if not used:
        return ClassContext(receiver, attributes, ())
    statements = [_dedented(text, item, item) for item in constants]
    statements += [_plain(_without_self(text, item), _first(item), attributes) for item in helpers]
    statements += [_plain(_body(text, item), _first(item), attributes) for item in setups]
    return ClassContext(receiver, attributes, tuple(item for item in statements if item.strip()))


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _first(node: ast.FunctionDef) -> str:
    if not node.args.args:
        raise Without
    return node.args.args[0].arg


def _attributes_used(node: ast.AST, receiver: str) -> set[str]:
    return {part.attr for part in _receiver_attributes(node, receiver)}


def _receiver_attributes(node: ast.AST, receiver: str) -> Iterator[ast.Attribute]:
    for part in parts_of(node):
        if (
            isinstance(part, ast.Attribute)
            and isinstance(part.value, ast.Name)
            and part.value.id == receiver
        ):
            yield part


def _attributes_stored(node: ast.FunctionDef) -> Iterator[str]:
    for part in _receiver_attributes(node, _first(node)):
        if isinstance(part.ctx, ast.Store):
            yield part.attr


def _stored_names(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    for part in parts_of(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id


def _helpers_used(
    used: set[str], methods: dict[str, ast.FunctionDef], receiver: str
) -> list[ast.FunctionDef]:
    """Helper methods that are needed, transitively, in the order of the class."""
    needed: set[str] = set()
    pending = sorted(used & methods.keys() - set(_SETUPS))
    while pending:
        name = pending.pop()
        if name in needed:
            continue
        needed.add(name)
        helper = methods[name]
        if helper.decorator_list:
            raise Without
        pending += sorted(_attributes_used(helper, _first(helper)) & methods.keys())
    return [item for name, item in methods.items() if name in needed]


def _plain(code: str, receiver: str, attributes: frozenset[str]) -> str:
    tree = ast.parse(code)
    names = {part.id for part in parts_of(tree) if isinstance(part, ast.Name)}
    names |= {part.arg for part in parts_of(tree) if isinstance(part, ast.arg)}
    spans = Spans(code)
    edits: list[Edit] = []
    for part in _receiver_attributes(tree, receiver):
        if part.attr not in attributes or part.attr in names:
            raise Without  # inherited, or hidden by a local name
        start, end = spans.of(part)
        edits.append(Edit(start, end, part.attr))
    plain = edited(code, edits)
    if receiver in {part.id for part in parts_of(ast.parse(plain)) if isinstance(part, ast.Name)}:
        raise Without
    return plain


def _without_self(text: str, node: ast.FunctionDef) -> str:
    spans = Spans(text)
    arguments = node.args
    start, end = spans.of(arguments.args[0])
    following = [*arguments.args[1:], *arguments.kwonlyargs]
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        raise Without
    if following:
        end = spans.of(following[0])[0]
    whole_start, whole_end = spans.of(node)
    column = whole_start - (text.rfind("\n", 0, whole_start) + 1)
    code = " " * column + text[whole_start:start] + text[end:whole_end]
    return textwrap.dedent(code)


def _body(text: str, node: ast.FunctionDef) -> str:
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    if not body:
        return ""
    if body[0].lineno == node.lineno:
        raise Without
    return _dedented(text, body[0], body[-1])


def _dedented(text: str, first: ast.stmt, last: ast.stmt) -> str:
    return textwrap.dedent("\n".join(text.split("\n")[first.lineno - 1 : last.end_lineno]))

"""Methods of test classes as plain code: `self.x` becomes `x`."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from recode_data.syntax_trees import tree_of
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


class OwnerClass:
    """A class of tests; what its methods need of it is found once for all of them."""

    def __init__(self, node: ast.ClassDef, text: str, lines: Sequence[str]) -> None:
        """`text` is of the file, `lines` are its lines."""
        self.node = node
        self._text, self._lines = text, lines
        self._statements: dict[tuple[str, ...], tuple[str, ...] | None] = {}

    def context_of(self, method: ast.FunctionDef) -> ClassContext:
        """What `method` needs of its class.

        Raises:
            Without: a decorator or the receiver's use does not allow plain code.
        """
        if any(_name_of(item) in ("staticmethod", "classmethod") for item in method.decorator_list):
            raise Without
        receiver = _first(method)
        used = _attributes_used(method, receiver) if self._names(method, receiver) else set()
        helpers = self._helpers_used(used | self._used_by_setups)
        attributes = self._stored | {item.name for item in helpers}
        if not used:
            return ClassContext(receiver, attributes, ())
        key = tuple(item.name for item in helpers)
        if key not in self._statements:
            self._statements[key] = self._told(helpers, attributes)
        statements = self._statements[key]
        if statements is None:
            raise Without
        return ClassContext(receiver, attributes, statements)

    def _names(self, method: ast.FunctionDef, receiver: str) -> bool:
        """Whether the receiver may occur in the method after its own parameter (cheap)."""
        text = "\n".join(self._lines[method.lineno - 1 : method.end_lineno])
        return text.count(receiver) > 1

    @cached_property
    def _methods(self) -> dict[str, ast.FunctionDef]:
        return {
            item.name: item
            for item in self.node.body
            if isinstance(item, ast.FunctionDef) and not item.name.startswith("test")
        }

    @cached_property
    def _setups(self) -> list[ast.FunctionDef]:
        return [self._methods[name] for name in _SETUPS if name in self._methods]

    @cached_property
    def _constants(self) -> list[ast.Assign | ast.AnnAssign]:
        return [item for item in self.node.body if isinstance(item, (ast.Assign, ast.AnnAssign))]

    @cached_property
    def _used_by_setups(self) -> set[str]:
        return {name for item in self._setups for name in _attributes_used(item, _first(item))}

    @cached_property
    def _stored(self) -> frozenset[str]:
        return frozenset(
            {name for item in self._constants for name in _stored_names(item)}
            | {name for item in self._setups for name in _attributes_stored(item)}
        )

    @cached_property
    def _spans(self) -> Spans:
        return Spans(self._text)

    def _helpers_used(self, used: set[str]) -> list[ast.FunctionDef]:
        """Helper methods that are needed, transitively, in the order of the class."""
        methods = self._methods
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

    def _told(
        self, helpers: Sequence[ast.FunctionDef], attributes: frozenset[str]
    ) -> tuple[str, ...] | None:
        """Class attributes, these helpers and the setups as plain code; None where there is none."""
        try:
            statements = [self._dedented(item, item) for item in self._constants]
            statements += [
                _plain(self._without_self(item), _first(item), attributes) for item in helpers
            ]
            statements += [
                _plain(self._body(item), _first(item), attributes) for item in self._setups
            ]
        except Without:
            return None
        return tuple(item for item in statements if item.strip())

    def _without_self(self, node: ast.FunctionDef) -> str:
        text, spans = self._text, self._spans
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

    def _body(self, node: ast.FunctionDef) -> str:
        body = node.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        if not body:
            return ""
        if body[0].lineno == node.lineno:
            raise Without
        return self._dedented(body[0], body[-1])

    def _dedented(self, first: ast.stmt, last: ast.stmt) -> str:
        return textwrap.dedent("\n".join(self._lines[first.lineno - 1 : last.end_lineno]))


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
    return _of_receiver(parts_of(node), receiver)


def _of_receiver(parts: Iterable[ast.AST], receiver: str) -> Iterator[ast.Attribute]:
    for part in parts:
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


def _plain(code: str, receiver: str, attributes: frozenset[str]) -> str:
    if receiver not in code:
        return code  # most tests are in a class for the sake of order alone
    parts = tuple(parts_of(tree_of(code)))
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    names |= {part.arg for part in parts if isinstance(part, ast.arg)}
    if receiver not in names:
        return code
    spans = Spans(code)
    edits: list[Edit] = []
    for part in _of_receiver(parts, receiver):
        if part.attr not in attributes or part.attr in names:
            raise Without  # inherited, or hidden by a local name
        start, end = spans.of(part)
        edits.append(Edit(start, end, part.attr))
    if len(edits) < sum(isinstance(part, ast.Name) and part.id == receiver for part in parts):
        raise Without
    return edited(code, edits)

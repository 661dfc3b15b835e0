"""Rules learned from one edit: an expression of the old way, and what stands in its place.

A rule is two expressions with holes. What both hold in common becomes a hole, import paths stand
for themselves however a snippet spells them, everything else must match: from `df.append(row)` ->
`pd.concat([df, row])` one learns `□1.append(□2)` -> `pandas.concat([□1, □2])`.
"""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from recode_data.references import find_references
from recode_data.rewrites.imports import spelling, unused_imports, with_import, without_unused
from recode_data.rewrites.parsed import import_bindings, module_of, names_in
from recode_data.syntax_trees import nodes_of, tree_of
from recode_data.usages.edits import Edit, Spans, edited

_HOLE, _PATH = "__hole_", "__path_"
_NUMBERED = re.compile("__hole_([0-9]+)")
MOST_NODES = 120
"""Of an expression: larger ones are programs, not ways to call something."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An expression to look for and what to write instead, both as source text.

    Holes are names `__hole_1`, import paths names `__path_1` that `paths` explains.
    """

    pattern: str
    template: str
    paths: tuple[str, ...]

    def __str__(self) -> str:
        return " -> ".join(text.replace(_HOLE, "□") for text in self._texts())

    def in_words(self) -> tuple[str, str]:
        """Both expressions with letters for the holes, for people."""
        old, new = (
            _NUMBERED.sub(lambda match: chr(ord("a") + int(match.group(1)) - 1), text)
            for text in self._texts()
        )
        return old, new

    def _texts(self) -> list[str]:
        texts = [self.pattern, self.template]
        for number in reversed(range(len(self.paths))):
            texts = [text.replace(f"{_PATH}{number}", self.paths[number]) for text in texts]
        return texts


class _Code:
    """A snippet whose nodes know their span and the path that they refer to."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.tree = tree_of(code)
        self.spans = Spans(code)
        self._paths = {(item.start, item.end): item.path for item in find_references(code)}

    def path(self, node: ast.AST) -> str | None:
        """The import path of a whole chain of names."""
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return None
        return self._paths.get(self.spans.of(node))


@lru_cache(maxsize=64)
def _read(code: str) -> _Code:
    """The snippet; several rules are tried on one, one after the other."""
    return _Code(code)


def learn(old_code: str, new_code: str, api: str, *, is_member: bool) -> Iterator[Rule]:
    """Rules for the API from two forms of one example, statement by statement.

    Args:
        old_code: uses the API.
        new_code: the same statements, some of them changed.
        api: its dotted path.
        is_member: whether it is also meant by its name on any value.
    """
    try:
        old, new = _read(old_code), _read(new_code)
    except (SyntaxError, ValueError, RecursionError):
        return
    leaf = api.rpartition(".")[2]

    def is_api(node: ast.AST) -> bool:
        path = old.path(node)
        return path == api or (
            is_member and path is None and isinstance(node, ast.Attribute) and node.attr == leaf
        )

    for before, after in _differing_statements(old.tree, new.tree):
        pairs = [
            pair
            for pair in _differing(before, after)
            if any(is_api(part) for part in ast.walk(pair[0]))
        ]
        if pairs:
            rule = _rule(*pairs[-1], old, new)
            if rule is not None:
                yield rule


def apply(rule: Rule, code: str) -> str | None:
    """The code with the rule applied wherever it matches; None where it does nowhere."""
    try:
        snippet = _read(code)
        pattern = ast.parse(rule.pattern, mode="eval").body
        bindings, taken = import_bindings(code), names_in(code)
    except (SyntaxError, ValueError, RecursionError):
        return None
    names: dict[str, str] = {}
    statements: list[str] = []
    for number, path in enumerate(rule.paths):
        names[f"{_PATH}{number}"], statement = spelling(path, bindings)
        if statement is not None and f"{_PATH}{number}" in rule.template:
            if names[f"{_PATH}{number}"].partition(".")[0] in taken:
                return None
            statements.append(statement)
    edits: list[Edit] = []
    for node in nodes_of(code):
        holes: dict[str, ast.expr] = {}
        if isinstance(node, ast.expr) and _matches(pattern, node, rule, snippet, holes):
            start, end = snippet.spans.of(node)
            try:
                edits.append(Edit(start, end, _filled(rule.template, holes, names)))
            except ValueError:  # before Python 3.12, f-strings hold no backslash
                return None
    if not edits or "\r" in code:
        return None
    new_code = edited(code, edits)
    try:
        if not statements and not unused_imports(new_code, code):
            return new_code
    except (SyntaxError, ValueError):
        return None
    module = module_of(new_code)
    if module is None:
        return None
    for statement in statements:
        module = with_import(module, statement)
    return without_unused(module, code)


def _differing_statements(old: ast.Module, new: ast.Module) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    if len(old.body) != len(new.body):
        return
    for before, after in zip(old.body, new.body, strict=True):
        if ast.dump(before) != ast.dump(after):
            yield before, after


def _differing(before: ast.AST, after: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Pairs of expressions that hold all that differs, from the outermost to the innermost."""
    if isinstance(before, ast.expr) and isinstance(after, ast.expr):
        yield before, after
    if type(before) is not type(after):
        return
    children: list[tuple[ast.AST, ast.AST]] = []
    for (_, ours), (_, theirs) in zip(
        ast.iter_fields(before), ast.iter_fields(after), strict=False
    ):
        mine = ours if isinstance(ours, list) else [ours]
        other = theirs if isinstance(theirs, list) else [theirs]
        if len(mine) != len(other):
            return
        for one, two in zip(mine, other, strict=True):
            if not (isinstance(one, ast.AST) and isinstance(two, ast.AST)):
                if one != two:
                    return
            elif ast.dump(one) != ast.dump(two):
                children.append((one, two))
    if len(children) == 1:
        yield from _differing(*children[0])


def _rule(before: ast.expr, after: ast.expr, old: _Code, new: _Code) -> Rule | None:
    if max(len(list(ast.walk(node))) for node in (before, after)) > MOST_NODES:
        return None
    paths: list[str] = []
    pattern = _with_paths(before, old, paths)
    template = _with_paths(after, new, paths)
    holes = _common(pattern, template)
    pattern, template = _with_holes(pattern, holes), _with_holes(template, holes)
    free = {
        node.id
        for node in ast.walk(template)
        if isinstance(node, ast.Name) and not node.id.startswith((_HOLE, _PATH))
    }
    if free - set(dir(builtins)) or ast.dump(pattern) == ast.dump(template):
        return None  # it needs a name that only its own example binds
    rule = Rule(ast.unparse(pattern), ast.unparse(template), tuple(paths))
    return rule if _stands_alone(rule.pattern) and _stands_alone(rule.template) else None


def _stands_alone(expression: str) -> bool:
    """Not so `(a:b, c)`, which is an expression only between brackets: `x[a:b, c]`."""
    try:
        ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _with_paths(node: ast.expr, code: _Code, paths: list[str]) -> ast.expr:
    class Replace(ast.NodeTransformer):
        def visit(self, part: ast.AST) -> ast.AST:
            path = code.path(part)
            if path is None:
                return self.generic_visit(part)
            if path not in paths:
                paths.append(path)
            return ast.Name(f"{_PATH}{paths.index(path)}", ast.Load())

    return _expression(Replace().visit(_copied(node)))


def _copied(node: ast.expr) -> ast.expr:
    return copy.deepcopy(node)


def _expression(node: ast.AST) -> ast.expr:
    if not isinstance(node, ast.expr):
        raise TypeError("an expression became something else")
    return node


def _common(pattern: ast.expr, template: ast.expr) -> dict[str, str]:
    """Holes by the dump of what they stand for: largest parts that both expressions hold."""
    there = {ast.dump(node) for node in _expressions_in(template)}
    found: dict[str, str] = {}

    def collect(node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            text = ast.dump(node)
            is_path = any(
                isinstance(part, ast.Name) and part.id.startswith(_PATH) for part in ast.walk(node)
            )
            if text in there and not is_path and not isinstance(node, ast.Starred):
                found.setdefault(text, f"{_HOLE}{len(found) + 1}")
                return
        for child in _children(node):
            collect(child)

    collect(pattern)
    return found


def _children(node: ast.AST) -> Iterable[ast.AST]:
    """Without the pieces of an f-string, which are no expressions of their own: what they hold is."""
    if isinstance(node, ast.JoinedStr):
        return [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    return ast.iter_child_nodes(node)


def _expressions_in(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.expr):
        yield node
    for child in _children(node):
        yield from _expressions_in(child)


def _with_holes(node: ast.expr, holes: Mapping[str, str]) -> ast.expr:
    class Replace(ast.NodeTransformer):
        def visit(self, part: ast.AST) -> ast.AST:
            name = holes.get(ast.dump(part)) if isinstance(part, ast.expr) else None
            if name is not None:
                return ast.Name(name, ast.Load())
            if isinstance(part, ast.JoinedStr):
                for piece in part.values:
                    if isinstance(piece, ast.FormattedValue):
                        piece.value = _expression(self.visit(piece.value))
                return part
            return self.generic_visit(part)

    return _expression(Replace().visit(_copied(node)))


def _matches(
    pattern: object, node: object, rule: Rule, code: _Code, holes: dict[str, ast.expr]
) -> bool:
    if isinstance(pattern, ast.Name) and pattern.id.startswith(_HOLE):
        if not isinstance(node, ast.expr) or isinstance(node, ast.Starred):
            return False
        known = holes.setdefault(pattern.id, node)
        return known is node or ast.dump(known) == ast.dump(node)
    if isinstance(pattern, ast.Name) and pattern.id.startswith(_PATH):
        path = code.path(node) if isinstance(node, ast.AST) else None
        return path == rule.paths[int(pattern.id.removeprefix(_PATH))]
    if isinstance(pattern, ast.AST):
        return type(pattern) is type(node) and all(
            _matches(ours, getattr(node, name, None), rule, code, holes)
            for name, ours in ast.iter_fields(pattern)
            if name not in ("ctx", "kind")
        )
    if isinstance(pattern, list):
        return (
            isinstance(node, list)
            and len(pattern) == len(node)
            and all(_matches(a, b, rule, code, holes) for a, b in zip(pattern, node, strict=True))
        )
    return type(pattern) is type(node) and pattern == node


def _filled(template: str, holes: Mapping[str, ast.expr], names: Mapping[str, str]) -> str:
    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            if node.id in holes:
                return holes[node.id]
            if node.id in names:
                return ast.parse(names[node.id], mode="eval").body
            return node

    return ast.unparse(Fill().visit(ast.parse(template, mode="eval").body))


def distinct(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Each rule once; those that say most about the API first."""
    return tuple(sorted(dict.fromkeys(rules), key=lambda rule: (-len(rule.pattern), str(rule))))

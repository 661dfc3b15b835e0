"""A path becomes another path: `np.product(a)` -> `np.prod(a)`, imports included.

The snippet's own way of importing is kept: an alias stays the alias, `from numpy import product`
becomes `from numpy import prod`. Where the new path lies elsewhere, the import that it needs is
added (`import ast` for `ast.literal_eval`) and the one that became unused is dropped.
"""

from __future__ import annotations

import libcst as cst

from recode_data.references import find_references
from recode_data.rewrites.finding import Chain
from recode_data.rewrites.imports import (
    bound_name,
    closed,
    is_builtin,
    spelling,
    with_import,
    without_unused,
)
from recode_data.rewrites.members import names_member
from recode_data.rewrites.parsed import (
    ParsedCode,
    Replace,
    chain,
    dotted,
    is_at_or_under,
    parse,
    replaced,
    root_name,
    with_imports_visited,
)


def rename_path(code: str, old: str, new: str) -> str | None:
    """The code with every reference to `old` (and to its members) made one to `new`.

    Returns:
        None where nothing refers to `old`, or where the new name is taken by something else.
    """
    if old == new or not _refers_to(code, old):
        return None
    parsed = parse(code)
    if parsed is None:
        return None
    renaming = _Renaming(old, new, parsed)
    edits: dict[cst.CSTNode, Replace] = {}
    for node, path in parsed.paths.items():
        if renaming.applies_to(path):
            edit = renaming.edit(node, path)
            if edit is None:
                return None
            edits[node] = edit
    module = with_imports_visited(replaced(parsed, edits), renaming)
    if renaming.is_blocked or not (edits or renaming.imports_changed):
        return None
    for statement in sorted(renaming.added):
        module = with_import(module, statement)
    return without_unused(module, code)


def _refers_to(code: str, path: str) -> bool:
    """Whether there is anything to rename: to ask takes a tenth of what the tree does in which it is
    done."""
    try:
        return any(is_at_or_under(item.path, path) for item in find_references(code))
    except (SyntaxError, ValueError, RecursionError):
        return False


class _Renaming(cst.CSTTransformer):
    """One renaming: decides spellings first, then (as a transformer) rewrites the imports."""

    def __init__(self, old: str, new: str, parsed: ParsedCode) -> None:
        super().__init__()
        self._old, self._new, self._parsed = old, new, parsed
        self.added: set[str] = set()
        self.imports_changed = False
        self.is_blocked = False

    def applies_to(self, path: str) -> bool:
        """Whether the path is meant; one that is the new path already is not."""
        if not is_at_or_under(path, self._old):
            return False
        return not (is_at_or_under(self._new, self._old) and is_at_or_under(path, self._new))

    def moved(self, path: str) -> str:
        """The new path of what was at `path`."""
        return self._new + path[len(self._old) :]

    def edit(self, node: Chain, path: str) -> Replace | None:
        """What to make of one chain; None where the name for it is taken."""
        root = root_name(node) or ""
        bound = self._parsed.bindings[root]
        if is_at_or_under(bound, self._old):  # the name itself is bound to what changed
            name = self._name_after(root, bound)
            return None if name is None else lambda updated: _with_root(updated, name)
        after = {
            name: self.moved(target) if self.applies_to(target) else target
            for name, target in self._parsed.bindings.items()
            if not self.applies_to(target) or self._name_after(name, target) == name
        }
        text, statement = spelling(self._new, after, root)
        needed = text.partition(".")[0]
        if statement is not None:
            if needed in self._parsed.names:
                return None
            self.added.add(statement)
        elif is_builtin(self._new) and needed in self._parsed.bound:
            return None
        depth = path[len(self._old) :].count(".")
        return lambda updated: _with_inner(updated, depth, text)

    def _name_after(self, name: str, bound: str) -> str | None:
        """Name that an import of `bound` under `name` has afterwards; None where that is taken."""
        leaf, new_leaf = bound.rpartition(".")[2], self.moved(bound).rpartition(".")[2]
        if name != leaf or leaf == new_leaf:
            return name
        known = self._parsed.bindings.get(new_leaf)
        taken = self._parsed.bound if is_builtin(self.moved(bound)) else self._parsed.names
        if known == self.moved(bound) or new_leaf not in taken:
            return new_leaf
        return None

    # imports

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:
        aliases = []
        for alias in updated_node.names:
            path = dotted(alias.name) or ""
            if self.applies_to(path):
                self.imports_changed = True
                alias = alias.with_changes(name=chain(self.moved(path)))
            aliases.append(alias)
        return updated_node.with_changes(names=aliases)

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        module = dotted(updated_node.module)
        if updated_node.relative or module is None:
            return updated_node
        if self.applies_to(module):  # the module itself moved
            self.imports_changed = True
            return updated_node.with_changes(module=chain(self.moved(module)))
        if isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        known = {bound_name(alias) for alias in updated_node.names}
        kept: list[cst.ImportAlias] = []
        for alias in updated_node.names:
            path = f"{module}.{dotted(alias.name)}"
            if not self.applies_to(path):
                kept.append(alias)
                continue
            self.imports_changed = True
            here = self._moved_alias(alias, path, module)
            if here is not None and (here.asname or bound_name(here) not in known):
                kept.append(here)
        if not kept:
            return cst.RemoveFromParent()
        return updated_node.with_changes(names=closed(kept, updated_node.names))

    def _moved_alias(
        self, alias: cst.ImportAlias, path: str, module: str
    ) -> cst.ImportAlias | None:
        """The alias for the new path where it stays in this statement; else its own statement."""
        name = bound_name(alias)
        after = self._name_after(name, path)
        if after is None or (names_member(self.moved(path)) and not names_member(path)):
            # Taken, or a member of a class, which no import gives.
            self.is_blocked = True
            return None
        new_module, _, leaf = self.moved(path).rpartition(".")
        if new_module == module:
            return alias.with_changes(name=cst.Name(leaf))
        if is_builtin(self.moved(path)):
            self.is_blocked |= alias.asname is not None
        elif self._parsed.bindings.get(after) != self.moved(path):
            suffix = "" if after == leaf else f" as {after}"
            self.added.add(
                f"from {new_module} import {leaf}{suffix}"
                if new_module
                else f"import {leaf}{suffix}"
            )
        return None


def _with_root(node: cst.BaseExpression, name: str) -> cst.BaseExpression:
    if isinstance(node, cst.Attribute):
        return node.with_changes(value=_with_root(node.value, name))
    return node.with_changes(value=name) if isinstance(node, cst.Name) else node


def _with_inner(node: cst.BaseExpression, depth: int, text: str) -> cst.BaseExpression:
    """The chain in which all but the last `depth` attributes are replaced by `text`."""
    if depth and isinstance(node, cst.Attribute):
        return node.with_changes(value=_with_inner(node.value, depth - 1, text))
    new = chain(text)
    if isinstance(node, (cst.Name, cst.Attribute)):
        return new.with_changes(lpar=node.lpar, rpar=node.rpar)
    return new

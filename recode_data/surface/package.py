"""All modules of a release together: names followed through imports, stars and aliases."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recode_data.records import Deprecation
from recode_data.surface.facts import Definition, DefinitionKind, FileFacts, Flavour

_FOLLOW_LIMIT = 40


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """Where a name ends up."""

    canonical: str
    """Dotted path of the definition, of the module, or of something outside the release."""
    definition: Definition | None = None
    """None: a module, or outside the release."""
    module: str | None = None
    """The module that holds the definition; for a module, itself."""
    owner: str | None = None
    """Canonical class, for members."""

    @property
    def is_module(self) -> bool:
        """Whether the name is a module of the release."""
        return self.definition is None and self.module is not None

    @property
    def is_external(self) -> bool:
        """Whether the name lies outside the release."""
        return self.module is None


class Package:
    """The modules of one release by dotted name."""

    def __init__(self, modules: Iterable[FileFacts], stubs: Iterable[FileFacts] = ()) -> None:
        self.modules = {facts.module: facts for facts in modules}
        self.stubs = {facts.module: facts for facts in stubs}
        for name, facts in self.stubs.items():
            self.modules.setdefault(name, facts)
        self.tops = frozenset(name.split(".")[0] for name in self.modules)
        self._children: dict[str, list[str]] = {}
        for name in sorted(self.modules):
            parent, _, child = name.rpartition(".")
            if parent:
                self._children.setdefault(parent, []).append(child)
        self._resolved: dict[tuple[str, str], Resolved | None] = {}
        self._exports: dict[str, tuple[str, ...] | None] = {}
        self._mro: dict[str, tuple[Resolved, ...]] = {}
        self._own_members: dict[Resolved, dict[str, tuple[Resolved, Resolved]]] = {}
        """Class → name → (itself, member), for all that inherit them."""
        self._following: set[str] = set()
        # What a run adds; see `runtime.overlay`.
        self.seen: dict[str, frozenset[str]] = {}
        """Module → names that it has at run time; modules that were not imported are missing."""
        self.access_marks: dict[str, tuple[Deprecation, ...]] = {}
        """Public path → warnings on access."""
        self.identities: dict[str, str] = {}
        """Public path → mark of the object."""
        self.same: dict[str, Resolved] = {}
        """Public path → its object's definition, the same for all paths of one object."""
        self.external: dict[str, Definition] = {}
        """Public path → what a name from outside the release is."""
        self.runtime_classes: dict[str, Resolved] = {}
        """What a class calls itself → the class."""
        self.runtime_bases: dict[str, tuple[str, ...]] = {}
        """Canonical class → what its bases call themselves, in method resolution order."""

    def forget_resolutions(self) -> None:
        """Drop what was worked out, after facts changed."""
        self._resolved.clear()
        self._exports.clear()
        self._mro.clear()
        self._own_members.clear()
        self._children.clear()
        for name in sorted(self.modules):
            parent, _, child = name.rpartition(".")
            if parent:
                self._children.setdefault(parent, []).append(child)

    def submodules(self, module: str) -> list[str]:
        """Names of the direct submodules, sorted."""
        return self._children.get(module, [])

    # --- names ---

    def resolve(self, module: str, name: str) -> Resolved | None:
        """What `name` in `module` is; None where nothing binds it."""
        key = (module, name)
        if key not in self._resolved:
            self._resolved[key] = None  # a cycle ends here
            self._resolved[key] = self._resolve(module, name, 0)
        return self._resolved[key]

    def _resolve(self, module: str, name: str, depth: int) -> Resolved | None:
        facts = self.modules.get(module)
        if facts is None or depth > _FOLLOW_LIMIT:
            return None
        definition = facts.names.get(name)
        if definition is not None:
            found = self._follow(facts, definition, depth)
            if found is None or found.is_external:
                return self._in_stub(module, name) or _otherwise(facts, definition) or found
            return found
        for star in reversed(facts.stars):
            if star != module and star in self.modules and name in self.star_names(star):
                found = self.resolve(star, name)
                if found is not None:
                    return found
        child = f"{module}.{name}"
        if child in self.modules:
            return Resolved(child, None, child)
        return self._in_stub(module, name)

    def _in_stub(self, module: str, name: str) -> Resolved | None:
        stub = self.stubs.get(module)
        if stub is None or stub is self.modules[module]:
            return None
        definition = stub.names.get(name)
        if definition is None or definition.kind is DefinitionKind.IMPORT:
            return None
        return Resolved(f"{module}.{name}", definition, module)

    def _follow(self, facts: FileFacts, definition: Definition, depth: int) -> Resolved | None:
        target = definition.target
        if definition.runtime and definition.kind is not DefinitionKind.IMPORT:
            canonical = target or f"{facts.module}.{definition.name}"
            return Resolved(canonical, definition, facts.module)
        if definition.kind is DefinitionKind.IMPORT and target is not None:
            if target == f"{facts.module}.{definition.name}" and target not in self.modules:
                return None  # from . import name, bound by nothing we can see
            return self.resolve_dotted(target, depth + 1)
        if definition.kind is DefinitionKind.ALIAS and target is not None:
            head, _, rest = target.partition(".")
            if head == definition.name:
                return Resolved(f"{facts.module}.{definition.name}", definition, facts.module)
            start = self.resolve(facts.module, head)
            found = self._walk(start, rest.split(".") if rest else [], depth + 1)
            if found is not None and not found.is_external:
                return found
        return Resolved(f"{facts.module}.{definition.name}", definition, facts.module)

    def resolve_dotted(self, path: str, depth: int = 0) -> Resolved | None:
        """What an absolute dotted path is; outside the release it stays as it is written."""
        parts = path.split(".")
        if parts[0] not in self.tops:
            return Resolved(path)
        for length in range(len(parts), 0, -1):
            module = ".".join(parts[:length])
            if module in self.modules:
                rest = parts[length:]
                if rest and depth <= _FOLLOW_LIMIT:
                    found = self.resolve(module, rest[0])
                    return self._walk(found, rest[1:], depth + 1)
                # `from pkg import name`: a name that the package binds hides its submodule
                if length > 1:
                    parent, _, last = module.rpartition(".")
                    facts = self.modules.get(parent)
                    bound = facts.names.get(last) if facts else None
                    if bound is not None and bound.kind is not DefinitionKind.IMPORT:
                        return self.resolve(parent, last)
                    for star in facts.stars if facts and bound is None else ():
                        if star in self.modules and last in self.star_names(star):
                            return self.resolve(star, last)
                return Resolved(module, None, module)
        return None

    def _walk(self, start: Resolved | None, names: list[str], depth: int) -> Resolved | None:
        found = start
        for index, name in enumerate(names):
            if found is None or depth > _FOLLOW_LIMIT:
                return None
            if found.is_external:
                return Resolved(".".join([found.canonical, *names[index:]]))
            if found.is_module:
                found = self.resolve(found.canonical, name)
            elif found.definition is not None and found.definition.kind is DefinitionKind.CLASS:
                found = self.member(found, name)
            else:
                return None
        return found

    # --- exports ---

    def exports(self, module: str) -> tuple[str, ...] | None:
        """`__all__` as far as it can be worked out; None where the module has none."""
        if module not in self._exports:
            self._exports[module] = None
            self._exports[module] = self._work_out_exports(module)
        return self._exports[module]

    def _work_out_exports(self, module: str) -> tuple[str, ...] | None:
        facts = self.modules.get(module)
        if facts is None or facts.exports is None:
            return None
        names: dict[str, None] = {}
        for part in facts.exports:
            if part.module is not None:
                head, *rest = part.module.split(".")
                found = self._walk(self.resolve(module, head), rest, 0)
                if found is not None and found.is_module:
                    names.update(dict.fromkeys(self.exports(found.canonical) or ()))
            elif part.removes:
                for name in part.names:
                    names.pop(name, None)
            else:
                names.update(dict.fromkeys(part.names))
        return tuple(names)

    def star_names(self, module: str) -> frozenset[str]:
        """What `from module import *` binds."""
        exports = self.exports(module)
        if exports is not None:
            return frozenset(exports)
        facts = self.modules[module]
        names = {name for name in facts.names if not name.startswith("_")}
        for star in facts.stars:
            if star in self.modules and star != module:
                names |= self.star_names(star)
        return frozenset(names)

    def public_names(self, module: str) -> dict[str, bool]:
        """Names that users may take from a module, in order; True: the module says so itself.

        With `__all__`: those, marked re-exports (`import x as x`), and what the module defines
        beside them: users meet `sklearn.utils.tosequence` and `matplotlib.ticker.is_decade`,
        which no `__all__` lists. Without: what the module defines, and in a package's `__init__`
        also what it imports from elsewhere on purpose.
        """
        facts = self.modules[module]
        names: dict[str, bool] = {}
        exports = self.exports(module)
        if exports is not None:
            names.update(dict.fromkeys(exports, True))
        for name, definition in facts.names.items():
            if name in names or (definition.typing_only and not facts.source_file.endswith(".pyi")):
                continue
            if definition.explicit:
                names[name] = True
            elif name.startswith("_"):
                if any(mark.parameter is None for mark in definition.deprecations):
                    names[name] = False  # who deprecates a private name knows that it is used
            elif definition.kind is not DefinitionKind.IMPORT or definition.otherwise is not None:
                names[name] = not exports
            elif not exports and self._is_offered(facts, definition):
                names[name] = False
        for star in facts.stars if not exports else ():
            if star in self.modules and star != module:
                for name in sorted(self.star_names(star)):
                    names.setdefault(name, True)
        seen = self.seen.get(module)
        if seen is not None:
            names = {name: said for name, said in names.items() if name in seen}
        return names

    def _is_offered(self, facts: FileFacts, definition: Definition) -> bool:
        target = definition.target or ""
        top = target.split(".")[0]
        if not facts.is_package or top == "__future__":
            return False
        if top in self.tops:
            return True
        return definition.from_import and top not in sys.stdlib_module_names

    # --- classes ---

    def class_mro(self, resolved: Resolved) -> tuple[Resolved, ...]:
        """The class and its bases inside the release, in method resolution order."""
        key = resolved.canonical
        if key not in self._mro:
            self._mro[key] = (resolved,)  # a cycle ends here
            self._mro[key] = self._linearise(resolved)
        return self._mro[key]

    def _linearise(self, resolved: Resolved) -> tuple[Resolved, ...]:
        reported = self.runtime_bases.get(resolved.canonical)
        if reported is not None:
            known = [self.runtime_classes.get(base) for base in reported]
            return (resolved, *(base for base in known if base is not None))
        bases = list(self._bases(resolved))
        lines = [list(self.class_mro(base)) for base in bases]
        lines.append(bases)
        order = [resolved]
        seen = {resolved.canonical}
        while any(lines):
            lines = [line for line in lines if line]
            head = next(
                (
                    line[0]
                    for line in lines
                    if not any(
                        line[0].canonical == other.canonical for rest in lines for other in rest[1:]
                    )
                ),
                lines[0][0] if lines else None,
            )
            if head is None:
                break
            if head.canonical not in seen:
                seen.add(head.canonical)
                order.append(head)
            lines = [[item for item in line if item.canonical != head.canonical] for line in lines]
        return tuple(order)

    def _bases(self, resolved: Resolved) -> Iterator[Resolved]:
        if resolved.definition is None or resolved.module is None:
            return
        for base in resolved.definition.bases:
            head, *rest = base.split(".")
            found = self._walk(self.resolve(resolved.module, head), rest, 0)
            if (
                found is not None
                and found.definition is not None
                and found.definition.kind is DefinitionKind.CLASS
            ):
                yield found

    def member(self, resolved: Resolved, name: str) -> Resolved | None:
        """A class's attribute, inherited ones included."""
        for owner in self.class_mro(resolved):
            assert owner.definition is not None  # noqa: S101 - bases are classes
            definition = owner.definition.members.get(name)
            if definition is not None:
                return self.own_member(owner, definition)
        return None

    def own_member(self, owner: Resolved, definition: Definition) -> Resolved:
        """One entry of a class body, an alias (`append = extend`) followed within the class."""
        path = f"{owner.canonical}.{definition.name}"
        if path in self._following:
            return Resolved(path, definition, owner.module, owner.canonical)  # class A: n = A.n
        self._following.add(path)
        try:
            return self._own_member(owner, definition, path)
        finally:
            self._following.discard(path)

    def _own_member(self, owner: Resolved, definition: Definition, path: str) -> Resolved:
        if definition.kind in (DefinitionKind.ALIAS, DefinitionKind.IMPORT) and definition.target:
            head, *rest = definition.target.split(".")
            assert owner.definition is not None  # noqa: S101 - owners are classes
            sibling = owner.definition.members.get(head)
            if sibling is not None and sibling is not definition and not rest:
                if sibling.kind is not DefinitionKind.ALIAS:
                    return Resolved(path, sibling, owner.module, owner.canonical)
            elif owner.module is not None and sibling is None:
                found = (
                    self.resolve_dotted(definition.target)
                    if definition.kind is DefinitionKind.IMPORT
                    else self._walk(self.resolve(owner.module, head), rest, 0)
                )
                if found is not None and found.definition is not None:
                    return Resolved(path, found.definition, owner.module, owner.canonical)
        return Resolved(path, definition, owner.module, owner.canonical)

    def members(self, resolved: Resolved) -> dict[str, tuple[Resolved, Resolved]]:
        """Name → (owner, member) of a class, inherited ones included, sorted by name."""
        found: dict[str, tuple[Resolved, Resolved]] = {}
        for owner in self.class_mro(resolved):
            assert owner.definition is not None  # noqa: S101 - bases are classes
            own = self._own_members.setdefault(owner, {})
            for name, definition in owner.definition.members.items():
                known = found.get(name)
                if known is not None and (
                    known[1].definition is None
                    or known[1].definition.flavour is not Flavour.INSTANCE
                    or definition.flavour is Flavour.INSTANCE
                ):
                    continue  # what the constructor assigns does not hide an inherited property
                if name not in own:
                    own[name] = (owner, self.own_member(owner, definition))
                found[name] = own[name]
        return dict(sorted(found.items()))


def _otherwise(facts: FileFacts, definition: Definition) -> Resolved | None:
    """What the module itself defines where its import fails."""
    if definition.otherwise is None:
        return None
    return Resolved(f"{facts.module}.{definition.name}", definition.otherwise, facts.module)

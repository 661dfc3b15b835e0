"""The facts of all modules → the public objects at the paths that users write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from recode_data.records import ApiObject, Deprecation, ObjectKind, Origin, Signature, Surface
from recode_data.surface.facts import Definition, DefinitionKind, Flavour
from recode_data.surface.package import Package, Resolved
from recode_data.surface.runtime import is_public_module

_MODULE_DEPTH_LIMIT = 3


def assemble(
    package: Package, library: str, version: str, failures: Iterable[tuple[str, str]] = ()
) -> Surface:
    """The surface of a package's public modules."""
    unread = [
        (facts.module, facts.failure)
        for facts in package.modules.values()
        if facts.failure is not None
    ]
    objects = _Assembly(package).objects()
    return Surface(library, version, objects, tuple(sorted({*unread, *failures})))


class _Assembly:
    """Collects public paths, then picks for each object the one that users write."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._paths: dict[str, tuple[Resolved, bool]] = {}

    def objects(self) -> tuple[ApiObject, ...]:
        for module in sorted(self._package.modules):
            if is_public_module(module) and self._is_importable(module):
                self._add_module(module, module, 0)
        by_canonical: dict[str, list[str]] = {}
        for path, (resolved, _) in self._paths.items():
            by_canonical.setdefault(resolved.canonical, []).append(path)
        preferred = {
            canonical: min(paths, key=self._rank) for canonical, paths in by_canonical.items()
        }
        found: list[ApiObject] = []
        for path, (resolved, _) in self._paths.items():
            main = preferred[resolved.canonical]
            found.append(self._object(path, resolved, None if main == path else main))
            if main == path and _is_class(resolved):
                found.extend(self._members(path, resolved, preferred))
        return tuple(sorted(found, key=lambda item: item.path))

    def _is_importable(self, module: str) -> bool:
        """A module that failed to import is no place to take names from; its source still is."""
        facts = self._package.modules[module]
        return facts.failure is None

    def _add_module(self, path: str, module: str, depth: int) -> None:
        package = self._package
        self._paths.setdefault(path, (Resolved(module, None, module), True))
        for name, said in package.public_names(module).items():
            resolved = package.same.get(f"{module}.{name}") or package.resolve(module, name)
            child = f"{path}.{name}"
            if resolved is None or child in self._paths:
                continue
            if resolved.is_module:
                if (
                    resolved.canonical != child
                    and depth < _MODULE_DEPTH_LIMIT
                    and said
                    and not path.startswith(f"{resolved.canonical}.")
                    and path != resolved.canonical
                ):
                    self._add_module(child, resolved.canonical, depth + 1)
                continue
            if resolved.is_external:
                definition = package.external.get(f"{module}.{name}")
                if definition is None or not (said or package.modules[module].is_package):
                    continue
                resolved = Resolved(resolved.canonical, definition)
            self._paths[child] = (resolved, said)

    def _rank(self, path: str) -> tuple[object, ...]:
        """Order of preference among the paths of one object."""
        marks = self._package.access_marks
        parent, _, last = path.rpartition(".")
        resolved, said = self._paths[path]
        return (
            path in marks or parent in marks,
            not said,
            path.partition(".")[0] != resolved.canonical.partition(".")[0],  # `pylab.Axes`
            path.count("."),
            not resolved.canonical.startswith(f"{parent}."),  # `matplotlib.tri.PolyCollection`
            resolved.canonical.rpartition(".")[2] != last,
            len(path),
            path,
        )

    def _object(self, path: str, resolved: Resolved, alias_of: str | None) -> ApiObject:
        package = self._package
        marks = package.access_marks.get(path, ())
        definition = resolved.definition
        if definition is None:
            facts = package.modules[resolved.canonical]
            return ApiObject(
                path,
                ObjectKind.MODULE,
                resolved.canonical,
                doc=facts.doc,
                deprecations=tuple(dict.fromkeys((*facts.deprecations, *marks))),
                source_file=facts.source_file or None,
                alias_of=alias_of,
            )
        api = self._described(path, resolved, definition, in_class=False)
        if _is_class(resolved):
            signature, own = self._constructor(resolved)
            mro = package.class_mro(resolved)[1:]
            api = replace(
                api,
                signature=signature or api.signature,
                deprecations=tuple(dict.fromkeys((*api.deprecations, *own))),
                bases=tuple(base.canonical for base in mro),
            )
        return replace(
            api,
            alias_of=alias_of,
            identity=package.identities.get(path),
            deprecations=tuple(dict.fromkeys((*api.deprecations, *marks))),
        )

    def _described(
        self, path: str, resolved: Resolved, definition: Definition, *, in_class: bool
    ) -> ApiObject:
        facts = self._package.modules.get(resolved.module or "")
        origins = (Origin.RUNTIME,) if definition.runtime else (Origin.STATIC,)
        return ApiObject(
            path,
            _kind(definition, in_class=in_class),
            resolved.canonical,
            definition.signature,
            definition.doc,
            definition.deprecations,
            origins,
            definition.type_name,
            value=definition.value,
            source_file=(facts.source_file or None) if facts and not definition.runtime else None,
            line=definition.line or None,
            forwards_to=self._forwarding(resolved, definition),
            on_instances=definition.flavour is Flavour.INSTANCE,
            outside=definition.outside,
            body=definition.body,
        )

    def _forwarding(self, resolved: Resolved, definition: Definition) -> str | None:
        """The forwarded-to expression as a canonical path where it is no member of `self`."""
        target = definition.forwards
        if target is None or resolved.module is None:
            return None
        head, _, rest = target.partition(".")
        if head in ("self", "cls", "super"):
            return f"self.{rest}" if rest else None
        start = self._package.resolve(resolved.module, head)
        if start is None:
            return target
        if not rest:
            return start.canonical
        path = f"{start.canonical}.{rest}"
        found = self._package.resolve_dotted(path)
        return found.canonical if found else path

    def _constructor(self, resolved: Resolved) -> tuple[Signature | None, tuple[Deprecation, ...]]:
        """Signature of the call that makes an instance, and marks of its parameters."""
        package = self._package
        assert resolved.definition is not None  # noqa: S101 - callers checked
        for owner in package.class_mro(resolved):
            assert owner.definition is not None  # noqa: S101 - bases are classes
            for name in ("__init__", "__new__"):
                definition = owner.definition.members.get(name)
                if definition is not None and definition.signature is not None:
                    if definition.runtime and resolved.definition.signature is not None:
                        return resolved.definition.signature, ()
                    marks = tuple(
                        item for item in definition.deprecations if item.parameter is not None
                    )
                    return definition.signature, marks
        return resolved.definition.signature, ()

    def _members(
        self, path: str, resolved: Resolved, preferred: dict[str, str]
    ) -> Iterator[ApiObject]:
        """Own members, and those of bases that have no public path of their own."""
        for name, (owner, member) in self._package.members(resolved).items():
            if owner.canonical != resolved.canonical and owner.canonical in preferred:
                continue  # shown on the base; `public_view` brings it here
            if not is_public_member(name, member.definition):
                continue
            assert member.definition is not None  # noqa: S101 - members are definitions
            api = self._described(f"{path}.{name}", member, member.definition, in_class=True)
            inherited = owner.canonical if owner.canonical != resolved.canonical else None
            yield replace(api, canonical=member.canonical, inherited_from=inherited)


def is_public_member(name: str, definition: Definition | None) -> bool:
    """Public names, special methods, and private ones that carry a deprecation mark."""
    if definition is None:
        return False
    if not name.startswith("_"):
        return True
    if name.startswith("__") and name.endswith("__"):
        return definition.kind is DefinitionKind.FUNCTION and definition.flavour in (
            Flavour.PLAIN,
            Flavour.CLASSMETHOD,
            Flavour.STATICMETHOD,
        )
    return any(item.parameter is None for item in definition.deprecations)


def _is_class(resolved: Resolved) -> bool:
    return resolved.definition is not None and resolved.definition.kind is DefinitionKind.CLASS


def _kind(definition: Definition, *, in_class: bool) -> ObjectKind:
    if definition.kind is DefinitionKind.CLASS:
        return ObjectKind.CLASS
    if definition.kind is DefinitionKind.FUNCTION:
        if definition.flavour is Flavour.PROPERTY:
            return ObjectKind.PROPERTY
        return ObjectKind.METHOD if in_class else ObjectKind.FUNCTION
    return ObjectKind.ATTRIBUTE

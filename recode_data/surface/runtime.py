"""What the running library says, laid over what its source says.

The source stays the authority on signatures (decorators hide them from `inspect`: pandas 1.5's
`deprecate_nonkeyword_arguments` does for 60 functions) and on docstrings; the run adds what no
source shows: C extensions, members made by loops and decorators, names served by a module's
`__getattr__`, which names are the same object, and which ones warn when they are touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from recode_data.records import Deprecation, JsonValue, Parameter, ParameterKind, Signature
from recode_data.surface.deprecations import doc_marks, mark, says_going
from recode_data.surface.facts import Definition, DefinitionKind, ExportPart, FileFacts, Flavour
from recode_data.surface.package import Package, Resolved
from recode_data.surface.signatures import signature_from_doc
from recode_data.surface.texts import first_paragraph

Json = dict[str, JsonValue]
_NAME = re.compile(r"(?!(?:None|True|False)$)[A-Za-z_][\w.]*$")


def inspection_payload(package: Package, tops: Sequence[str], extensions: Sequence[str]) -> Json:
    """What the inspection driver has to import and to try."""
    modules: Json = {}
    for name in sorted({*package.modules, *extensions}):
        if is_public_module(name):
            facts = package.modules.get(name)
            modules[name] = _names_to_try(package, facts) if facts else []
    return {"tops": list(tops), "modules": modules}


def _names_to_try(package: Package, facts: FileFacts) -> list[JsonValue]:
    """Names near `__getattr__`, and private ones that the module offers all the same."""
    offered = [name for name in package.public_names(facts.module) if name.startswith("_")]
    return [*dict.fromkeys((*facts.lazy_strings, *offered))]


def is_public_module(name: str) -> bool:
    """No part after the first begins with an underscore."""
    return not any(part.startswith("_") for part in name.split("."))


def overlay(package: Package, messages: Sequence[JsonValue]) -> tuple[tuple[str, str], ...]:
    """Add a run's messages to the package; returns (module, why) of what did not import."""
    flat = [cast("Json", item) for chunk in messages for item in cast("list[JsonValue]", chunk)]
    objects = {cast(int, item["object"]): item for item in flat if "object" in item}
    failures = [(str(item["module"]), str(item["error"])) for item in flat if "error" in item]
    reader = _Overlay(package, objects)
    for item in flat:
        if "names" in item:
            reader.module(item)
    reader.classes()
    package.forget_resolutions()
    return tuple(sorted(failures))


class _Overlay:
    """One release's report being laid over its source."""

    def __init__(self, package: Package, objects: dict[int, Json]) -> None:
        self._package = package
        self._objects = objects
        self._made: dict[int, Definition] = {}
        self._paths: dict[int, list[str]] = {}
        self._resolved: dict[int, list[Resolved]] = {}

    def module(self, message: Json) -> None:
        name = str(message["module"])
        facts = self._package.modules.get(name)
        if facts is None:
            facts = FileFacts(name, is_package=False, source_file="")
            self._package.modules[name] = facts
        entries = cast("dict[str, Json]", message["names"])
        exported = message["all"]
        if isinstance(exported, list):
            facts.exports = (ExportPart(tuple(str(item) for item in exported)),)
        self._package.seen[name] = frozenset(entries)
        warned = tuple(_access_marks(message.get("warned")))
        if warned:
            self._package.access_marks[name] = warned
        for item, entry in entries.items():
            self._name(facts, item, entry, isinstance(exported, list) and item in exported)

    def _name(self, facts: FileFacts, name: str, entry: Json, exported: bool) -> None:
        package = self._package
        path = f"{facts.module}.{name}"
        marks = tuple(_access_marks(entry.get("w")))
        if marks:
            package.access_marks[path] = marks
        bound = facts.names.get(name)
        if bound is not None and bound.typing_only and "z" in entry:
            # if TYPE_CHECKING: name = …; else: __getattr__ = …
            bound.typing_only, bound.explicit = False, True
        static = package.resolve(facts.module, name)
        stub = static.definition if static is not None and self._is_stub(static, name) else None
        if stub is not None:
            static = None  # what runs beats what a stub says of it
        if "mod" in entry:
            self._module(facts, name, entry, static, exported)
            return
        number = entry.get("o")
        if not isinstance(number, int):
            self._value(facts, name, entry, static, exported or stub is not None)
            return
        described = self._objects.get(number)
        if described is None:
            return
        self._paths.setdefault(number, []).append(path)
        if static is not None and static.definition is not None:
            known = self._resolved.setdefault(number, [])
            if not static.definition.computed and static.definition.kind in (
                DefinitionKind.FUNCTION,
                DefinitionKind.CLASS,
            ):
                known.insert(0, static)
            elif "members" in described and "<" not in _canonical(described):
                # Bound by an expression: what the class says it is counts for more.
                canonical = _canonical(described)
                definition = self._definition(number, described, entry)
                known.append(Resolved(canonical, definition, str(described["m"])))
            else:
                known.append(static)
            _upgrade(static.definition, described, entry)
            return
        hides_module = static is not None and static.is_module
        if static is not None and static.is_module:
            static = None  # called as its module: `from .memmap import *` binds the class memmap
        definition = self._definition(number, described, entry)
        if stub is not None:
            _complete(definition, stub)
        elif (
            static is None
            and not hides_module
            and not self._is_offered(facts, name, described, entry, exported)
        ):
            return
        if static is None:
            facts.names[name] = definition
            canonical = definition.target or path
            self._resolved.setdefault(number, []).append(
                Resolved(canonical, definition, facts.module)
            )
        else:
            package.external[path] = definition

    def _module(
        self, facts: FileFacts, name: str, entry: Json, static: Resolved | None, exported: bool
    ) -> None:
        """A name that holds a module, of this library or of another one."""
        served = "z" in entry and not name.startswith("_")
        target = str(entry["mod"])
        if target.split(".")[0] in self._package.tops:
            if static is None and (exported or served):
                facts.names[name] = Definition(
                    name, DefinitionKind.IMPORT, target=target, runtime=True
                )
            return
        bound = facts.names.get(name)
        if exported or served or (bound is not None and bound.explicit):
            definition = Definition(
                name, DefinitionKind.ATTRIBUTE, type_name="module", runtime=True
            )
            if static is None:
                facts.names[name] = definition
            else:
                self._package.external[f"{facts.module}.{name}"] = definition

    def _is_stub(self, static: Resolved, name: str) -> bool:
        stub = self._package.stubs.get(static.module or "")
        if stub is None or static.definition is None:
            return False
        return any(item is static.definition for item in stub.names.values())

    def _value(
        self, facts: FileFacts, name: str, entry: Json, static: Resolved | None, exported: bool
    ) -> None:
        literal = entry.get("v")
        value = literal if isinstance(literal, str) else None
        if static is not None and static.definition is not None:
            if static.definition.kind is DefinitionKind.ATTRIBUTE:
                static.definition.value = static.definition.value or value
                static.definition.type_name = str(entry.get("t"))
            return
        definition = Definition(
            name,
            DefinitionKind.ATTRIBUTE,
            value=value,
            runtime=True,
            type_name=str(entry.get("t")),
        )
        if static is not None:
            self._package.external[f"{facts.module}.{name}"] = definition
        elif exported or (not name.startswith("_") and (facts.exports is None or "z" in entry)):
            facts.names[name] = definition

    def _is_offered(
        self, facts: FileFacts, name: str, described: Json, entry: Json, exported: bool
    ) -> bool:
        """Whether a name that no source binds is there for users."""
        if exported:
            return True
        if name.startswith("_"):
            return False
        if "z" in entry:
            return True
        if facts.is_package and self._makes_names(facts):
            return described["k"] != "value"
        ours = str(described.get("m") or "").split(".")[0] in self._package.tops
        return facts.exports is None and (ours or described["k"] == "value")

    def _makes_names(self, facts: FileFacts) -> bool:
        """Whether names that no statement binds were made on purpose: `globals()[name] = …`."""
        return all(star in self._package.modules for star in facts.stars)

    def _definition(self, number: int, described: Json, entry: Json) -> Definition:
        known = self._made.get(number)
        if known is not None:
            return known
        kind = {
            "class": DefinitionKind.CLASS,
            "function": DefinitionKind.FUNCTION,
        }.get(str(described["k"]), DefinitionKind.ATTRIBUTE)
        name = str(described.get("q") or "").rsplit(".", 1)[-1]
        doc = str(described.get("d") or "")
        signature = _signature(described.get("s")) or signature_from_doc(name, doc)
        canonical = _canonical(described)
        definition = self._made[number] = Definition(
            name,
            kind,
            target=canonical if canonical.split(".")[0] in self._package.tops else None,
            signature=signature,
            doc=_summary(doc),
            deprecations=tuple(doc_marks(doc, signature)),
            runtime=True,
            type_name=str(entry.get("t")) if entry.get("t") else None,
        )
        if kind is DefinitionKind.CLASS:
            definition.outside = _outside(described)
            for member in _members(described):
                definition.members[member.name] = member
        return definition

    def classes(self) -> None:
        """Members and bases of every class that was reported, then identity marks."""
        package = self._package
        for number, found in self._resolved.items():
            # One object, one definition: the `def` or `class` where the source shows one.
            package.same.update(dict.fromkeys(self._paths[number], found[0]))
            if self._objects[number]["k"] == "class":
                package.runtime_classes[_canonical(self._objects[number])] = found[0]
        for number, described in self._objects.items():
            if described["k"] != "class" or "members" not in described:
                continue
            canonical = _canonical(described)
            resolved = package.runtime_classes.get(canonical) or package.resolve_dotted(canonical)
            if resolved is None or resolved.definition is None:
                definition = self._definition(number, described, {})
                resolved = Resolved(canonical, definition, str(described["m"]))
            elif resolved.definition.kind is DefinitionKind.CLASS:
                _add_members(resolved.definition, described)
            package.runtime_classes[canonical] = resolved
            package.runtime_bases[resolved.canonical] = tuple(
                f"{base[0]}.{base[1]}" for base in cast("list[list[str]]", described.get("mro", []))
            )
        for number, paths in self._paths.items():
            if self._objects[number]["k"] != "value" or len(paths) > 1:
                first = min(paths, key=lambda path: (path.count("."), path))
                package.identities.update(dict.fromkeys(paths, first))


def _canonical(described: Json) -> str:
    return f"{described.get('m') or ''}.{described.get('q') or ''}"


def _access_marks(warned: JsonValue) -> Iterator[Deprecation]:
    for item in cast("list[list[str]]", warned or []):
        category, message = item
        if says_going(category, message):
            yield mark(message)


def _summary(doc: str) -> str:
    """The first paragraph that is not a signature line."""
    head, _, rest = doc.partition("\n\n")
    text = rest if head.rstrip().endswith(")") and "(" in head and rest else head
    return first_paragraph(text)


def _signature(raw: JsonValue) -> Signature | None:
    if not isinstance(raw, list):
        return None
    rows = cast("list[list[str | None]]", raw)
    return Signature(
        tuple(
            Parameter(str(name), ParameterKind(str(kind)), default) for name, kind, default in rows
        )
    )


def _complete(definition: Definition, stub: Definition) -> None:
    """What a stub alone can tell about a compiled object: its signature, if nothing else does."""
    if definition.signature is None and stub.kind is DefinitionKind.FUNCTION:
        definition.signature = stub.signature
    definition.deprecations = definition.deprecations or stub.deprecations


def _outside(described: Json) -> tuple[str, ...]:
    return tuple(str(name) for name in cast("list[JsonValue]", described.get("outside") or []))


def _with_values(signature: Signature | None, reported: Signature | None) -> Signature | None:
    """The source's signature with the values of defaults that it calls by name.

    pydantic's `Undefined` became `PydanticUndefined` and is the same thing; `TIMEOUT` may stay and
    mean another number.
    """
    if signature is None or reported is None:
        return signature
    known = {item.name: item.default for item in reported.parameters}
    parameters = []
    for item in signature.parameters:
        value = known.get(item.name)
        if value and not value.startswith("<") and _NAME.match(item.default or ""):
            item = replace(item, default=value)
        parameters.append(item)
    return replace(signature, parameters=tuple(parameters))


def _upgrade(definition: Definition, described: Json, entry: Json) -> None:
    """Say more of a definition whose source does not tell: `f = make_function(...)`."""
    if definition.kind is not DefinitionKind.ATTRIBUTE and definition.kind is not (
        DefinitionKind.ALIAS
    ):
        reported = _signature(described.get("s"))
        if definition.kind is DefinitionKind.CLASS:
            definition.signature = definition.signature or reported
        elif "i" in described:  # a decorator made a `click.Command` of it: other things to pass
            definition.signature = reported
        else:
            definition.signature = _with_values(definition.signature, reported)
            if not definition.doc:
                marks = doc_marks(str(described.get("d") or ""), definition.signature)
                definition.deprecations = (*definition.deprecations, *marks)
        return
    definition.type_name = str(entry.get("t")) if entry.get("t") else None
    definition.computed = True
    doc = str(described.get("d") or "")
    kind = described["k"]
    if kind in ("function", "class"):
        definition.signature = _signature(described.get("s")) or signature_from_doc(
            str(described.get("q") or ""), doc
        )
        definition.doc = definition.doc or _summary(doc)
        definition.deprecations = (
            *definition.deprecations,
            *doc_marks(doc, definition.signature),
        )
        definition.kind = DefinitionKind.FUNCTION if kind == "function" else DefinitionKind.CLASS
        if kind == "class":
            for member in _members(described):
                definition.members.setdefault(member.name, member)


def _members(described: Json) -> Iterator[Definition]:
    for name, raw in cast("dict[str, Json]", described.get("members") or {}).items():
        doc = str(raw.get("d") or "")
        kind = str(raw["k"])
        flavour = Flavour.PROPERTY if kind == "property" else Flavour(str(raw.get("f") or ""))
        literal = raw.get("v")
        signature = None
        if kind == "method":
            signature = _signature(raw.get("s")) or signature_from_doc(name, doc)
        yield Definition(
            name,
            DefinitionKind.ATTRIBUTE if kind == "attribute" else DefinitionKind.FUNCTION,
            flavour=flavour,
            signature=signature,
            doc=_summary(doc),
            deprecations=tuple(doc_marks(doc, None)),
            value=literal if isinstance(literal, str) else None,
            runtime=True,
            type_name=str(raw["t"]) if raw.get("t") else None,
        )


def _add_members(definition: Definition, described: Json) -> None:
    reported = cast("dict[str, Json]", described.get("members") or {})
    definition.outside = _outside(described)
    for member in _members(described):
        known = definition.members.get(member.name)
        if known is None:
            definition.members[member.name] = member
        elif known.kind in (DefinitionKind.ATTRIBUTE, DefinitionKind.ALIAS):
            if member.kind is DefinitionKind.FUNCTION:
                known.signature = known.signature or member.signature
                if known.kind is DefinitionKind.ATTRIBUTE:
                    known.kind, known.flavour = member.kind, member.flavour
                    known.doc = known.doc or member.doc
                    known.deprecations = known.deprecations or member.deprecations
            known.type_name = member.type_name
        elif member.flavour is Flavour.PROPERTY and known.flavour is Flavour.PLAIN:
            known.flavour, known.signature = Flavour.PROPERTY, None
        else:
            known.signature = _with_values(known.signature, member.signature)
            if not known.doc:  # written by a decorator, or taken from a base
                text = str(reported[member.name].get("d") or "")
                known.deprecations = (*known.deprecations, *doc_marks(text, known.signature))
    fields = cast("list[JsonValue]", described.get("fields") or [])
    for name, known in list(definition.members.items()):
        if (
            known.kind is DefinitionKind.ATTRIBUTE
            and name not in reported
            and not name.startswith("_")
            and known.flavour is not Flavour.INSTANCE
        ):  # only declared
            known.flavour = Flavour.INSTANCE
            if name not in fields and known.value is None:
                del definition.members[name]

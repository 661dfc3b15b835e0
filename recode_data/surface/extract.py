"""Facts of one source file, read from its syntax tree.

The stdlib parser, not libcst: nothing is rewritten here, and over the 668 files (9.7 MB) of numpy
2.0.0 `ast.parse` takes 1.8 s, `libcst.parse_module` 18.7 s, loading with griffe 4.7 s (same machine,
one process). libcst serves as the fallback for source that is newer than the running interpreter:
see `newer_syntax.py`.
"""

from __future__ import annotations

import ast
import bisect
import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator

from recode_data.records import Deprecation
from recode_data.surface.deprecations import (
    body_marks,
    decorator_marks,
    doc_marks,
    module_marks,
)
from recode_data.surface.exports import Exports
from recode_data.surface.facts import Definition, DefinitionKind, FileFacts, Flavour
from recode_data.surface.newer_syntax import without_newer_syntax
from recode_data.surface.signatures import signature_of
from recode_data.surface.texts import (
    TRY,
    dotted_name,
    expression_text,
    first_paragraph,
    type_alias_name,
)

_LOUD = (
    *(b"warn", b"eprecat", b"emoved", b"expired", b"no longer", b"ackcompat", b"ack_compat"),
    *(b"renamed to", b" replaces "),
)
_IDENTIFIER = re.compile(r"^[A-Za-z_]\w*$")
_PROPERTY_DECORATORS = frozenset({"cache_readonly", "reify", "lazyattr", "memoized_attribute"})
_BOUND_WITHOUT_DECORATOR = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
_VALUE_LIMIT_CHARS = 120
_LAZY_LIMIT = 2000
_BODY_FROM_BYTES = 60
"""Shorter bodies (`return self._x`) are equal by chance."""


def extract(source: bytes, module: str, *, is_package: bool, source_file: str) -> FileFacts:
    """Facts of one file; a file that no parser reads comes back with its `failure` set."""
    facts = FileFacts(module, is_package, source_file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are the mined library's business
            tree = _parse(source)
        _ModuleReader(facts, source).read(tree)
    except (SyntaxError, ValueError, RecursionError, UnicodeError, MemoryError) as error:
        facts.failure = f"{type(error).__name__}: {error}"
    return facts


def _parse(source: bytes) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        older = without_newer_syntax(source)
        if older is None:
            raise error
        return ast.parse(older)


class _ModuleReader:
    """Reads the statements that bind names at module level."""

    def __init__(self, facts: FileFacts, source: bytes) -> None:
        self._facts = facts
        self._lines = source.splitlines()
        self._loud_lines = _lines_with_words(source)
        self._exports = Exports()
        self._stars: list[str] = []
        self._literals: dict[str, ast.expr] = {}

    def read(self, tree: ast.Module) -> None:
        facts = self._facts
        doc = ast.get_docstring(tree, clean=False)
        facts.doc = first_paragraph(doc)
        self.block(tree.body, facts.names, None)
        facts.exports = self._exports.parts()
        facts.stars = tuple(self._stars)
        facts.deprecations = (*module_marks(tree.body), *doc_marks(doc, None))
        if facts.has_getattr:
            facts.lazy_strings = self._lazy_strings(tree)

    # --- statements ---

    def block(
        self,
        statements: Iterable[ast.stmt],
        scope: dict[str, Definition],
        owner: str | None,
        *,
        fallback: bool = False,
        typing_only: bool = False,
    ) -> None:
        """Bind what the statements bind; `fallback` branches do not replace earlier bindings."""
        for statement in statements:
            for definition in self._bindings(statement, scope, owner):
                definition.typing_only = typing_only
                _bind(scope, definition, fallback=fallback)
            self._nested(statement, scope, owner, fallback=fallback, typing_only=typing_only)

    def _nested(
        self,
        statement: ast.stmt,
        scope: dict[str, Definition],
        owner: str | None,
        *,
        fallback: bool,
        typing_only: bool,
    ) -> None:
        if isinstance(statement, ast.If):
            if _is_main_guard(statement.test):
                return
            typing_branch = typing_only or _is_type_checking(statement.test)
            self.block(statement.body, scope, owner, fallback=fallback, typing_only=typing_branch)
            self.block(statement.orelse, scope, owner, fallback=True, typing_only=typing_only)
        elif isinstance(statement, TRY):
            self.block(statement.body, scope, owner, fallback=fallback, typing_only=typing_only)
            for handler in statement.handlers:
                self.block(handler.body, scope, owner, fallback=True, typing_only=typing_only)
            for rest in (statement.orelse, statement.finalbody):
                self.block(rest, scope, owner, fallback=fallback, typing_only=typing_only)
        elif isinstance(statement, (ast.With, ast.For, ast.While)):
            self.block(statement.body, scope, owner, fallback=fallback, typing_only=typing_only)
        elif isinstance(statement, ast.Match):
            for case in statement.cases:
                self.block(case.body, scope, owner, fallback=True, typing_only=typing_only)

    def _bindings(
        self, statement: ast.stmt, scope: dict[str, Definition], owner: str | None
    ) -> Iterator[Definition]:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if owner is None and statement.name == "__getattr__":
                self._facts.has_getattr = True
            definition = self._function(statement, owner)
            if definition is not None:
                yield definition
        elif isinstance(statement, ast.ClassDef):
            if owner is None and statement.name == "__getattr__":
                self._facts.has_getattr = True  # a class whose properties serve the names
            yield self._class(statement)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield from self._imports(statement, owner)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from self._assigned(target, statement.value, scope, owner)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield from self._annotated(statement, scope, owner)
        elif isinstance(statement, ast.AugAssign):
            if owner is None and dotted_name(statement.target) == "__all__":
                self._exports.add(statement.value)
        elif isinstance(statement, ast.Delete):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    scope.pop(target.id, None)
        elif isinstance(statement, ast.Expr) and owner is None:
            self._exports.call(statement.value)
        elif (alias := type_alias_name(statement)) is not None:
            yield Definition(alias, DefinitionKind.ATTRIBUTE, statement.lineno)

    # --- definitions ---

    def _is_loud(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Whether any line of a body may hold a warning: most bodies need no walk."""
        index = bisect.bisect_left(self._loud_lines, node.lineno)
        return index < len(self._loud_lines) and self._loud_lines[index] <= (node.end_lineno or 0)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str | None
    ) -> Definition | None:
        decorators = tuple(
            dotted_name(item.func if isinstance(item, ast.Call) else item) or ""
            for item in node.decorator_list
        )
        flavour = _flavour(decorators)
        if flavour is None:
            return None
        bound = owner is not None and flavour is not Flavour.STATICMETHOD
        bound = bound or (owner is not None and node.name in _BOUND_WITHOUT_DECORATOR)
        signature = signature_of(node, bound=bound)
        loud = self._is_loud(node)
        marks: tuple[Deprecation, ...] = ()
        doc = ast.get_docstring(node, clean=False)
        if loud or node.decorator_list:
            marks = tuple(
                dict.fromkeys(
                    (
                        *decorator_marks(node.decorator_list, signature, node.name),
                        *(body_marks(node, signature) if loud else ()),
                        *doc_marks(doc, signature),
                    )
                )
            )
        is_property = flavour is Flavour.PROPERTY
        return Definition(
            node.name,
            DefinitionKind.FUNCTION,
            node.lineno,
            flavour,
            signature=None if is_property else signature,
            doc=first_paragraph(doc),
            deprecations=marks,
            decorators=decorators,
            forwards=_forwards(node),
            body=self._body_mark(node),
        )

    def _body_mark(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
        """Hash of the statements' lines, indentation and docstring apart."""
        if node.name.startswith("_"):
            return None
        first = node.body[0]
        statements = node.body[1:] if _is_text(first) else node.body
        if not statements:
            return None
        lines = self._lines[statements[0].lineno - 1 : node.end_lineno]
        text = b"\n".join(line.strip() for line in lines)
        if len(text) < _BODY_FROM_BYTES:
            return None
        return hashlib.blake2b(text, digest_size=12).hexdigest()

    def _class(self, node: ast.ClassDef) -> Definition:
        doc = ast.get_docstring(node, clean=False)
        definition = Definition(
            node.name,
            DefinitionKind.CLASS,
            node.lineno,
            doc=first_paragraph(doc),
            decorators=tuple(
                dotted_name(item.func if isinstance(item, ast.Call) else item) or ""
                for item in node.decorator_list
            ),
            bases=tuple(filter(None, (_base_name(base) for base in node.bases))),
        )
        self.block(node.body, definition.members, node.name)
        initialiser = next(
            (
                item
                for item in node.body
                if isinstance(item, ast.FunctionDef) and item.name == "__init__"
            ),
            None,
        )
        if initialiser is not None:
            for name, line in _instance_attributes(initialiser):
                if name not in definition.members:
                    definition.members[name] = Definition(
                        name, DefinitionKind.ATTRIBUTE, line, Flavour.INSTANCE
                    )
        constructor = definition.members.get("__init__") or definition.members.get("__new__")
        signature = constructor.signature if constructor else None
        own = constructor.deprecations if constructor else ()
        definition.deprecations = tuple(
            dict.fromkeys(
                (
                    *decorator_marks(node.decorator_list, signature, node.name),
                    *doc_marks(doc, signature),
                    *own,
                )
            )
        )
        return definition

    def _imports(
        self, node: ast.Import | ast.ImportFrom, owner: str | None
    ) -> Iterator[Definition]:
        kind = DefinitionKind.IMPORT
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                target = alias.name if alias.asname else name
                explicit = alias.asname is not None and alias.asname == alias.name
                yield Definition(name, kind, node.lineno, target=target, explicit=explicit)
            return
        source = self._absolute(node)
        if source is None:
            return
        for alias in node.names:
            if alias.name == "*":
                if owner is None:
                    self._stars.append(source)
                continue
            yield Definition(
                alias.asname or alias.name,
                kind,
                node.lineno,
                target=f"{source}.{alias.name}",
                explicit=alias.asname == alias.name,
                from_import=True,
            )

    def _absolute(self, node: ast.ImportFrom) -> str | None:
        """The absolute module of a `from` import; None where it leaves the top package."""
        if not node.level:
            return node.module
        parts = self._facts.module.split(".")
        drop = node.level - (1 if self._facts.is_package else 0)
        if drop >= len(parts):
            return None
        kept = parts[: len(parts) - drop]
        return ".".join([*kept, node.module] if node.module else kept)

    # --- assignments ---

    def _annotated(
        self, node: ast.AnnAssign, scope: dict[str, Definition], owner: str | None
    ) -> Iterator[Definition]:
        if node.value is not None:
            yield from self._assigned(node.target, node.value, scope, owner)
        elif isinstance(node.target, ast.Name):
            if owner is None and not self._facts.source_file.endswith(".pyi"):
                return  # declares, binds nothing
            yield Definition(node.target.id, DefinitionKind.ATTRIBUTE, node.lineno)

    def _assigned(
        self,
        target: ast.expr,
        value: ast.expr,
        scope: dict[str, Definition],
        owner: str | None,
    ) -> Iterator[Definition]:
        if isinstance(target, (ast.Tuple, ast.List)):
            values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else None
            pairs = (
                values if values and len(values) == len(target.elts) else [value] * len(target.elts)
            )
            for item, item_value in zip(target.elts, pairs, strict=True):
                yield from self._assigned(
                    item, item_value if values else ast.Constant(...), scope, owner
                )
            return
        if not isinstance(target, ast.Name):
            return
        name, line = target.id, target.lineno
        if owner is None:
            if name == "__all__":
                self._exports.set(value)
                return
            if name == "__getattr__":
                self._facts.has_getattr = True
            self._literals[name] = value
        reference = dotted_name(value)
        if reference is not None and reference not in ("None", name):
            yield Definition(name, DefinitionKind.ALIAS, line, target=reference)
            return
        yield self._value(name, line, value, scope)

    def _value(
        self, name: str, line: int, value: ast.expr, scope: dict[str, Definition]
    ) -> Definition:
        attribute = Definition(name, DefinitionKind.ATTRIBUTE, line)
        if not isinstance(value, ast.Call):
            attribute.value = _constant_text(value)
            return attribute
        decorator = value.func if isinstance(value.func, ast.Call) else value  # deprecated(…)(f)
        callee = dotted_name(decorator.func)
        last = (callee or "").rsplit(".", 1)[-1]
        arguments = [dotted_name(item) for item in value.args]
        known = scope.get(name)
        if name in arguments and known is not None:  # f = decorate(f)
            known.decorators = (*known.decorators, callee or "")
            known.deprecations = (
                *known.deprecations,
                *decorator_marks([decorator], known.signature, name),
            )
            return known
        if last == "property":
            attribute.kind, attribute.flavour = DefinitionKind.FUNCTION, Flavour.PROPERTY
        elif last in ("staticmethod", "classmethod") and arguments and arguments[0]:
            return Definition(name, DefinitionKind.ALIAS, line, target=arguments[0])
        marks = tuple(decorator_marks([decorator], None, name))
        if marks:
            attribute.deprecations = marks
        attribute.forwards = next((item for item in arguments if item), None) if marks else None
        return attribute

    # --- names served on demand ---

    def _lazy_strings(self, tree: ast.Module) -> tuple[str, ...]:
        """Identifiers in `__getattr__` and in the module's literals that it refers to."""
        found: dict[str, None] = {}
        server: ast.stmt | None = None
        for statement in _at_module_level(tree.body):
            if getattr(statement, "name", None) == "__getattr__":
                server = statement
        if isinstance(server, ast.ClassDef):
            for item in server.body:
                if isinstance(item, ast.FunctionDef):
                    found[item.name] = None
                elif isinstance(item, ast.Assign):
                    names = (item for item in item.targets if isinstance(item, ast.Name))
                    found.update(dict.fromkeys(target.id for target in names))
                elif isinstance(item, ast.Expr):  # locals().update({name: … for name in [...]})
                    for node in ast.walk(item):
                        if isinstance(node, ast.Constant):
                            _add_identifier(found, node)
            return tuple(found)[:_LAZY_LIMIT]
        literals = list(self._literals.values()) if server is None else []
        for node in ast.walk(server) if server is not None else ():
            if isinstance(node, ast.Name):
                literals += self._filled(node.id, tree)
            elif isinstance(node, ast.Constant):
                _add_identifier(found, node)
        for literal in literals:
            for part in ast.walk(literal):
                if isinstance(part, ast.Constant):
                    _add_identifier(found, part)
        return tuple(found)[:_LAZY_LIMIT]

    def _filled(self, name: str, tree: ast.Module) -> list[ast.expr]:
        """A module's literal of that name, and what is put into it later on: `names["a"] = …`,
        `names.update({each: … for each in others})`."""
        parts = [self._literals[name]] if name in self._literals else []
        for statement in _at_module_level(tree.body) if parts else ():
            match statement:
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=filled), slice=key)]):
                    parts += [key] if filled == name else []
                case ast.Expr(ast.Call(ast.Attribute(ast.Name(id=filled), "update"), args=[arg])):
                    if filled == name:
                        read = {node.id for node in ast.walk(arg) if isinstance(node, ast.Name)}
                        parts += [
                            arg,
                            *(self._literals[one] for one in sorted(read & {*self._literals})),
                        ]
        return parts


def _at_module_level(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run with the module, those of its branches included."""
    for statement in statements:
        yield statement
        if isinstance(statement, ast.If) or isinstance(statement, TRY):  # noqa: SIM101 - mypy reads it
            yield from _at_module_level([*statement.body, *statement.orelse])


def _add_identifier(found: dict[str, None], node: ast.Constant) -> None:
    text = node.value
    if isinstance(text, str):
        last = text.rsplit(".", 1)[-1].rsplit(":", 1)[-1]
        if _IDENTIFIER.match(last):
            found[last] = None


def _lines_with_words(source: bytes) -> list[int]:
    """Numbers of the lines, in order. Each word is searched for by itself, which takes a tenth of the
    time in which an expression looks for all of them at each byte."""
    places: list[int] = []
    for word in _LOUD:
        place = source.find(word)
        while place >= 0:
            places.append(place)
            place = source.find(word, place + 1)
    lines: list[int] = []
    line, counted = 1, 0
    for place in sorted(places):
        line += source.count(b"\n", counted, place)
        counted = place
        if not lines or lines[-1] != line:
            lines.append(line)
    return lines


def _bind(scope: dict[str, Definition], definition: Definition, *, fallback: bool) -> None:
    known = scope.get(definition.name)
    if known is not None and known is not definition:
        if fallback and not known.typing_only:
            defines = definition.kind in (DefinitionKind.FUNCTION, DefinitionKind.CLASS)
            if known.kind is DefinitionKind.IMPORT and defines:
                known.otherwise = known.otherwise or definition
            return
        if definition.flavour is Flavour.OVERLOAD:
            return
        if definition.typing_only:
            return
    scope[definition.name] = definition


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_main_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and dotted_name(test.left) == "__name__"


def _is_type_checking(test: ast.expr) -> bool:
    return (dotted_name(test) or "").rsplit(".", 1)[-1] in ("TYPE_CHECKING", "MYPY")


def _flavour(decorators: tuple[str, ...]) -> Flavour | None:
    """None: a setter or deleter, which binds nothing new."""
    flavour = Flavour.PLAIN
    for decorator in decorators:
        owner, _, last = decorator.rpartition(".")
        if last in ("setter", "deleter", "getter", "expression", "register") and owner:
            return None
        if last == "overload":
            return Flavour.OVERLOAD
        if last.lower().endswith("property") or last in _PROPERTY_DECORATORS:
            flavour = Flavour.PROPERTY
        elif last.endswith("classmethod") and flavour is Flavour.PLAIN:
            flavour = Flavour.CLASSMETHOD
        elif last.endswith("staticmethod"):
            flavour = Flavour.STATICMETHOD
    return flavour


def _base_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Subscript):  # Generic[T]
        node = node.value
    return dotted_name(node)


def _constant_text(value: ast.expr) -> str | None:
    """Source text of a literal; None for anything that has to be computed."""
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    text = expression_text(value)
    return text if len(text) <= _VALUE_LIMIT_CHARS else None


def _instance_attributes(initialiser: ast.FunctionDef) -> Iterator[tuple[str, int]]:
    """Public `self.name = …` of a constructor."""
    arguments = [*initialiser.args.posonlyargs, *initialiser.args.args]
    if not arguments:
        return
    this = arguments[0].arg
    pending: list[ast.stmt] = list(initialiser.body)
    while pending:
        statement = pending.pop(0)
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        elif isinstance(statement, (ast.If, ast.For, ast.While)):
            pending.extend([*statement.body, *statement.orelse])
        elif isinstance(statement, (ast.With, TRY)):
            pending.extend(statement.body)
        for target in targets:
            items = target.elts if isinstance(target, ast.Tuple) else [target]
            for item in items:
                if (
                    isinstance(item, ast.Attribute)
                    and isinstance(item.value, ast.Name)
                    and item.value.id == this
                ):
                    yield item.attr, item.lineno


def _forwards(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """What the body hands its own arguments to, where that is all it does, warnings aside."""
    if len(node.body) > 6:
        return None
    last = node.body[-1]
    call = last.value if isinstance(last, (ast.Return, ast.Expr)) else None
    if isinstance(call, ast.Await):
        call = call.value
    if isinstance(last, ast.Return) and isinstance(call, ast.Attribute):
        return dotted_name(call)  # a property that hands on another attribute
    if not isinstance(call, ast.Call) or (isinstance(last, ast.Expr) and len(node.body) < 2):
        return None
    target = dotted_name(call.func)
    if target is None or "warn" in target.lower() or "deprecat" in target.lower():
        return None
    for statement in node.body[:-1]:
        if not isinstance(statement, (ast.Expr, ast.Assign, ast.Import, ast.ImportFrom, ast.If)):
            return None
    own = {argument.arg for argument in [*node.args.posonlyargs, *node.args.args]}
    own |= {argument.arg for argument in node.args.kwonlyargs}
    own |= {item.arg for item in (node.args.vararg, node.args.kwarg) if item}
    passed = {
        name.id
        for item in [*call.args, *(keyword.value for keyword in call.keywords)]
        for name in ast.walk(item)
        if isinstance(name, ast.Name)
    }
    first = target.split(".")[0]
    if own and not (own & passed) and first not in own:
        return None
    return target

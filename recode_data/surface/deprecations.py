"""Deprecation marks in source: decorators, warnings raised in bodies, docstring directives.

Libraries spell them in dozens of ways (`deprecate_kwarg`, `rename_parameter`, `_api.deprecated`,
`deprecate_renamed_function`), so nothing here knows a library: a decorator whose name says that it
deprecates or renames is read by what its strings are. Of two names in a renaming decorator the old
one is the one that the signature no longer has.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from recode_data.records import Deprecation, ParameterKind, Signature
from recode_data.surface.successors import named_successors
from recode_data.surface.texts import TRY, dotted_name, string_value

REMOVED_NOW = "now"
"""`Deprecation.removal` of a stub that is still there and only raises."""
PENDING = "pending"
"""`Deprecation.removal` of what will be deprecated: a warning that Python hides by default."""

_VERSION = re.compile(r"^[vV]?\d+(\.\d+)*([a-z]+\d*)?$|^TBD$")
_IDENTIFIER = re.compile(r"^[A-Za-z_]\w*$")
_DOTTED = re.compile(r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?$")
_DECORATOR = re.compile(r"deprecat|rename|delete_param|keyword_only|legacy", re.IGNORECASE)
_ABOUT_PARAMETER = re.compile(r"param|kwarg|arg(ument)?s?(_|$)|keyword", re.IGNORECASE)
_ABOUT_THE_MARK = re.compile(r"(?:^|_)(?:old|new|name|altern\w*|addendum)(?:_|$)")
_KEYWORD_ONLY = re.compile(r"keyword_only|nonkeyword|positional", re.IGNORECASE)
_TAKES_OVER = re.compile(r"deprecat|back_?compat", re.IGNORECASE)
_ABOUT_WARNINGS = ("filter", "simple", "reset", "catch")
_WARN_CALL = re.compile(r"warn|deprecat", re.IGNORECASE)
_CATEGORY = re.compile(r"Deprecat|FutureWarning|RemovedIn|Removed\w*Warning|PendingDep")
_SAYS_DEPRECATED = re.compile(r"deprecat|will be removed|no longer supported", re.IGNORECASE)
_OFFERS = re.compile(r"remov|renam|no longer|\buse\b|replaced", re.IGNORECASE)
FEWEST_WORDS = 4
_SAYS_REMOVED = re.compile(
    r"(?:has|have|had|was|were|is|are|been)\s+(?:been\s+)?removed|no longer (?:supported|available)"
    r"|removed in|not supported anymore|expired",
    re.IGNORECASE,
)
_GOING_CATEGORY = re.compile(r"Deprecat|Future|Removed")
_GOING = re.compile(r"deprecat|(?:been|was|were|is|be) (?:moved|renamed|removed)", re.IGNORECASE)
_NAMES_PARAMETER = r"[`'\"]{0}[`'\"=]|\b{0}\b.{{0,12}}\b(?:argument|parameter|keyword|option|kwarg)"
_WHOLE_PARAMETER = re.compile(
    r"(?:param|argument|keyword|option)\w*\b.{0,40}(?:deprecat|remov|ignor)|renamed|ignored|no effect"
    r"|will be removed|\binstead\b|\bshould use\b|^\W*$",
    re.IGNORECASE,
)
_RENAMED_IN_DOC = re.compile(
    r"[`'\"](\w+)[`'\"]+\s+(?:\w+\s+)?(?:is|was|has been)\s+renamed\s+to\s+[`'\"]+(\w+)[`'\"]"
)
_REPLACES = re.compile(r"[`'\"](\w+)[`'\"]+\s+replaces\s+(?:the\s+)?[`'\"]+(\w+)[`'\"]")
_DIRECTIVE = re.compile(r"^([ \t]*)\.\.[ \t]+deprecated::[ \t]*(\S*)[ \t]*(.*)$", re.MULTILINE)
_DOC_STARTS = re.compile(
    r"^\W{0,4}(?:deprecated|\[deprecated\]|this (?:function|method|class|property|attribute) "
    r"(?:is|has been) deprecated)\b",
    re.IGNORECASE,
)
_PARAMETER_LINE = re.compile(r"^\s*\*{0,2}(\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?:\([^)]*\))?\s*(?::|$)")


def mark(message: str, *, parameter: str | None = None, **fields: str | None) -> Deprecation:
    """A mark whose successor is read out of its message, unless `new_api` is given."""
    message = " ".join(message.split())[:600]
    new_api = fields.get("new_api")
    if new_api is None:
        names = [name for name in named_successors(message) if name != parameter]
        new_api = names[0] if names else None
    return Deprecation(message, parameter, fields.get("since"), fields.get("removal"), new_api)


def says_going(category: str, message: str) -> bool:
    """Whether a warning on access tells users to write something else.

    pydantic's "`pydantic:PyObject` has been moved to …" is a plain UserWarning.
    """
    return bool(_GOING_CATEGORY.search(category) or _GOING.search(message))


# --- decorators -----------------------------------------------------------------------------------


def decorator_marks(
    decorators: Iterable[ast.expr], signature: Signature | None, own_name: str
) -> Iterator[Deprecation]:
    """Marks that decorators put on a function, a class or their parameters.

    `own_name` is what the decorated thing is called: a string that repeats it names no successor.
    """
    names = (
        frozenset(parameter.name for parameter in signature.parameters)
        if signature
        else frozenset()
    )
    for decorator in decorators:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = dotted_name(call.func if call else decorator) or ""
        last = name.rsplit(".", 1)[-1]
        if not _DECORATOR.search(last):
            continue
        if call is None:
            if "deprecat" in last.lower() and not _ABOUT_PARAMETER.search(last):
                yield Deprecation(f"{last}")
            continue
        if _KEYWORD_ONLY.search(last):
            yield from _keyword_only_marks(call, signature)
        elif _ABOUT_PARAMETER.search(last):
            yield from _parameter_marks(call, last, names)
        elif "deprecat" in last.lower() or "legacy" in last.lower():
            yield _object_mark(call, own_name)


def _strings(call: ast.Call) -> list[tuple[str | None, str]]:
    """(keyword, text) of every string argument, positional ones with keyword None."""
    found: list[tuple[str | None, str]] = []
    for argument in call.args:
        text = string_value(argument)
        if text is not None:
            found.append((None, text))
    for keyword in call.keywords:
        text = string_value(keyword.value)
        if text is not None:
            found.append((keyword.arg, text))
    return found


def _object_mark(call: ast.Call, own_name: str) -> Deprecation:
    since = removal = new_api = None
    messages: list[str] = []
    for keyword, text in _strings(call):
        word = (keyword or "").lower()
        if text.removesuffix("()") == own_name:
            continue
        if _VERSION.match(text):
            if "remov" in word or "until" in word:
                removal = text
            else:
                since = since or text
        elif re.search(r"altern|replac|new|instead|successor", word):
            names = named_successors(f"use {text}") if not _DOTTED.match(text) else (text,)
            new_api = new_api or (names[0].removesuffix("()") if names else None)
            messages.append(f"use {text} instead")
        elif word in ("name", "obj_type", "old_name", "category", "project", "package"):
            continue
        elif _DOTTED.match(text) and " " not in text and keyword is None and new_api is None:
            new_api = text.removesuffix("()")
        else:
            messages.append(text)
    for argument in call.args:
        reference = dotted_name(argument)
        if reference and new_api is None and "arning" not in reference:
            new_api = reference
    if any(item.arg == "pending" and _is_true(item.value) for item in call.keywords):
        removal = PENDING
    return mark(" ".join(messages) or "deprecated", since=since, removal=removal, new_api=new_api)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _parameter_marks(call: ast.Call, last: str, names: frozenset[str]) -> Iterator[Deprecation]:
    since = None
    identifiers: list[tuple[str | None, str]] = []
    messages: list[str] = []
    for keyword, text in _strings(call):
        if _VERSION.match(text):
            since = since or text
        elif _IDENTIFIER.match(text):
            identifiers.append((keyword, text))
        else:
            messages.append(text)
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(argument, ast.Dict):  # {"old": "new"} tables
            for key, value in zip(argument.keys, argument.values, strict=True):
                old, new = string_value(key), string_value(value)
                if old:
                    yield mark(" ".join(messages), parameter=old, since=since, new_api=new)
        if isinstance(argument, (ast.List, ast.Tuple, ast.Set)):
            identifiers.extend(
                (None, text)
                for text in map(string_value, argument.elts)
                if text and _IDENTIFIER.match(text)
            )
    for passed in call.keywords:  # custom_deprecation(old="new")
        old, new = passed.arg, string_value(passed.value)
        if old and new in names and old not in names and not _ABOUT_THE_MARK.search(old):
            yield mark("", parameter=old, since=since, new_api=new)
            return
    yield from _old_and_new(identifiers, names, " ".join(messages), since, "rename" in last)


def _old_and_new(
    identifiers: list[tuple[str | None, str]],
    names: frozenset[str],
    message: str,
    since: str | None,
    renames: bool,
) -> Iterator[Deprecation]:
    old = next((text for word, text in identifiers if word and "old" in word), None)
    new = next((text for word, text in identifiers if word and "new" in word), None)
    rest = [text for word, text in identifiers if text not in (old, new)]
    if old is None:
        old = next((text for text in rest if text not in names), None)
        if old is None or (not renames and len(rest) == 1):
            old = rest[0] if rest else None
    if new is None:
        new = next((text for text in rest if text in names and text != old), None)
    if old is not None:
        yield mark(message or f"{old} is deprecated", parameter=old, since=since, new_api=new)


def _keyword_only_marks(call: ast.Call, signature: Signature | None) -> Iterator[Deprecation]:
    """`make_keyword_only("3.6", "x")`, `deprecate_nonkeyword_arguments(allowed_args=[…])`.

    The mark's `removal` is left empty: passing by keyword stays right.
    """
    if signature is None:
        return
    positional = [
        parameter.name
        for parameter in signature.parameters
        if parameter.kind is ParameterKind.POSITIONAL_OR_KEYWORD
    ]
    first: str | None = None
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(argument, (ast.List, ast.Tuple)):
            allowed = {string_value(item) for item in argument.elts}
            first = next((name for name in positional if name not in allowed), None)
    if first is None:
        strings = [text for _, text in _strings(call)]
        first = next((text for text in strings if text in positional), None)
    if first is not None:
        yield Deprecation(f"pass `{first}` and what follows by keyword", first, None, None, first)


# --- bodies ---------------------------------------------------------------------------------------


def body_marks(
    function: ast.FunctionDef | ast.AsyncFunctionDef, signature: Signature
) -> Iterator[Deprecation]:
    """Marks of the warnings that a body issues, and of a stub that only raises."""
    yield from _Body(function, signature).marks()


class _Body:
    """Walks one function's statements, remembering which parameter a branch is about."""

    def __init__(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, signature: Signature
    ) -> None:
        self._function = function
        self._about = {parameter.name: parameter.name for parameter in signature.parameters}
        self._catch_all = {
            parameter.name
            for parameter in signature.parameters
            if parameter.kind is ParameterKind.VAR_KEYWORD
        }
        self._texts: dict[str, str] = {}

    def marks(self) -> Iterator[Deprecation]:
        body = self._function.body
        statements = body[1:] if _is_docstring(body[0]) else body
        if len(statements) == 1 and isinstance(statements[0], ast.Raise):
            text = _raised_text(statements[0])
            if text and _SAYS_REMOVED.search(text):
                yield mark(text, removal=REMOVED_NOW)
                return
        yield from self._block(statements, None, conditional=False)

    def _block(
        self, statements: list[ast.stmt], parameter: str | None, *, conditional: bool
    ) -> Iterator[Deprecation]:
        for statement in statements:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            if isinstance(statement, ast.Assign):
                self._remember(statement)
                yield from self._taken_over(statement)
            if isinstance(statement, ast.If):
                found = self._parameter_in(statement.test)
                if found is not None and not _asks_whether_given(statement.test):
                    found = f"{found}="  # about some of its values: see `_call`
                yield from self._block(statement.body, found or parameter, conditional=True)
                yield from self._block(statement.orelse, parameter, conditional=True)
            elif isinstance(statement, (ast.With, ast.AsyncWith)):
                yield from self._block(statement.body, parameter, conditional=conditional)
            elif isinstance(statement, TRY):
                yield from self._block(statement.body, parameter, conditional=conditional)
                for handler in statement.handlers:
                    yield from self._block(handler.body, parameter, conditional=True)
                yield from self._block(statement.orelse, parameter, conditional=True)
            elif isinstance(statement, (ast.For, ast.While, ast.AsyncFor)):
                yield from self._block(statement.body, parameter, conditional=True)
            elif isinstance(statement, ast.Expr):
                yield from self._call(statement.value, parameter, conditional)
            elif isinstance(statement, ast.Raise) and parameter is not None:
                text = _raised_text(statement)
                name = parameter.rstrip("=")
                if text and _SAYS_REMOVED.search(text) and re.search(rf"\b{name}\b", text):
                    yield mark(text, parameter=name, removal=REMOVED_NOW)

    def _remember(self, statement: ast.Assign) -> None:
        """Locals that hold a message, or a keyword taken out of `**kwargs`."""
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            return
        text = string_value(statement.value)
        if text is not None:
            self._texts[target.id] = text
        for node in ast.walk(statement.value):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("pop", "get")
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in self._catch_all
                and node.args
            ):
                name = string_value(node.args[0])
                if name:
                    self._about[target.id] = name

    def _taken_over(self, statement: ast.Assign) -> Iterator[Deprecation]:
        """`errorbar = _deprecate_ci(errorbar, ci)`: one parameter takes another one's place."""
        call, target = statement.value, statement.targets[0]
        if not isinstance(call, ast.Call) or not isinstance(target, ast.Name):
            return
        callee = (dotted_name(call.func) or "").rsplit(".", 1)[-1]
        if target.id not in self._about or not _TAKES_OVER.search(callee):
            return
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            name = argument.id if isinstance(argument, ast.Name) else target.id
            if name in self._about and name not in (target.id, *self._catch_all):
                yield mark(f"use `{target.id}` instead", parameter=name, new_api=target.id)

    def _parameter_in(self, test: ast.expr) -> str | None:
        named: str | None = None
        catches = False
        for node in ast.walk(test):
            if isinstance(node, ast.Name):
                if node.id in self._catch_all:
                    catches = True
                elif node.id in self._about and named is None:
                    named = self._about[node.id]
        if catches:
            for node in ast.walk(test):
                text = string_value(node) if isinstance(node, ast.Constant) else None
                if text and _IDENTIFIER.match(text):
                    return text
        return named

    def _call(
        self, node: ast.expr, parameter: str | None, conditional: bool
    ) -> Iterator[Deprecation]:
        if not isinstance(node, ast.Call):
            return
        name = dotted_name(node.func) or ""
        last = name.rsplit(".", 1)[-1]
        if not _WARN_CALL.search(last) or (conditional and parameter is None):
            return
        if last.startswith(_ABOUT_WARNINGS):
            return
        message, categories = self._message(node)
        message = self._with_verb(message, last)
        says = _CATEGORY.search(categories) or "deprecat" in last.lower()
        if not says and not (message and _SAYS_DEPRECATED.search(message)):
            return
        if not _is_about_going(categories, message):
            return
        if re.search(r"(?i)positional", message) and re.search(r"(?i)keyword", message):
            return  # about how arguments are passed, not about the function
        if parameter is not None and parameter.endswith("="):
            parameter = parameter[:-1]
            if not re.search(_NAMES_PARAMETER.format(re.escape(parameter)), message):
                return
        since = next((text for _, text in _strings(node) if _VERSION.match(text)), None)
        removal = PENDING if "PendingDeprecation" in categories else None
        new_api = next(
            (
                text.removesuffix("()")
                for word, text in _strings(node)
                if word and re.search(r"altern|replac|new", word) and _DOTTED.match(text)
            ),
            None,
        )
        yield mark(
            message or "deprecated",
            parameter=parameter,
            since=since,
            removal=removal,
            new_api=new_api,
        )

    def _with_verb(self, message: str, callee: str) -> str:
        """`deprecate("getsize", 10, "getbbox or getlength")`: what it is called, what to use."""
        own, _, rest = message.partition(" ")
        if "deprecat" in callee.lower() and own == self._function.name and rest:
            return f"{own} is deprecated, use {rest} instead" if len(rest.split()) < 6 else rest
        return message

    def _message(self, node: ast.Call) -> tuple[str, str]:
        """(the message's text, the text of everything else that may name a category)."""
        messages: list[str] = []
        others: list[str] = []
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            text = string_value(argument)
            if text is None and isinstance(argument, ast.Name):
                text = self._texts.get(argument.id)
            if text is None and isinstance(argument, ast.Call) and argument.args:
                text = string_value(argument.args[0])  # warn(DeprecationWarning("…"))
                others.append(dotted_name(argument.func) or "")
            if text is not None:
                messages.append(text)
            else:
                others.append(dotted_name(argument) or "")
        return " ".join(text for text in messages if not _VERSION.match(text)), " ".join(others)


def _is_about_going(categories: str, message: str) -> bool:
    """networkx's "will return a scipy.sparse array" is a FutureWarning, and nothing goes away."""
    if "FutureWarning" not in categories or "Deprecation" in categories:
        return True
    if len(message.split()) < FEWEST_WORDS:  # put together at run time: nothing to read
        return True
    return bool(_SAYS_DEPRECATED.search(message) or _OFFERS.search(message))


def _asks_whether_given(test: ast.expr) -> bool:
    """`x is not None`, `x != "deprecated"`, `"x" in kwargs`, `x`: not `x in ("a", "b")`."""
    if isinstance(test, ast.BoolOp):
        return any(_asks_whether_given(value) for value in test.values)
    if isinstance(test, ast.Compare):
        operator = test.ops[0]
        if isinstance(operator, ast.In):
            return isinstance(test.left, ast.Constant)
        return isinstance(operator, (ast.IsNot, ast.NotEq, ast.NotIn))
    return isinstance(test, ast.Name)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _raised_text(statement: ast.Raise) -> str | None:
    if isinstance(statement.exc, ast.Call) and statement.exc.args:
        return string_value(statement.exc.args[0])
    return None


def module_marks(body: Iterable[ast.stmt]) -> Iterator[Deprecation]:
    """Warnings issued when the module is imported."""
    for statement in body:
        if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
            continue
        call = statement.value
        last = (dotted_name(call.func) or "").rsplit(".", 1)[-1]
        if not _WARN_CALL.search(last) or last.startswith(_ABOUT_WARNINGS):
            continue
        others = " ".join(
            dotted_name(item) or "" for item in [*call.args, *(k.value for k in call.keywords)]
        )
        text = " ".join(text for _, text in _strings(call) if not _VERSION.match(text))
        if _CATEGORY.search(others) or "deprecat" in last or _SAYS_DEPRECATED.search(text):
            yield mark(text or "deprecated")


# --- docstrings -----------------------------------------------------------------------------------


def doc_marks(doc: str | None, signature: Signature | None) -> Iterator[Deprecation]:
    """Marks of `.. deprecated::` directives; those in a parameter's text belong to it."""
    if not doc:
        return
    if signature is not None and ("renamed to" in doc or " replaces " in doc):
        yield from _renamed_in_doc(doc, signature)
    if "eprecated" not in doc and "EPRECATED" not in doc:
        return
    names = {parameter.name for parameter in signature.parameters} if signature else set()
    base = min(
        (len(line) - len(line.lstrip()) for line in doc.splitlines()[1:] if line.strip()),
        default=0,
    )
    for match in _DIRECTIVE.finditer(doc):
        indent = len(match[1].expandtabs())
        text = match[3] + " " + _indented_block(doc[match.end() :], indent)
        since = match[2].rstrip(".:") if _VERSION.match(match[2].rstrip(".:")) else None
        if since is None:
            text = f"{match[2]} {text}"
        parameter = _parameter_above(doc[: match.start()], indent, names)
        if parameter is not None:
            if _WHOLE_PARAMETER.search(text):  # not about some of its values only
                yield mark(text, parameter=parameter, since=since)
        elif indent <= base:
            yield mark(text, since=since)
    if not _DIRECTIVE.search(doc) and _DOC_STARTS.match(doc.strip()):
        yield mark(doc.strip().split("\n\n", 1)[0])


def _renamed_in_doc(doc: str, signature: Signature) -> Iterator[Deprecation]:
    """What a docstring calls renamed or replaced, with both names in the signature."""
    names = {parameter.name for parameter in signature.parameters}
    pairs = [*_RENAMED_IN_DOC.findall(doc), *(pair[::-1] for pair in _REPLACES.findall(doc))]
    for old, new in pairs:
        if old in names and new in names and old != new:
            yield mark(f"`{old}` is renamed to `{new}`", parameter=old, new_api=new)


def _indented_block(text: str, indent: int) -> str:
    lines: list[str] = []
    for line in text.splitlines()[1:]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        if not line.strip() and lines:
            break
        lines.append(line.strip())
    return " ".join(lines)


def _parameter_above(text: str, indent: int, names: set[str]) -> str | None:
    """The parameter whose description a directive at this indentation belongs to."""
    for line in reversed(text.splitlines()):
        if not line.strip():
            continue
        own = len(line) - len(line.lstrip())
        if own < indent:
            match = _PARAMETER_LINE.match(line)
            if match:
                for name in re.split(r"\s*,\s*", match[1]):
                    if name.lstrip("*") in names:
                        return name.lstrip("*")
            return None
    return None

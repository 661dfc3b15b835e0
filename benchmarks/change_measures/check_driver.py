"""Sandbox driver: what one dotted path is and does in this version, by using it.

Runs inside the interpreter of a mined version (Python 3.7 to 3.14), standard library only. It
shares no code with the surface on purpose: it is what reported changes are checked against.

Payload: {"asks": [{"path", "parameter", "other"}, …]}. Messages: one observation per ask, in order;
see `_observe`.
"""

import contextlib
import importlib
import inspect
import io
import re
import signal
import sys
import types
import warnings

SECONDS = 10
SOURCE_LIMIT = 40000
MAX_FILLERS = 12
_REFUSES = (
    "unexpected keyword",
    "invalid keyword",
    "no keyword argument",
    "takes no keyword",
    "positional-only",
)
_TAKES = re.compile(r"takes (?:no|exactly|at most|from|\d).*positional|positional arguments? but")


class _TooSlow(BaseException):
    """Raised by the alarm into a use that hangs."""


def _alarm(signum, frame):
    raise _TooSlow("took longer than %d s" % SECONDS)


def run(payload, channel):
    """Driver entry point."""
    signal.signal(signal.SIGALRM, _alarm)
    sys.argv = ["check"]
    sys.stdin = io.StringIO("")
    channel.loaded()
    for ask in payload["asks"]:
        try:
            channel.send(_observe(ask["path"], ask.get("parameter"), ask.get("other")))
        except BaseException as problem:
            channel.send({"resolves": None, "error": _said(problem)})


def _observe(path, parameter, other):
    """What is known of `path`; `parameter` and `other` are passed to it as keywords."""
    value, owner, error, warned = _resolve(path)
    seen = {"path": path, "resolves": error is None, "error": error, "warned": warned}
    name = path.rsplit(".", 1)[-1]
    if error is not None:
        if isinstance(owner, type):
            seen["on_instance"] = _set_in_constructor(owner, name)
        return seen
    raw = inspect.getattr_static(owner, name, None) if owner is not None else value
    seen["kind"] = _kind(value, raw)
    seen["raises"] = _raises_on_instances(owner, name, raw)
    seen["literal"] = repr(value)[:200] if type(value) in (int, float, str, bool) else None
    inner = _innermost(value)
    seen["doc"] = (getattr(value, "__doc__", None) or "")[:SOURCE_LIMIT]
    seen["source"] = _source(raw.fget if isinstance(raw, property) else inner)
    if not callable(value):
        return seen
    skip = isinstance(owner, type) and not isinstance(raw, (staticmethod, classmethod, type))
    seen["signature"] = _parameters(inner, skip)
    seen["returns"] = _returns(inner)
    seen["call"] = _call(value, seen["signature"], skip, {})
    if parameter:
        seen["takes"] = _takes(value, seen["signature"], skip, parameter)
        seen["positional"] = _takes_positionally(value, seen["signature"], skip, parameter)
    if other:
        seen["takes_other"] = _takes(value, seen["signature"], skip, other)
    return seen


# --- finding it -----------------------------------------------------------------------------------


def _resolve(path):
    """(value, owner, error, warnings on the way)."""
    parts = path.split(".")
    owner, said = None, []
    value, error, warned = _guarded(importlib.import_module, parts[0])
    said.extend(warned)
    for index, part in enumerate(parts[1:], 1):
        if error is not None:
            return None, None, [*error, ".".join(parts[:index])], said
        owner, prefix = value, ".".join(parts[: index + 1])
        value, error, warned = _guarded(getattr, owner, part)
        said.extend(warned)
        if error is not None and isinstance(owner, types.ModuleType):
            again = _guarded(importlib.import_module, prefix)
            absent = again[1] and again[1][0] == "ModuleNotFoundError" and prefix in again[1][1]
            if not absent:
                value, error, warned = again
                said.extend(warned)
                if error and error[0] == "ModuleNotFoundError":
                    error = ["MissingPackage", error[1]]
    return value, owner, None if error is None else [*error, path], said


def _guarded(use, *arguments, **keywords):
    """(value, error, warnings) of one call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        signal.alarm(SECONDS)
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                return use(*arguments, **keywords), None, _texts(caught)
        except BaseException as problem:
            return None, _said(problem), _texts(caught)
        finally:
            signal.alarm(0)


def _said(problem):
    try:
        text = str(problem)
    except BaseException:
        text = ""
    return [type(problem).__name__, text[:1500]]


def _texts(caught):
    return [[item.category.__name__, str(item.message)[:1500]] for item in caught][:10]


def _set_in_constructor(cls, name):
    pattern = re.compile(r"\bself\.%s\s*(?::[^=\n]+)?=[^=]|self,\s*['\"]%s['\"]" % (name, name))
    return any(pattern.search(_source(base) or "") for base in cls.__mro__)


def _raises_on_instances(owner, name, raw):
    """numpy 2.0 keeps `ndarray.itemset` in the type, and every access of an instance raises."""
    if not (isinstance(owner, type) and inspect.isgetsetdescriptor(raw)):
        return False
    for arguments in ((), (0,), ((1,),)):
        made, error, _ = _guarded(owner, *arguments)
        if error is None:
            problem = _guarded(getattr, made, name)[1]
            return bool(problem and problem[0] == "AttributeError" and "removed" in problem[1])
    return False


def _kind(value, raw):
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(raw, property) or inspect.isgetsetdescriptor(raw):
        return "property"
    if callable(value):
        return "callable"
    return "attribute"


# --- what it takes --------------------------------------------------------------------------------


def _innermost(value):
    """The function behind decorators, those that set no `__wrapped__` included."""
    name = getattr(value, "__name__", None)
    for _ in range(20):
        inner = getattr(value, "__wrapped__", None)
        if inner is None:
            cells = getattr(getattr(value, "__func__", value), "__closure__", None) or ()
            inner = None
            for cell in cells:
                with contextlib.suppress(ValueError):
                    found = cell.cell_contents
                    if inspect.isfunction(found) and found.__name__ == name:
                        inner = found
        if inner is None or not callable(inner):
            return value
        value = inner
    return value


def _source(value):
    try:
        return inspect.getsource(value)[:SOURCE_LIMIT]
    except BaseException:
        return None


def _parameters(value, skip):
    """[[name, kind, default text or None], …] without `self`."""
    try:
        found = list(inspect.signature(value).parameters.values())
    except BaseException:
        return None
    empty = inspect.Parameter.empty
    rows = [
        [item.name, item.kind.name, None if item.default is empty else _default(item.default)]
        for item in found
    ]
    return rows[1:] if skip and rows and rows[0][1].startswith("POSITIONAL") else rows


def _default(value):
    try:
        text = re.sub(r" at 0x[0-9a-f]+", "", repr(value))
    except BaseException:
        return "<%s>" % type(value).__name__
    return text[:300]


def _returns(value):
    try:
        found = inspect.signature(value).return_annotation
    except BaseException:
        return None
    return None if found is inspect.Signature.empty else str(found)[:300]


# --- using it -------------------------------------------------------------------------------------


def _fillers(signature, skip, without=()):
    """(positional, keyword) arguments for every parameter that must be given."""
    positional = [None] if skip else []
    named = {}
    for name, kind, default in signature or ():
        if default is not None or kind.startswith("VAR") or name in without:
            continue
        if kind == "POSITIONAL_ONLY":
            positional.append(None)
        elif len(named) < MAX_FILLERS:
            named[name] = None
    return positional, named


def _call(value, signature, skip, keywords):
    """{"error", "warned"} of a call with None for whatever it needs."""
    positional, named = _fillers(signature, skip, keywords)
    named.update(keywords)
    _, error, warned = _guarded(value, *positional, **named)
    return {"error": error, "warned": warned}


def _takes(value, signature, skip, parameter):
    """Whether a keyword is let through: calls with it alone, then with all that is needed."""
    calls = []
    _, error, warned = _guarded(value, **{parameter: None})
    calls.append({"error": error, "warned": warned})
    calls.append(_call(value, signature, skip, {parameter: None}))
    refused = False
    for call in calls:
        error = call["error"]
        if error and error[0] == "TypeError" and re.search(r"\b%s\b" % parameter, error[1]):
            refused = refused or any(words in error[1] for words in _REFUSES)
    return {"refused": refused, "calls": calls}


def _takes_positionally(value, signature, skip, parameter):
    """Whether a call with positional arguments up to `parameter` is refused; None: not possible."""
    names = [row[0] for row in signature or () if row[1].startswith("POSITIONAL")]
    if parameter not in names:
        return None
    count = names.index(parameter) + 1
    return _count_is_refused(value, count + (1 if skip else 0))


def _count_is_refused(value, count):
    """Whether so many positional arguments are too many."""
    _, error, _ = _guarded(value, *[None] * count)
    return bool(error and error[0] == "TypeError" and _TAKES.search(error[1]))

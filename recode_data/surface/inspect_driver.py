"""Sandbox driver: import a library's modules and report what their public names are.

Runs inside the interpreter of a mined version (Python 3.7 to 3.14), standard library only.

Payload: {"tops": [import names], "modules": {module: [further names to try]}, "members": bool}.
Messages, each a chunk so that what was seen before a crash arrives:

- {"module": name, "all": [names] | null, "names": {name: entry}, "warned": [[category, message]]}
  entry: {"o": object number} for modules, classes and callables, {"t": type, "v": literal | null}
  for values, both with "w": [[category, message]] where the access warned and "z": 1 where the
  module serves the name on demand;
- {"module": name, "error": "Type: text"} for a module that cannot be imported;
- {"object": number, "k": kind, "m": module, "q": qualified name, "i": 1 where it is an instance
  that can be called, …}; see `_Inspector.describe`.
"""

import contextlib
import enum
import functools
import importlib
import inspect
import re
import signal
import sys
import types
import warnings

MODULE_SECONDS = 20
DOC_LIMIT = 1500
DEPRECATED_DOC_LIMIT = 12000
VALUE_LIMIT = 120
FLUSH_AT = 400
PREFIXED_LIMIT = 200
SIMPLE = (int, float, complex, str, bytes, bool, type(None))
FIELD_TABLES = (
    *("__dataclass_fields__", "__attrs_attrs__", "_fields", "model_fields", "__fields__"),
    *("__required_keys__", "__optional_keys__", "__struct_fields__", "__protocol_attrs__"),
)
KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional_only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional_or_keyword",
    inspect.Parameter.VAR_POSITIONAL: "var_positional",
    inspect.Parameter.KEYWORD_ONLY: "keyword_only",
    inspect.Parameter.VAR_KEYWORD: "var_keyword",
}
LOOK_UPS = ("_findSoname_ldconfig", "_findLib_gcc", "_findLib_ld")
"""Of `ctypes.util`, on Linux; each starts a process."""
PLAIN_MEMBERS = frozenset(
    (
        "__module__ __doc__ __dict__ __weakref__ __slots__ __annotations__ __qualname__ __name__ "
        "__abstractmethods__ _abc_impl __parameters__ __orig_bases__ __firstlineno__ "
        "__static_attributes__ __match_args__ __dataclass_fields__ __dataclass_params__ "
        "__annotate__ __annotations_cache__ __annotate_func__ __classcell__ __type_params__ "
        "__subclasshook__ __getattribute__ __new__ __reduce__ __reduce_ex__ __sizeof__ "
        "__init_subclass__ __hash__ __pyx_vtable__ __setstate_cython__ __reduce_cython__"
    ).split()
)


class _TooSlow(BaseException):
    """Raised by the alarm into an import or an access that hangs."""


def _alarm(signum, frame):
    raise _TooSlow("took longer than %d s" % MODULE_SECONDS)


def run(payload, channel):
    """Driver entry point."""
    signal.signal(signal.SIGALRM, _alarm)
    sys.argv = ["inspect"]
    channel.loaded()
    _Inspector(payload, channel).run()


class _Inspector:
    """Walks modules, numbering each distinct object once."""

    def __init__(self, payload, channel):
        self.payload = payload
        self.channel = channel
        self.tops = tuple(payload["tops"])
        self.numbers = {}
        self.kept = []
        self.stand_ins = {}
        self.pending = []
        self.messages = []

    def run(self):
        modules = {}
        for name in self.payload["modules"]:
            module, error, warned = self.load(name)
            if module is None:
                self.send({"module": name, "error": error})
            else:
                modules[name] = (module, warned)
        for name in sorted(sys.modules):  # made while importing: no file of their own
            module = sys.modules.get(name)
            if (
                name not in modules
                and name not in self.payload["modules"]
                and name.split(".")[0] in self.tops
                and isinstance(module, types.ModuleType)
                and getattr(module, "__file__", None) is None
                and not any(part.startswith("_") for part in name.split("."))
            ):
                modules[name] = (module, [])
        self.stand_ins = {
            id(module): name
            for name, module in list(sys.modules.items())
            if module is not None and not isinstance(module, types.ModuleType)
        }
        for name in modules:
            module, warned = modules[name]
            self.module(name, module, warned)
        while self.pending:
            number, value = self.pending.pop(0)
            try:
                signal.alarm(MODULE_SECONDS)
                self.send(self.describe(number, value))
            except _TooSlow:
                pass
            except Exception as error:
                self.send({"object": number, "k": "unknown", "m": "", "q": "", "e": str(error)})
            finally:
                signal.alarm(0)
        self.flush()

    def send(self, message):
        self.messages.append(message)
        if len(self.messages) >= FLUSH_AT:
            self.flush()

    def flush(self):
        if self.messages:
            self.channel.send(self.messages)
            self.messages = []

    def load(self, name):
        """(module, None, warnings) or (None, error, [])."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            signal.alarm(MODULE_SECONDS)
            try:
                module = importlib.import_module(name)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # SystemExit at import is common in scripts
                _look_up_once()
                return None, "%s: %s" % (type(error).__name__, str(error)[:300]), []
            finally:
                signal.alarm(0)
        return module, None, _about(caught, name)

    # --- modules ---

    def module(self, name, module, warned):
        try:
            exported = getattr(module, "__all__", None)
            exported = [item for item in exported if isinstance(item, str)]
        except Exception:
            exported = None
        names = dict.fromkeys(exported or ())
        with contextlib.suppress(Exception):
            names.update(dict.fromkeys(sorted(vars(module))))
            if hasattr(module, "__getattr__") or type(module) is not types.ModuleType:
                names.update(dict.fromkeys(sorted(dir(module))))
        extra = list(self.payload["modules"].get(name, ()))
        extra.extend(_with_prefixes(module, extra))
        names.update(dict.fromkeys(extra))
        bound = _bound(module)
        keep_private = set(exported or ()) | set(extra)
        entries = {}
        for item in names:
            if item.startswith("_") and item not in keep_private:
                continue
            if not isinstance(item, str) or item.startswith("__"):
                continue
            entry = self.entry(module, item)
            if entry is not None:
                if item not in bound:
                    entry["z"] = 1
                entries[item] = entry
        self.send({"module": name, "all": exported, "names": entries, "warned": warned})

    def entry(self, owner, name):
        """What `owner.name` is; None where the access fails."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            signal.alarm(MODULE_SECONDS)
            try:
                value = getattr(owner, name)
            except KeyboardInterrupt:
                raise
            except BaseException:
                return None
            finally:
                signal.alarm(0)
        entry = self.value(value)
        if caught:
            entry["w"] = _about(caught, None)
        return entry

    def value(self, value):
        if issubclass(type(value), types.ModuleType):  # lazy objects refuse `isinstance`
            return {"mod": value.__name__}
        if id(value) in self.stand_ins:  # what a module puts in its own place
            return {"mod": self.stand_ins[id(value)]}
        if type(value) in SIMPLE:
            return {"t": _type_name(value), "v": _literal(value)}
        entry = {"o": self.number(value), "t": _type_name(value)}
        return entry

    def number(self, value):
        key = id(value)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.numbers)
            self.kept.append(value)  # an id stays taken only while its object lives
            self.pending.append((number, value))
        return number

    # --- objects ---

    def describe(self, number, value):
        """One object: "k" kind, "m"/"q" where it says it is from, "s" signature, "d" doc."""
        entry = {"object": number}
        is_class = isinstance(value, type)
        is_callable = is_class
        if not is_class:
            try:
                is_callable = callable(value)
            except Exception:
                is_callable = False
        entry["m"] = _text(_safe(value, "__module__")) if (is_class or is_callable) else ""
        entry["q"] = _text(_safe(value, "__qualname__") or _safe(value, "__name__"))
        if not (is_class or is_callable):
            entry["k"] = "value"
            return entry
        entry["k"] = "class" if is_class else "function"
        signature = _signature(value)
        if signature is not None:
            entry["s"] = signature
        if not (is_class or inspect.isroutine(value) or hasattr(value, "__wrapped__")):
            entry["i"] = 1
        doc = _doc(value)
        if doc:
            entry["d"] = doc
        if is_class and self.is_ours(value):
            entry["outside"] = self.outside(value)
            entry["fields"] = _fields(value)
            entry["mro"] = [
                [_text(_safe(base, "__module__")), _text(_safe(base, "__qualname__"))]
                for base in value.__mro__[1:]
            ]
            entry["members"] = self.members(value)
            for base in value.__mro__[1:]:
                if self.is_ours(base):
                    self.number(base)
        return entry

    def is_ours(self, cls):
        """Whether the class belongs to the library, by what it says or by where it is built."""
        module = _text(_safe(cls, "__module__"))
        return module.split(".")[0] in self.tops

    def outside(self, cls):
        """Names that the class inherits from classes of other packages, `object` apart."""
        names = set()
        for base in cls.__mro__[1:]:
            if base is not object and not self.is_ours(base):
                names.update(name for name in vars(base) if isinstance(name, str))
        return sorted(names - set(dir(object)))

    def members(self, cls):
        """The class's own attributes."""
        members = {}
        for name, raw in sorted(vars(cls).items(), key=lambda item: str(item[0])):
            if not isinstance(name, str) or name in PLAIN_MEMBERS:
                continue
            if name.startswith("_") and not (name.startswith("__") and name.endswith("__")):
                continue
            members[name] = self.member(cls, name, raw)
        return members

    def member(self, cls, name, raw):
        if isinstance(raw, property):
            entry = {"k": "property"}
            doc = _doc(raw.fget) if raw.fget else ""
        elif inspect.isgetsetdescriptor(raw) or inspect.ismemberdescriptor(raw):
            entry = {"k": "property"}
            doc = _doc(raw)
        elif isinstance(raw, (staticmethod, classmethod)):
            target = raw.__func__
            flavour = "staticmethod" if isinstance(raw, staticmethod) else "classmethod"
            entry = {"k": "method", "f": flavour}
            signature = _signature(target)
            if signature is not None:
                entry["s"] = signature[1:] if isinstance(raw, classmethod) else signature
            doc = _doc(target)
        elif isinstance(raw, type):
            return {"k": "attribute", "t": "type", "o": self.number(raw)}
        elif callable(raw):
            entry = {"k": "method"}
            signature = _signature(raw)
            if signature is not None:
                entry["s"] = signature[1:]
            doc = _doc(raw)
            if not inspect.isfunction(raw):
                entry["t"] = _type_name(raw)
        elif type(raw) in SIMPLE:
            return {"k": "attribute", "t": _type_name(raw), "v": _literal(raw)}
        elif hasattr(type(raw), "__get__"):
            entry = {"k": "property", "t": _type_name(raw)}
            doc = _doc(getattr(raw, "func", None) or getattr(raw, "fget", None) or raw)
        else:
            return {"k": "attribute", "t": _type_name(raw)}
        if doc:
            entry["d"] = doc
        if inspect.isfunction(raw):
            entry["l"] = 1
        return entry


def _look_up_once():
    """Have each shared library looked up only once from now on.

    What cannot be imported for want of one is imported again for every module that needs it: without
    GDAL, looking for that was 20 of the 22 s in which Django's modules are imported.
    """
    util = sys.modules.get("ctypes.util")
    for name in LOOK_UPS:
        look_up = getattr(util, name, None)
        if inspect.isfunction(look_up):
            setattr(util, name, functools.lru_cache(None)(look_up))


def _fields(cls):
    """Names that instances get without a binding in the class body: of dataclasses and the like."""
    names = set()
    for attribute in FIELD_TABLES:
        with contextlib.suppress(Exception):
            table = getattr(cls, attribute, ())
            names.update(getattr(item, "name", item) for item in table)
    return sorted(name for name in names if isinstance(name, str))


def _about(caught, module):
    """Warnings of an access; of an import, those that speak of the module itself."""
    found = []
    for item in caught:
        category = item.category.__name__
        if issubclass(item.category, ImportWarning) or category == "ResourceWarning":
            continue
        text = str(item.message)[:1000]
        if module is None or _speaks_of(module, text):
            found.append([category, text])
    return found[:5]


def _speaks_of(module, text):
    """`xarray` importing `distutils` says nothing about `xarray`."""
    last = module.rsplit(".", 1)[-1]
    return bool(re.search(r"\b(?:%s|this (?:module|package))\b" % re.escape(last), text, re.I))


def _bound(module):
    try:
        return set(vars(module))
    except Exception:
        return set()


def _with_prefixes(module, names):
    """`INTENT_` near `__getattr__` serves the members of an enumeration: `INTENT_PERCEPTUAL`."""
    prefixes = [name for name in names if name.endswith("_") and name.isidentifier()]
    if not prefixes:
        return []
    found = []
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, enum.Enum):
            members = list(value.__members__)[:PREFIXED_LIMIT]
            found.extend(prefix + member for prefix in prefixes for member in members)
    return [name for name in found if name not in vars(module)]


def _safe(value, name):
    try:
        return getattr(value, name, None)
    except BaseException:
        return None


def _text(value):
    return value if isinstance(value, str) else ""


def _type_name(value):
    cls = type(value)
    module = _text(_safe(cls, "__module__"))
    name = _text(_safe(cls, "__qualname__"))
    return name if module == "builtins" else "%s.%s" % (module, name)


def _doc(value):
    """First paragraph of the docstring; all of it where it speaks of deprecation."""
    doc = _safe(value, "__doc__")
    if not isinstance(doc, str):
        return ""
    try:
        doc = inspect.cleandoc(doc)
    except Exception:
        return ""
    head = doc.split("\n\n", 1)[0]
    if head.rstrip().endswith(")") and len(head) < 300 and "(" in head:
        head = "\n\n".join(doc.split("\n\n", 2)[:2])  # a signature line, then the summary
    if "deprecated::" in doc:
        return doc[:DEPRECATED_DOC_LIMIT]
    return head[:DOC_LIMIT]


def _literal(value):
    if isinstance(value, float) and value != value:
        return "float('nan')"
    text = repr(value)
    # a compiled function's own text may hold the address of a default
    return text if len(text) <= VALUE_LIMIT and " at 0x" not in text else None


def _default(value):
    if type(value) in SIMPLE:
        return _literal(value) or "..."
    if isinstance(value, (tuple, list, frozenset, dict, set)) and len(value) <= 8:
        text = repr(value)
        if " at 0x" not in text and len(text) <= VALUE_LIMIT and "<" not in text:
            return text
        return "..."
    if isinstance(value, type) or inspect.isroutine(value):
        name = _text(_safe(value, "__qualname__"))
        module = _text(_safe(value, "__module__"))
        return name if module in ("builtins", "") else "%s.%s" % (module, name)
    try:
        text = repr(value)
    except BaseException:
        text = ""
    if not text or " at 0x" in text or len(text) > VALUE_LIMIT:
        return "<%s>" % _type_name(value)
    return text


def _signature(value):
    """[[name, kind, default or None], …]; None where Python cannot tell."""
    try:
        signature = inspect.signature(value)
    except (ValueError, TypeError):
        return None
    except BaseException:
        return None
    parameters = []
    for parameter in signature.parameters.values():
        default = parameter.default
        parameters.append(
            [
                parameter.name,
                KINDS[parameter.kind],
                None if default is inspect.Parameter.empty else _default(default),
            ]
        )
    return parameters

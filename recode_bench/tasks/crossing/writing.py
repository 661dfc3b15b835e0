"""Values written as JSON.

JSON's own null, true, numbers and text stand for themselves; everything else is a list whose first
item names the form. Containers, arrays and arguments keep their identity within a message.
"""

import array
import collections
import datetime
import decimal
import fractions
import re
import types

from recode_crossing.named import public_name
from recode_crossing.writing_libraries import LibraryWriting

BIG_INT = 1 << 60
MANY = 16
PLAIN = {str, float, bool, type(None)}
NUMBER_CODES = {float: "d", int: "q"}
DEPTH = 200
PROTOCOLS = (("c", "__call__"), ("l", "__len__"), ("g", "__getitem__"), ("i", "__iter__"))
"""What a stand-in can be asked for beside attributes, by the flags that it comes with."""
_BASES = (str, bytes, bytearray, int, float, complex, tuple, list, dict, frozenset, set)
_PATTERN = type(re.compile(""))
_MATCHED = type(re.match("", ""))
_VIEWS = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}


class Writer(LibraryWriting):
    """Writes the values of one message.

    Args:
        libraries: see there.
        keep: gives a number to an object that stays here.
        known: identity of an object to the argument that it is.
    """

    def __init__(self, libraries, keep, known=None):
        self.libraries = libraries
        self.keep = keep
        self.known = known or {}
        self.blobs = []
        self.mutable = []
        self._memo = {}
        self._depth = 0

    def write(self, value):
        """The value as JSON; `mutable` and `blobs` grow."""
        kind = type(value)
        if value is None or kind is bool or kind is str or kind is float:
            return value
        if kind is int:
            return value if -BIG_INT < value < BIG_INT else ["i", "%x" % value]
        if id(value) in self.known:
            return ["arg", self.known[id(value)]]
        if id(value) in self._memo:
            return ["ref", self._memo[id(value)][0]]
        self._depth += 1
        try:
            if self._depth > DEPTH:
                raise RecursionError("nested too deeply to cross")
            return self._write_object(kind, value)
        finally:
            self._depth -= 1

    def remember(self, value):
        """Number an object that may be met again, or changed by the other side."""
        number = len(self.mutable)
        self._memo[id(value)] = (number, value)
        self.mutable.append(value)
        return number

    def items(self, values):
        """Each of them written; many numbers, or much text, without a look at each."""
        if len(values) >= MANY and isinstance(values, (list, tuple)):
            kinds = set(map(type, values))
            code = NUMBER_CODES.get(next(iter(kinds))) if len(kinds) == 1 else None
            if code is not None:
                try:
                    return {code: self.blob(memoryview(array.array(code, values)).cast("B"))}
                except OverflowError:
                    pass
            elif kinds <= PLAIN:
                return list(values)
        return [self.write(value) for value in values]

    def blob(self, content):
        """Number of bytes that travel beside the JSON."""
        self.blobs.append(content)
        return len(self.blobs) - 1

    def _write_object(self, kind, value):
        written = self._builtin(kind, value)
        if written is None:
            written = self._of_library(kind, value)
        if written is None:
            written = self._subclass(kind, value)
        if written is not None:
            return written
        can = "".join(flag for flag, name in PROTOCOLS if _has(kind, name))
        return ["at_home", self.keep(value), kind.__name__, can]

    def content(self, value):
        """What a mutable object holds, by which a change shows."""
        kind = type(value)
        if isinstance(value, dict):  # always of a known class: `reading.py` has made it
            return [self.items(pair) for pair in value.items()]
        if kind is set:
            return sorted((self.write(item) for item in value), key=repr)
        if kind is bytearray:
            return bytes(value).hex()
        if self.libraries.numpy is not None and isinstance(value, self.libraries.array_type):
            return self._array(value)
        if self.libraries.torch is not None and isinstance(value, self.libraries.tensor_type):
            return self._tensor(value)
        if hasattr(value, "_update_inplace"):
            return self._table(value)
        return self.items(list(value))

    def _builtin(self, kind, value):
        if kind is tuple:
            return ["t", self.items(value)]
        if kind is list or kind is collections.deque:
            number = self.remember(value)
            tag = "l" if kind is list else "q"
            return [tag, number, self.items(list(value))]
        if kind is dict or kind is collections.OrderedDict or kind is collections.Counter:
            number = self.remember(value)
            return ["d", number, kind.__name__, [self.items(pair) for pair in value.items()]]
        if kind is collections.defaultdict:
            number = self.remember(value)
            pairs = [self.items(pair) for pair in value.items()]
            return ["dd", number, self.write(value.default_factory), pairs]
        if kind is set:
            return ["s", self.remember(value), self.items(list(value))]
        if kind is frozenset:
            return ["fs", self.items(list(value))]
        if kind is bytes:
            return ["b", value.hex()]
        if kind is bytearray:
            return ["ba", self.remember(value), bytes(value).hex()]
        if kind is complex:
            return ["c", value.real, value.imag]
        if kind is types.MappingProxyType:
            return ["proxy", [self.items(pair) for pair in value.items()]]
        if kind in _VIEWS:
            return ["view", _VIEWS[kind], [self.items(pair) for pair in _viewed(value)]]
        return self._odd_builtin(kind, value)

    def _odd_builtin(self, kind, value):
        if kind is range or kind is slice:
            return [kind.__name__, self.items((value.start, value.stop, value.step))]
        if value is Ellipsis or value is NotImplemented:
            return ["named", "builtins", "Ellipsis" if value is Ellipsis else "NotImplemented"]
        if kind is decimal.Decimal:
            return ["decimal", str(value)]
        if kind is fractions.Fraction:
            return ["fraction", self.items((value.numerator, value.denominator))]
        if kind in (datetime.datetime, datetime.date, datetime.time) and not getattr(
            value, "tzinfo", None
        ):
            return ["moment", kind.__name__, self.items(_moment(kind, value))]
        if kind is datetime.timedelta:
            return ["moment", "timedelta", [value.days, value.seconds, value.microseconds]]
        if kind is _PATTERN:
            return ["pattern", self.write(value.pattern), value.flags]
        if kind is _MATCHED:
            start, end = value.span()
            parts = (value.re, value.string, value.pos, value.endpos, start, end)
            return ["match", self.items(parts)]
        if callable(value) or isinstance(value, types.ModuleType):
            name = public_name(value)
            return None if name is None else ["named", *name]
        if isinstance(value, BaseException):
            return write_error(self, value)
        if hasattr(kind, "__next__") and hasattr(kind, "__iter__"):
            flavour = "generator" if kind is types.GeneratorType else kind.__name__
            return ["it", self.keep(value), flavour]
        return None

    def _subclass(self, kind, value):
        """Of a class of the untrusted code only what the base class holds, read by its methods."""
        for base in _BASES:
            if not isinstance(value, base):
                continue
            if base is tuple and isinstance(getattr(kind, "_fields", None), tuple):
                fields = [str(field) for field in kind._fields]
                return ["nt", kind.__name__, fields, self.items(list(tuple.__iter__(value)))]
            if base in (tuple, list, set, frozenset):
                return self.write(base(base.__iter__(value)))
            if base is dict:
                return self.write(dict(dict.items(value)))
            if base is str:
                return "".join(str.__iter__(value))
            if base in (bytes, bytearray):
                return self.write(base(base.__iter__(value)))
            if base is int:
                return self.write(int.__add__(value, 0))
            if base is float:
                return self.write(float.__float__(value))
            return self.write(complex.__add__(value, 0j))
        return None


def _has(kind, name):
    """Whether instances have it: `hasattr(kind, "__call__")` is true of every class."""
    return any(name in vars(base) for base in kind.__mro__)


def write_error(writer, error):
    """An exception by its most special class that both sides know."""
    for kind in type(error).__mro__:
        name = public_name(kind)
        if name is not None and issubclass(kind, BaseException):
            break
    try:
        text = str(error)
    except Exception:
        text = "<unprintable>"
    args = []
    for arg in error.args[:8]:
        simple = isinstance(arg, (str, bool, int, float, type(None)))
        args.append(writer.write(arg) if simple else repr(arg)[:200])
    return ["error", list(name), args, text[:4000], type(error).__name__]


def _viewed(view):
    if isinstance(view, type({}.items())):
        return list(view)
    return (
        [(item, None) for item in view]
        if type(view) is type({}.keys())
        else [(number, item) for number, item in enumerate(view)]
    )


def _moment(kind, value):
    parts = []
    if kind is not datetime.time:
        parts += [value.year, value.month, value.day]
    if kind is not datetime.date:
        parts += [value.hour, value.minute, value.second, value.microsecond]
    return parts

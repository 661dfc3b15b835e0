"""Values built from JSON; nothing that the sender chose is called."""

import collections
import datetime
import decimal
import fractions
import re
import types

from recode_crossing.named import Unreadable, find_named
from recode_crossing.reading_libraries import LibraryReading
from recode_crossing.writing import MANY, NUMBER_CODES, PLAIN

_compile = re.compile
_PATTERN = type(_compile(""))


class Reader(LibraryReading):
    """Reads the values of one message.

    Args:
        libraries: see there.
        blobs: bytes that came with it.
        stand_in: (form, number, name, protocols) of what stayed there to what stands for it here.
        arguments: numbered objects that `["arg", n]` means.
        trusting: whether the sender may name functions to be called here.
    """

    def __init__(self, libraries, blobs, stand_in, arguments=(), trusting=False):
        self.libraries = libraries
        self.blobs = blobs
        self.stand_in = stand_in
        self.arguments = arguments
        self.trusting = trusting
        self.mutable = {}
        self.blob_of = {}
        """The blob that an array's memory is, by the array's number."""

    def content(self, target, written):
        """What a mutable object is to hold, as `Writer.content` says it."""
        if isinstance(target, dict):
            return {self.read(key): self.read(value) for key, value in written}
        if isinstance(target, set):
            return set(self.items(written))
        if isinstance(target, bytearray):
            return bytearray.fromhex(written)
        if hasattr(target, "_update_inplace"):
            return self.table(written)
        if hasattr(target, "resize_"):
            return self.tensor(written)
        return self.array(written) if hasattr(target, "shape") else self.items(written)

    def read(self, written):
        """The value; raises Unreadable, or what building it raises."""
        if not isinstance(written, list):
            if isinstance(written, dict):
                raise Unreadable("no value")
            return written
        form = "read_" + str(written[0]) if written else ""
        reader = getattr(self, form, None)
        if reader is None:
            raise Unreadable("no such form: %r" % (written[:1],))
        return reader(*written[1:])

    def items(self, written):
        """Each of them read."""
        if isinstance(written, dict):
            ((code, place),) = written.items()
            if code not in NUMBER_CODES.values():
                raise Unreadable("no such numbers: %r" % code)
            return memoryview(self.blobs[place]).cast(code).tolist()
        if len(written) >= MANY and set(map(type, written)) <= PLAIN:
            return written
        return [self.read(each) for each in written]

    def _made(self, number, value):
        self.mutable[number] = value
        return value

    def read_i(self, digits):
        """An integer of many digits."""
        return int(digits, 16)

    def read_arg(self, number):
        """An argument of the call that this message answers."""
        return self.arguments[number]

    def read_ref(self, number):
        """Something met before in this message."""
        return self.mutable[number]

    def read_t(self, items):
        """A tuple."""
        return tuple(self.items(items))

    def read_nt(self, name, fields, items):
        """A named tuple."""
        return collections.namedtuple(str(name), fields)(*self.items(items))

    def read_l(self, number, items):
        """A list."""
        made = self._made(number, [])
        made.extend(self.items(items))
        return made

    def read_q(self, number, items):
        """A deque."""
        made = self._made(number, collections.deque())
        made.extend(self.items(items))
        return made

    def read_d(self, number, name, pairs):
        """A dict, an OrderedDict or a Counter."""
        kinds = {"OrderedDict": collections.OrderedDict, "Counter": collections.Counter}
        made = self._made(number, kinds.get(name, dict)())
        for key, value in pairs:
            made[self.read(key)] = self.read(value)
        return made

    def read_dd(self, number, factory, pairs):
        """A defaultdict."""
        made = self._made(number, collections.defaultdict(self.read(factory)))
        for key, value in pairs:
            made[self.read(key)] = self.read(value)
        return made

    def read_s(self, number, items):
        """A set."""
        made = self._made(number, set())
        made.update(self.items(items))
        return made

    def read_fs(self, items):
        """A frozenset."""
        return frozenset(self.items(items))

    def read_b(self, digits):
        """Bytes."""
        return bytes.fromhex(digits)

    def read_ba(self, number, digits):
        """A bytearray."""
        return self._made(number, bytearray.fromhex(digits))

    def read_c(self, real, imag):
        """A complex number."""
        return complex(real, imag)

    def read_view(self, which, pairs):
        """A view of a dict."""
        viewed = {self.read(key): self.read(value) for key, value in pairs}
        return {"keys": viewed.keys, "values": viewed.values, "items": viewed.items}[which]()

    def read_proxy(self, pairs):
        """A read-only view of a mapping."""
        return types.MappingProxyType({self.read(key): self.read(value) for key, value in pairs})

    def read_range(self, parts):
        """A range."""
        return range(*self.items(parts))

    def read_slice(self, parts):
        """A slice."""
        return slice(*self.items(parts))

    def read_decimal(self, text):
        """A decimal number."""
        return decimal.Decimal(text)

    def read_fraction(self, parts):
        """A fraction."""
        return fractions.Fraction(*self.items(parts))

    def read_moment(self, name, parts):
        """A date, a time, both, or the time between two."""
        kinds = ("datetime", "date", "time", "timedelta")
        if name not in kinds:
            raise Unreadable("no moment: %s" % name)
        return getattr(datetime, name)(*self.items(parts))

    def read_pattern(self, pattern, flags):
        """A compiled pattern."""
        return _compile(self.read(pattern), flags)

    def read_match(self, parts):
        """A match, found again."""
        pattern, string, pos, endpos, start, end = self.items(parts)
        if not isinstance(pattern, _PATTERN):
            raise Unreadable("no pattern")
        for found in (
            pattern.search(string, pos, endpos),
            pattern.match(string, start, endpos),
            pattern.fullmatch(string, start, end),
        ):
            if found is not None and found.span() == (start, end):
                return found
        raise Unreadable("such a match is not found")

    def read_named(self, module, name):
        """A class, or, from a sender that is trusted, any named thing."""
        found = find_named(module, name)
        constants = found is Ellipsis or found is NotImplemented
        if self.trusting or isinstance(found, type) or constants:
            return found
        if self.libraries.numpy is not None and isinstance(found, self.libraries.numpy.ufunc):
            return found
        return self.stand_in("object", [module, name], name, "c")

    def read_error(self, name, args, text, shown):
        """An exception; one of a class of the untrusted code has its nearest known base."""
        kind = find_named(*name)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise Unreadable("no exception: %s" % name)
        try:
            error = kind(*self.items(args))
        except Exception:
            error = kind.__new__(kind)
            error.args = (text,)
        error.crossed_as = shown
        return error

    def read_it(self, number, flavour):
        """An iterator, which asks for each item."""
        return self.stand_in("iterator", number, flavour, "")

    def read_at_home(self, number, name, can):
        """Something of no known type."""
        return self.stand_in("object", number, name, can)

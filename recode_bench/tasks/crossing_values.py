"""Values that cross between the process that judges and the process that runs untrusted code.

Runs inside an environment's interpreter (Python 3.7 and later), standard library only. A value is
written as JSON, with the bytes of arrays beside it as blobs; reading builds plain values of known
types and never calls anything that the sender chose, so that neither pickles nor the classes of
the untrusted code get into the process that judges. What is of no known type stays where it is,
and a stand-in on the other side asks for its attributes, items and calls. A stand-in takes no part
in comparisons: an `__eq__` that always says yes is never asked.

JSON's own null, true, numbers and text stand for themselves; everything else is a list whose first
item names the form. Containers, arrays and arguments keep their identity within a message.
"""

import array
import ast
import collections
import datetime
import decimal
import fractions
import itertools
import re
import sys
import types

BIG_INT = 1 << 60
MANY = 16
PLAIN = {str, float, bool, type(None)}
NUMBER_CODES = {float: "d", int: "q"}
DEPTH = 200
PROTOCOLS = (("c", "__call__"), ("l", "__len__"), ("g", "__getitem__"), ("i", "__iter__"))
"""What a stand-in can be asked for beside attributes, by the flags that it comes with."""
_compile = re.compile
_chain = itertools.chain
_BASES = (str, bytes, bytearray, int, float, complex, tuple, list, dict, frozenset, set)
_MATCHED = type(_compile("").match(""))
_PATTERN = type(_compile(""))
_VIEWS = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}


class Unreadable(Exception):
    """What came over is no value."""


class Libraries:
    """Functions of libraries as they were before any update was put in place."""

    def __init__(self):
        self.numpy = sys.modules.get("numpy")
        self.sympy = sys.modules.get("sympy")
        self.torch = sys.modules.get("torch")
        self.pandas = sys.modules.get("pandas")
        numpy = self.numpy
        if numpy is not None:
            self.array_type = numpy.ndarray
            self.scalar_type = numpy.generic
            self.dtype = numpy.dtype
            self.frombuffer = numpy.frombuffer
            self.ascontiguousarray = numpy.ascontiguousarray
            self.empty = numpy.empty
            self.masked = numpy.ma.MaskedArray
            self.descr = getattr(numpy.lib.format, "dtype_to_descr", None)
        if self.torch is not None:
            self.tensor_type = self.torch.Tensor
            self.from_numpy = self.torch.from_numpy
            self.parameter_type = self.torch.nn.Parameter
            self.torch_types = {
                str(value): value
                for value in vars(self.torch).values()
                if isinstance(value, self.torch.dtype)
            }


class Writer:
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
                    return {code: self.blob(array.array(code, values).tobytes())}
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
        if kind is dict or isinstance(value, dict):
            return [self.items(pair) for pair in dict.items(value)]
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

    def _of_library(self, kind, value):
        libraries = self.libraries
        if libraries.numpy is not None:
            if isinstance(value, libraries.array_type):
                number = self.remember(value)
                return ["nd", number, self._array(value)]
            if isinstance(value, libraries.scalar_type):
                if value.dtype.kind == "O":
                    return None
                return ["ns", self._dtype(value.dtype), value.tobytes().hex()]
            if isinstance(value, libraries.dtype):
                return ["dtype", self._dtype(value)]
            if isinstance(value, libraries.numpy.ufunc):
                return ["named", "numpy", value.__name__]
        if libraries.torch is not None:
            if isinstance(value, libraries.tensor_type):
                return ["tensor", self.remember(value), self._tensor(value)]
            if kind in (libraries.torch.dtype, libraries.torch.Size):
                tag = "tdtype" if kind is libraries.torch.dtype else "tsize"
                return [tag, str(value) if tag == "tdtype" else self.items(tuple(value))]
        if libraries.sympy is not None and kind.__module__.partition(".")[0] == "sympy":
            return self._sympy(value)
        if libraries.pandas is not None and kind.__module__.partition(".")[0] == "pandas":
            return self._pandas(kind, value)
        return None

    def _array(self, value):
        libraries, flavour = self.libraries, "array"
        mask = None
        if isinstance(value, libraries.masked):
            flavour, mask = "masked", self.write(libraries.numpy.ma.getmaskarray(value))
            value = value.data
        elif type(value).__name__ == "matrix":
            flavour = "matrix"
        order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        if value.dtype.hasobject:
            if value.dtype.kind != "O":
                raise ValueError("an array of records with objects cannot cross")
            items = [self.write(item) for item in libraries.array_type.ravel(value).tolist()]
            return [flavour, "O", list(value.shape), order, items, mask]
        plain = value.T if order == "F" else value
        plain = libraries.ascontiguousarray(plain).view(libraries.array_type)
        content = memoryview(plain.reshape(-1).view("u1")) if plain.nbytes else b""
        return [
            flavour,
            self._dtype(value.dtype),
            list(value.shape),
            order,
            self.blob(content),
            mask,
        ]

    def _dtype(self, dtype):
        return repr(self.libraries.descr(dtype)) if dtype.names else dtype.str

    def _tensor(self, value):
        plain = value.detach().cpu()
        kind = str(plain.dtype)
        if kind == "torch.bfloat16":
            plain = plain.float()
        parameter = isinstance(value, self.libraries.parameter_type)
        array = self._array(plain.resolve_conj().resolve_neg().numpy())
        return [array, kind, bool(value.requires_grad), parameter]

    def _sympy(self, value):
        """A tree of heads and arguments; atoms by what makes them up."""
        sympy = self.libraries.sympy
        if isinstance(value, sympy.MatrixBase):
            cells = self.items([value[i, j] for i in range(value.rows) for j in range(value.cols)])
            return ["symat", type(value).__name__, value.rows, value.cols, cells]
        if not isinstance(value, sympy.Basic):
            return None
        name = type(value).__name__
        if isinstance(value, sympy.Symbol):
            dummy = value.dummy_index if isinstance(value, sympy.Dummy) else None
            assumptions = (
                sorted(value._assumptions_orig.items())
                if hasattr(value, "_assumptions_orig")
                else sorted((k, v) for k, v in value.assumptions0.items() if v is not None)
            )
            return ["sysym", name, value.name, [list(each) for each in assumptions], dummy]
        if isinstance(value, sympy.Integer):
            return ["syint", self.write(int(value))]
        if isinstance(value, sympy.Rational):
            return ["syrat", self.write(int(value.p)), self.write(int(value.q))]
        if isinstance(value, sympy.Float):
            return ["syfloat", [self.write(int(part)) for part in value._mpf_], value._prec]
        if not value.args:
            return ["syatom", type(value).__module__, name]
        if isinstance(value, sympy.core.function.AppliedUndef):
            return ["syundef", str(value.func), self.items(value.args)]
        return ["sy", type(value).__module__, type(value).__qualname__, self.items(value.args)]

    def _pandas(self, kind, value):
        pandas = self.libraries.pandas
        if kind is pandas.DataFrame or kind is pandas.Series:
            return ["table", self.remember(value), self._table(value)]
        if isinstance(value, pandas.MultiIndex):
            return ["multiindex", self.items(list(value)), self.items(list(value.names))]
        if kind is pandas.RangeIndex:
            return ["rangeindex", self.items((value.start, value.stop, value.step, value.name))]
        if isinstance(value, pandas.Index):
            return ["index", self.write(value.array), self.write(value.name)]
        if isinstance(value, pandas.api.extensions.ExtensionArray):
            if type(value).__name__ in ("NumpyExtensionArray", "PandasArray"):
                return self.write(value.to_numpy())
            return ["pdarray", str(value.dtype), self.write(value.to_numpy(dtype=object))]
        if kind is pandas.Timestamp or kind is pandas.Timedelta:
            return ["pdmoment", kind.__name__, str(value)]
        if value is pandas.NaT or value is pandas.NA:
            return ["pdnone", "NaT" if value is pandas.NaT else "NA"]
        return None

    def _table(self, value):
        if isinstance(value, self.libraries.pandas.Series):
            return ["series", self.items((value.array, value.index, value.name))]
        columns = [value.iloc[:, place].array for place in range(value.shape[1])]
        return ["frame", self.items((value.index, value.columns, *columns))]

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


def public_name(value):
    """(module, dotted name) under which the very object is found; None where it is not."""
    if isinstance(value, types.ModuleType):
        return (value.__name__, "") if sys.modules.get(value.__name__) is value else None
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if module is None and getattr(value, "__self__", None) is not None:
        module = getattr(value.__self__, "__name__", None)
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    found = find_named(module, name)
    return (module, name) if found is value else None


def find_named(module, name):
    """What a loaded module has under a dotted name; None where there is no such thing."""
    found = sys.modules.get(module)
    for part in name.split(".") if name else []:
        found = getattr(found, part, None)
    return found


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


class Reader:
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
            numbers = array.array(code)
            numbers.frombytes(self.blobs[place])
            return numbers.tolist()
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

    def _dtype_of(self, text):
        literal = text if text[:1] not in "[(" else ast.literal_eval(text)
        if isinstance(literal, list):
            literal = [tuple(field) for field in literal]
        return self.libraries.dtype(literal)

    def array(self, parts):
        """An array from what `Writer.content` says of it."""
        flavour, dtype, shape, order, content, mask = parts
        libraries = self.libraries
        shape = tuple(shape)
        if dtype == "O":
            made = libraries.empty(len(content), dtype=object)
            made[:] = [None] * len(content)
            for place, item in enumerate(content):
                made[place] = self.read(item)
            made = made.reshape(shape)
        else:
            raw = libraries.frombuffer(self.blobs[content], dtype=self._dtype_of(dtype))
            made = raw.reshape(shape[::-1]).T if order == "F" else raw.reshape(shape)
        if flavour == "matrix":
            return made.view(libraries.numpy.matrix)
        if flavour == "masked":
            return libraries.masked(made, mask=self.read(mask))
        return made

    def read_nd(self, number, parts):
        """An array."""
        return self._made(number, self.array(parts))

    def read_ns(self, dtype, digits):
        """A scalar of NumPy."""
        return self.libraries.frombuffer(bytes.fromhex(digits), dtype=self._dtype_of(dtype))[0]

    def read_dtype(self, text):
        """A data type of NumPy."""
        return self._dtype_of(text)

    def tensor(self, parts):
        """A tensor from what `Writer.content` says of it."""
        array, kind, requires_grad, parameter = parts
        libraries = self.libraries
        made = libraries.from_numpy(self.array(array)).to(libraries.torch_types[kind])
        if parameter:
            return libraries.parameter_type(made, requires_grad=requires_grad)
        return made.requires_grad_() if requires_grad else made

    def read_tensor(self, number, parts):
        """A tensor."""
        return self._made(number, self.tensor(parts))

    def read_tdtype(self, name):
        """A data type of torch."""
        return self.libraries.torch_types[name]

    def read_tsize(self, parts):
        """A shape of torch."""
        return self.libraries.torch.Size(self.items(parts))

    def _sympy_class(self, module, name):
        found = find_named(module, name)
        basic = self.libraries.sympy.Basic
        if module.partition(".")[0] != "sympy" or not isinstance(found, type):
            raise Unreadable("no class of sympy: %s.%s" % (module, name))
        if not issubclass(found, basic):
            raise Unreadable("no expression: %s" % name)
        return found

    def read_sy(self, module, name, args):
        """An expression of sympy: arguments are expressions and never text, which it would run."""
        kind = self._sympy_class(module, name)
        values = self.items(args)
        sympy = self.libraries.sympy
        if not all(isinstance(value, (sympy.Basic, sympy.MatrixBase)) for value in values):
            raise Unreadable("an argument that is no expression")
        with sympy.evaluate(False):
            return kind(*values)

    def read_symat(self, name, rows, columns, cells):
        """A matrix of sympy."""
        values = self.items(cells)
        sympy = self.libraries.sympy
        if not all(isinstance(value, sympy.Basic) for value in values):
            raise Unreadable("a cell that is no expression")
        kind = sympy.ImmutableMatrix if name.startswith("Immutable") else sympy.Matrix
        return kind(rows, columns, values)

    def read_sysym(self, name, text, assumptions, dummy):
        """A symbol."""
        sympy = self.libraries.sympy
        known = {str(key): bool(value) for key, value in assumptions}
        if name == "Dummy":
            return sympy.Dummy(str(text), dummy_index=dummy, **known)
        return getattr(sympy, "Wild" if name == "Wild" else "Symbol")(str(text), **known)

    def read_syint(self, value):
        """An integer of sympy."""
        return self.libraries.sympy.Integer(int(self.read(value)))

    def read_syrat(self, above, below):
        """A ratio of sympy."""
        return self.libraries.sympy.Rational(int(self.read(above)), int(self.read(below)))

    def read_syfloat(self, parts, precision):
        """A floating-point number of sympy."""
        mpf = tuple(int(self.read(part)) for part in parts)
        return self.libraries.sympy.Float._new(mpf, int(precision))

    def read_syatom(self, module, name):
        """Something without arguments: pi, oo, true, an empty set."""
        return self._sympy_class(module, name)()

    def read_syundef(self, name, args):
        """An undefined function, applied."""
        values = self.items(args)
        if not all(isinstance(value, self.libraries.sympy.Basic) for value in values):
            raise Unreadable("an argument that is no expression")
        return self.libraries.sympy.Function(str(name))(*values)

    def table(self, parts):
        """A data frame or a series from what `Writer.content` says of it."""
        pandas = self.libraries.pandas
        kind, written = parts
        values = self.items(written)
        if kind == "series":
            return pandas.Series(values[0], index=values[1], name=values[2])
        frame = pandas.DataFrame(dict(enumerate(values[2:])), index=values[0])
        frame.columns = values[1]
        return frame

    def read_table(self, number, parts):
        """A data frame or a series."""
        return self._made(number, self.table(parts))

    def read_index(self, values, name):
        """An index."""
        return self.libraries.pandas.Index(self.read(values), name=self.read(name))

    def read_rangeindex(self, parts):
        """An index of consecutive numbers."""
        start, stop, step, name = self.items(parts)
        return self.libraries.pandas.RangeIndex(start, stop, step, name=name)

    def read_multiindex(self, keys, names):
        """An index of several levels."""
        return self.libraries.pandas.MultiIndex.from_tuples(
            self.items(keys), names=self.items(names)
        )

    def read_pdarray(self, dtype, values):
        """An array of a type of pandas' own."""
        return self.libraries.pandas.array(self.read(values), dtype=str(dtype))

    def read_pdmoment(self, name, text):
        """A moment of pandas."""
        kind = "Timestamp" if name == "Timestamp" else "Timedelta"
        return getattr(self.libraries.pandas, kind)(str(text))

    def read_pdnone(self, name):
        """What pandas has for nothing."""
        return self.libraries.pandas.NaT if name == "NaT" else self.libraries.pandas.NA


def update(target, value):
    """Make a mutable object hold what another one holds."""
    if isinstance(target, dict):
        target.clear()
        target.update(value)
    elif isinstance(target, set):
        target.clear()
        target.update(value)
    elif isinstance(target, collections.deque):
        target.clear()
        target.extend(value)
    elif hasattr(target, "_update_inplace"):
        target._update_inplace(value)
    elif hasattr(target, "resize_"):
        target.data.resize_(value.shape).copy_(value)
    elif isinstance(target, (list, bytearray)) or target.shape == value.shape:
        target[... if hasattr(target, "shape") else slice(None)] = value
    else:
        target.resize(value.shape, refcheck=False)
        target[...] = value


def iterator_of(flavour, items):
    """An iterator of that type over items; a generator where the type can hold no others."""
    if flavour == "map":
        return map(lambda item: item, items)
    if flavour == "filter":
        return filter(lambda item: True, items)
    if flavour == "chain":
        return _chain(items)
    return items

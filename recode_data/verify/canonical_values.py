"""Canonical form of values: what two versions of a library agree on, and never an address.

Sent as source into the sandbox (Python 3.7 to 3.14, standard library only); also importable, for
tests. Types of libraries are read by the files in `values/`. A value becomes a JSON list whose first element is its tag:

    ["n"] None, ["b", bool], ["i", "text"], ["f", "text"], ["c", "real", "imag"], ["s", text],
    ["y", hex], ["l", [...]], ["u", [...]] tuple, ["S", [...]] set, ["d", [[key, value], ...]],
    ["a", kind, shape, [flat values]] array, ["m", ...] masked array, ["df", columns, index, values],
    ["o", type name, [[attribute, value], ...]] other objects by their public attributes,
    ["dt", text] dates and times, ["type", name], ["dtype", text], ["enum", name], ["x", type name]
    opaque: carries no information and is never compared, ["cut"] cut by a limit.

Numbers are text, so that JSON keeps every bit and has no NaN problem. Integers and floats stay
apart: a changed kind is a changed result. Floats are compared with a tolerance by the reader.
"""

import datetime
import re
import sys

DEPTH_LIMIT = 7
NODE_LIMIT = 4000
SAMPLE_ELEMENTS = 1000
TEXT_LIMIT = 20000

READERS = []  # type: ignore[var-annotated]  # no annotations: Python 3.7
"""Readers of libraries' types, in order: the `read` of each file in `values/`."""


class _Budget:
    def __init__(self):
        self.nodes = NODE_LIMIT


def canonical(value):
    """The canonical form of any value; never raises, never runs forever on cyclic data."""
    try:
        return _canonical(value, 0, _Budget(), ())
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:
        return ["x", "unreadable"]


def _canonical(value, depth, budget, parents):
    budget.nodes -= 1
    if budget.nodes < 0 or depth > DEPTH_LIMIT:
        return ["cut"]
    kind = type(value)
    scalar = _scalar(value, kind)
    if scalar is not None:
        return scalar
    if id(value) in parents:
        return ["cut"]
    parents = parents + (id(value),)

    def inner(item):
        return _canonical(item, depth + 1, budget, parents)

    for reader in [_container] + READERS + [_known, _plain_object]:
        found = reader(value, kind, inner)
        if found is not None:
            return found
    return ["x", kind.__name__]


def portable(text):
    """The text without what differs from run to run: where the environment lies, addresses."""
    if " at 0x" in text:
        text = re.sub(" at 0x[0-9a-fA-F]+", " at 0x0", text)
    for root in (sys.prefix, sys.base_prefix):
        if len(root) > len("/usr") and root in text:
            text = text.replace(root, "<environment>")
    return text


def _number(value):
    return repr(float(value))


def _scalar(value, kind):
    if value is None:
        return ["n"]
    if value is NotImplemented or value is Ellipsis:
        return ["s", repr(value)]
    if kind is bool:
        return ["b", value]
    if kind is int:
        return ["i", hex(value) if abs(value) > 10**300 else str(value)]
    if kind is float:
        return ["f", repr(value)]
    if kind is complex:
        return ["c", repr(value.real), repr(value.imag)]
    if kind is str:
        text = portable(value[:TEXT_LIMIT])
        return ["s", text.encode("utf-8", "backslashreplace").decode("utf-8")]
    if kind in (bytes, bytearray):
        return ["y", bytes(value[:TEXT_LIMIT]).hex()]
    return None


def _container(value, kind, inner):
    if kind is list or _name_of(kind) == "collections.deque":
        return ["l", [inner(item) for item in _head(value)]]
    if isinstance(value, tuple):
        return ["u", [inner(item) for item in _head(value)]]
    if kind in (set, frozenset):
        return ["S", sorted((inner(item) for item in _head(value)), key=repr)]
    if isinstance(value, dict):
        pairs = [[inner(key), inner(item)] for key, item in _head(value.items())]
        return ["d", sorted(pairs, key=repr)]
    if kind is range:
        return ["l", [["s", "range"], inner(value.start), inner(value.stop), inner(value.step)]]
    if kind is slice:
        return ["l", [["s", "slice"], inner(value.start), inner(value.stop), inner(value.step)]]
    if isinstance(value, (type({}.keys()), type({}.values()), type({}.items()))):
        return ["l", [inner(item) for item in _head(list(value))]]
    return None


def _head(items):
    out = []
    for item in items:
        if len(out) >= SAMPLE_ELEMENTS:
            break
        out.append(item)
    return out


def _name_of(kind):
    return "%s.%s" % (getattr(kind, "__module__", ""), getattr(kind, "__qualname__", kind.__name__))


def _known(value, kind, inner):
    import decimal
    import enum
    import fractions
    import pathlib

    if isinstance(value, enum.Enum):
        return ["enum", "%s.%s" % (kind.__name__, value.name)]
    if isinstance(value, bool):
        return ["b", bool(value)]
    if isinstance(value, int):
        return ["i", str(int(value))]
    if isinstance(value, float):
        return ["f", _number(value)]
    if isinstance(value, str):
        return ["s", portable(str.__str__(value)[:TEXT_LIMIT])]
    if isinstance(value, (bytes, bytearray)):
        return ["y", bytes(value[:TEXT_LIMIT]).hex()]
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo)):
        return ["dt", str(value)]
    if isinstance(value, (decimal.Decimal, fractions.Fraction, pathlib.PurePath)):
        return ["s", portable(str(value))]
    if isinstance(value, memoryview):
        return ["y", value.tobytes()[:TEXT_LIMIT].hex()]
    if isinstance(value, BaseException):
        return ["o", kind.__name__, [["args", inner(value.args)]]]
    if isinstance(value, type(re.compile(""))):
        return ["s", value.pattern if isinstance(value.pattern, str) else repr(value.pattern)]
    if isinstance(value, list):
        return ["l", [inner(item) for item in _head(value)]]
    if isinstance(value, (set, frozenset)):
        return ["S", sorted((inner(item) for item in _head(value)), key=repr)]
    if isinstance(value, type):
        return ["type", value.__name__]
    return None


def _plain_object(value, kind, inner):
    """Public attributes of instances; callables, modules, iterators and handles stay opaque."""
    if callable(value) or kind.__name__ == "module" or hasattr(kind, "__next__"):
        return None
    attributes = {}
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict):
        attributes.update(own)
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, name):
                attributes[name] = getattr(value, name)
    public = sorted(name for name in attributes if isinstance(name, str) and name[:1] != "_")
    if not public:
        return None
    return ["o", kind.__name__, [[name, inner(attributes[name])] for name in public[:60]]]

"""Compare what two runs of a snippet observed, outside the process that ran it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from recode_data.records import JsonValue
from recode_data.verify.observed import Observed

RELATIVE_TOLERANCE = 1e-6
ABSOLUTE_TOLERANCE = 1e-9
"""Two releases of a numeric library may sum in another order; a wrong migration is off by more."""

UNCOMPARABLE = frozenset({"x", "cut"})
"""Tags of canonical values that carry no information."""

FITTED = "fitted "
"""What the reader of estimators writes before the name of what fitting left."""

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def same_value(left: JsonValue, right: JsonValue) -> bool:
    """Whether two canonical values are equal, floats within tolerance.

    Opaque values are equal to anything: they prove nothing either way.
    """
    if not isinstance(left, list) or not isinstance(right, list) or not left or not right:
        return left == right
    tag = left[0]
    if tag in UNCOMPARABLE or right[0] in UNCOMPARABLE:
        return True
    if tag != right[0]:
        return False
    if tag in ("f", "c"):
        return len(left) == len(right) and all(map(_same_float, left[1:], right[1:]))
    if tag == "a":
        return _same_array(left, right)
    if tag == "s":
        return _same_text(left[1], right[1])
    if tag == "o":
        return _same_object(left, right)
    return len(left) == len(right) and all(map(_same_part, left[1:], right[1:]))


def _same_part(left: JsonValue, right: JsonValue) -> bool:
    """Parts of a container: nested canonical values, or lists and pairs of them."""
    if not isinstance(left, list) or not isinstance(right, list):
        return left == right
    if left and isinstance(left[0], str) and right and isinstance(right[0], str):
        return same_value(left, right)
    return len(left) == len(right) and all(map(_same_part, left, right))


def _same_float(left: JsonValue, right: JsonValue) -> bool:
    if left == right:
        return True
    a, b = float(str(left)), float(str(right))
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE)


def _same_array(left: list[JsonValue], right: list[JsonValue]) -> bool:
    if left[1:3] != right[1:3] or left[4:] != right[4:]:  # kind, shape; field names
        return False
    ours, theirs = left[3], right[3]
    if not isinstance(ours, list) or not isinstance(theirs, list) or len(ours) != len(theirs):
        return False
    same: Callable[[JsonValue, JsonValue], bool]
    if left[1] == "f":
        same = _same_float
    elif left[1] == "c":
        same = _same_complex
    elif left[1] in ("O", "V"):
        same = same_value
    else:
        return ours == theirs
    return all(map(same, ours, theirs))


def _same_complex(left: JsonValue, right: JsonValue) -> bool:
    if not isinstance(left, list) or not isinstance(right, list):
        return left == right
    return all(map(_same_float, left, right))


def _same_text(left: JsonValue, right: JsonValue) -> bool:
    return left == right or _ADDRESS.sub("0x", str(left)) == _ADDRESS.sub("0x", str(right))


def _same_object(left: list[JsonValue], right: list[JsonValue]) -> bool:
    """Objects known only by their attributes: compare those that both versions have.

    A library may add or drop attributes freely, and rename the class; that alone is no difference.
    """
    ours, theirs = _attributes(left), _attributes(right)
    return all(same_value(ours[name], theirs[name]) for name in ours.keys() & theirs.keys())


def _attributes(value: list[JsonValue]) -> dict[str, JsonValue]:
    pairs = value[2] if len(value) > 2 and isinstance(value[2], list) else []
    return {str(pair[0]): pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2}


def results_only(value: JsonValue) -> JsonValue:
    """The value with fitted estimators known by what fitting left in them alone.

    A parameter that has another default, or that is new, is no other result of the fit.
    """
    if not isinstance(value, list):
        return value
    if len(value) == 3 and value[0] == "o":
        fitted = {name: part for name, part in _attributes(value).items() if _is_fitted(name)}
        if fitted:
            return [*value[:2], [[name, results_only(part)] for name, part in fitted.items()]]
    return [results_only(part) for part in value]


def _is_fitted(name: str) -> bool:
    """Whether an attribute of a canonical object is what fitting left there."""
    return name.startswith(FITTED)


def is_informative(value: JsonValue) -> bool:
    """Whether a canonical value could tell a right result from a wrong one."""
    if not isinstance(value, list) or not value:
        return False
    tag = value[0]
    if tag in UNCOMPARABLE or tag in ("n", "type"):
        return False
    if tag == "o":
        return any(is_informative(item) for item in _attributes(value).values())
    if tag in ("l", "u", "S", "d"):
        items = value[1] if len(value) > 1 and isinstance(value[1], list) else []
        if not items:
            return True
        parts = [item if tag == "d" and isinstance(item, list) else [item] for item in items]
        return any(is_informative(part) for several in parts for part in several)
    return True


def is_telling(value: JsonValue) -> bool:
    """Whether a value proves something: an empty result is what many functions give for nothing."""
    return is_informative(value) and not _is_empty(value)


def _is_empty(value: JsonValue) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    if value[0] == "a":
        return len(value) > 3 and not value[3]
    return value[0] in ("l", "u", "S", "d", "s", "y") and not value[1]


def conceals(expected: JsonValue, actual: JsonValue) -> bool:
    """Whether `actual` shows nothing where `expected` has a value that tells right from wrong.

    `same_value` lets opaque values pass, which prove nothing; but an iterator, a list that holds
    itself or an object without attributes must not pass for whatever was to be computed.
    """
    if not isinstance(expected, list) or not isinstance(actual, list) or not expected or not actual:
        return False
    if not isinstance(expected[0], str) or not isinstance(actual[0], str):
        return any(map(conceals, expected, actual))  # lists and pairs of canonical values
    if not is_informative(expected):
        return False
    if actual[0] in UNCOMPARABLE:
        return True
    if expected[0] != actual[0]:
        return False
    if expected[0] == "o":
        ours, theirs = _attributes(expected), _attributes(actual)
        shared = [name for name in ours.keys() & theirs.keys() if is_informative(ours[name])]
        return not shared or any(conceals(ours[name], theirs[name]) for name in shared)
    return any(map(conceals, expected[1:], actual[1:]))


def differences(expected: Observed, actual: Observed) -> Iterator[str]:
    """What of `expected` does not hold in `actual`, in words; nothing: they agree.

    Shown and printed values must be the same sequence (a value shown equals the same value
    printed alone); every expected name must be bound to an equal value; further names are free.
    Where a value was expected, an opaque one is a difference.
    """
    if len(expected.events) != len(actual.events):
        yield (f"shows {len(actual.events)} values, expected {len(expected.events)}")
    for position, (left, right) in enumerate(zip(expected.events, actual.events, strict=False)):
        if not _same_event(left, right):
            yield f"output {position + 1} differs: {_excerpt(left)} became {_excerpt(right)}"
    theirs = dict(actual.names)
    for name, value in expected.names:
        if name not in theirs:
            yield f"name {name} is not bound"
        elif not same_value(value, theirs[name]) or conceals(value, theirs[name]):
            yield f"{name} differs: {_excerpt(value)} became {_excerpt(theirs[name])}"


def _same_event(left: JsonValue, right: JsonValue) -> bool:
    """Events are ["shown", value] or ["print", [values] | null, text]."""
    if not isinstance(left, list) or not isinstance(right, list):
        return left == right
    ours, theirs = _event_values(left), _event_values(right)
    if left[0] == "print" and right[0] == "print" and _same_text(left[2], right[2]):
        return True
    if ours is None or theirs is None:
        return False
    return _same_part(ours, theirs) and not conceals(ours, theirs)


def _event_values(event: list[JsonValue]) -> list[JsonValue] | None:
    if event[0] == "shown":
        return [event[1]]
    values = event[1]
    return values if isinstance(values, list) else None


def _excerpt(event_or_value: JsonValue) -> str:
    """The value as a person would write it, at most 120 characters."""
    value = event_or_value
    if isinstance(value, list) and value and value[0] == "print":
        text = str(value[2]).rstrip()
    elif isinstance(value, list) and value and value[0] == "shown":
        text = words(value[1])
    else:
        text = words(value)
    return text if len(text) <= 120 else text[:117] + "..."


def words(value: JsonValue) -> str:
    """A canonical value in Python's notation, for people; the form itself is what is compared."""
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        return str(value)
    tag, rest = value[0], value[1:]
    items = rest[0] if rest and isinstance(rest[0], list) else []
    if tag == "n":
        return "None"
    if tag == "s":
        return repr(rest[0])
    if tag == "c":
        return f"({rest[0]}+{rest[1]}j)"
    if tag == "y":
        return f"bytes.fromhex({rest[0]!r})"
    if tag in ("l", "u", "S"):
        opening, closing = {"l": ("[", "]"), "u": ("(", ")"), "S": ("{", "}")}[tag]
        return opening + ", ".join(words(item) for item in items) + closing
    if tag == "d":
        pairs = [item for item in items if isinstance(item, list) and len(item) == 2]
        return "{" + ", ".join(f"{words(pair[0])}: {words(pair[1])}" for pair in pairs) + "}"
    if tag == "a":
        elements = rest[2] if isinstance(rest[2], list) else []
        shown = ", ".join(words(item) for item in elements[:12])
        return f"array of kind {rest[0]}, shape {rest[1]}: [{shown}]"
    if tag == "x":
        return f"<{rest[0]}>"
    if tag == "o":
        return f"{rest[0]}({', '.join(f'{k}={words(v)}' for k, v in _attributes(value).items())})"
    return " ".join(words(item) for item in rest) if rest else tag

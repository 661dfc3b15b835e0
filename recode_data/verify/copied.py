"""Whether code that only writes down what is shown would still pass on other inputs.

Where a result is an input again (`np.asarray([1, 2])` shows `[1, 2]`), the written-down result is
a literal that is replaced like the input: such a variant tells nothing.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from recode_data.records import JsonValue
from recode_data.verify.compare import same_value
from recode_data.verify.literals import key_of
from recode_data.verify.observed import Observed


def is_copied(
    visible: Observed, expected: Observed, substitutions: tuple[tuple[str, str], ...]
) -> bool:
    """Whether each value that the other inputs give is what replacing gives of the one shown."""
    table = {
        key_of(ast.literal_eval(old)): key_of(ast.literal_eval(new)) for old, new in substitutions
    }
    return all(
        _is_same(shown, given, table)
        for shown, given in zip_longest(_values(visible), _values(expected))
    )


def _is_same(
    shown: JsonValue, given: JsonValue, table: Mapping[tuple[object, ...], object]
) -> bool:
    if shown is None or given is None:
        return False
    if same_value(shown, given):
        return True
    try:
        written, wanted = key_of(literal_of(shown)), key_of(literal_of(given))
    except (ValueError, TypeError, IndexError):
        return False
    return table.get(written, written) == wanted


def _values(observed: Observed) -> Iterator[JsonValue]:
    for event in observed.events:
        if isinstance(event, list):
            if event[0] == "shown":
                yield event[1]
            elif isinstance(event[1], list):
                yield from event[1]
            else:
                yield ["s", event[2]]
    for _, value in observed.names:
        yield value


def literal_of(value: JsonValue) -> object:
    """What one would write down for a canonical value; arrays as nested lists.

    Raises:
        ValueError: it has no literal.
    """
    if not isinstance(value, list) or not value:
        raise ValueError("no canonical value")
    tag, rest = value[0], value[1:]
    if tag == "n":
        return None
    if tag in ("b", "s"):
        return rest[0]
    if tag == "i":
        return int(str(rest[0]), 0)
    if tag == "f":
        return float(str(rest[0]))
    if tag in ("l", "u") and isinstance(rest[0], list):
        return [literal_of(item) for item in rest[0]]
    if tag == "d" and isinstance(rest[0], list):
        pairs = [item for item in rest[0] if isinstance(item, list)]
        return {literal_of(pair[0]): literal_of(pair[1]) for pair in pairs}
    if tag == "a" and isinstance(rest[1], list) and isinstance(rest[2], list):
        return _nested([_element(rest[0], item) for item in rest[2]], rest[1])
    raise ValueError(f"{tag} has no literal")


def _element(kind: JsonValue, item: JsonValue) -> object:
    if kind == "i":
        return int(str(item))
    if kind == "f":
        return float(str(item))
    if kind in ("b", "U"):
        return item
    raise ValueError(f"elements of kind {kind} have no literal")


def _nested(flat: list[object], shape: list[JsonValue]) -> object:
    lengths = [int(str(length)) for length in shape]
    if math.prod(lengths) != len(flat):
        raise ValueError("only a sample of the elements is known")
    if not shape:
        return flat[0]
    size = len(flat) // lengths[0] if lengths[0] else 0
    parts = [flat[start * size : (start + 1) * size] for start in range(lengths[0])]
    return [_nested(part, shape[1:]) for part in parts]

"""NumPy: arrays by shape, kind and elements; scalars as Python's; masked arrays; dtypes."""

import sys

SAMPLE_ELEMENTS = 1000
"""Of larger arrays, so many evenly spaced elements are compared."""


def read(value, kind, inner):
    """An array, a scalar, or a type of elements."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not hasattr(numpy, "ndarray"):
        return None
    if isinstance(value, numpy.generic):
        return _scalar(value, inner)
    if isinstance(value, numpy.dtype):
        return ["dtype", str(value)]
    if isinstance(value, type) and issubclass(value, numpy.generic):
        try:
            return ["dtype", str(numpy.dtype(value))]
        except Exception:
            return ["type", value.__name__]
    if not isinstance(value, numpy.ndarray):
        return None
    masked = getattr(getattr(numpy, "ma", None), "MaskedArray", None)
    if masked is not None and isinstance(value, masked):
        mask = numpy.ma.getmaskarray(value)
        return ["m", inner(numpy.asarray(mask)), inner(numpy.asarray(value.filled()))]
    return _plain(numpy.asarray(value), inner)


def _number(value):
    return repr(float(value))


def _scalar(value, inner):
    kind = value.dtype.kind
    if kind == "b":
        return ["b", bool(value)]
    if kind in "iu":
        return ["i", str(int(value))]
    if kind == "f":
        return ["f", _number(value)]
    if kind == "c":
        return ["c", _number(value.real), _number(value.imag)]
    if kind == "U":
        return ["s", str(value)]
    if kind == "S":
        return ["y", bytes(value).hex()]
    if kind in "mM":
        return ["dt", str(value)]
    return inner(value.item()) if kind == "V" else ["x", type(value).__name__]


def _plain(array, inner):
    flat = array.reshape(-1)
    count = int(flat.shape[0])
    if count > SAMPLE_ELEMENTS:  # evenly spaced, first and last included: same rule on both sides
        step = (count - 1) / (SAMPLE_ELEMENTS - 1)
        flat = flat[[round(index * step) for index in range(SAMPLE_ELEMENTS)]]
    kind = array.dtype.kind
    shape = [int(length) for length in array.shape]
    if kind == "b":
        values = [bool(item) for item in flat.tolist()]
    elif kind in "iu":
        values = [str(item) for item in flat.tolist()]
    elif kind == "f":
        values = [repr(float(item)) for item in flat.tolist()]
    elif kind == "c":
        values = [[repr(item.real), repr(item.imag)] for item in flat.astype(complex).tolist()]
    elif kind == "U":
        values = [str(item) for item in flat.tolist()]
    elif kind == "S":
        values = [bytes(item).hex() for item in flat.tolist()]
    elif kind in "mM":
        values = [str(item) for item in flat]
    else:
        values = [inner(item) for item in flat.tolist()]
    names = [str(name) for name in (array.dtype.names or ())]
    return ["a", "i" if kind == "u" else kind, shape, values] + ([names] if names else [])

"""SciPy: sparse matrices and arrays by shape and stored elements; fixed distributions stay opaque."""

import sys

DENSE_LIMIT = 20000
"""Up to so many elements a matrix is compared as a whole."""


def read(value, kind, inner):
    """A sparse matrix or array."""
    sparse = sys.modules.get("scipy.sparse")
    if sparse is None or not sparse.issparse(value):
        return None
    shape = [int(length) for length in value.shape]
    size = 1
    for length in shape:
        size *= length
    if size <= DENSE_LIMIT:
        return ["o", "sparse", [["shape", inner(shape)], ["values", inner(value.toarray())]]]
    entries = value.tocoo()
    parts = [["data", inner(entries.data)]]
    for name in ("row", "col"):
        parts.append([name, inner(getattr(entries, name))])
    return ["o", "sparse", [["shape", inner(shape)]] + parts]

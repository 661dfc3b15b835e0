"""SymPy: expressions and matrices by their structure, written out."""

import sys


def read(value, kind, inner):
    """An expression or a matrix."""
    sympy = sys.modules.get("sympy")
    if sympy is None or not hasattr(sympy, "Basic"):
        return None
    matrix = getattr(sympy, "MatrixBase", None) or getattr(
        sys.modules.get("sympy.matrices.matrices"), "MatrixBase", ()
    )
    if matrix and isinstance(value, matrix):
        return [
            "o",
            "Matrix",
            [["shape", inner(tuple(value.shape))], ["items", inner(list(value))]],
        ]
    if isinstance(value, sympy.Basic) and not isinstance(value, type):
        return ["s", str(value)]
    return None

from __future__ import annotations

import pytest

from recode_data.rewrites.function_to_method import function_to_method

NP = "import numpy as np\n"


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        (NP + "np.ptp(x, axis=1)\n", "x.ptp(axis=1)\n"),
        (NP + "np.ptp(a + b)\n", "(a + b).ptp()\n"),
        (NP + "np.ptp(-x)\n", "(-x).ptp()\n"),
        (NP + "np.ptp(x[0])\n", "x[0].ptp()\n"),
        (NP + "np.ptp(np.ones(3), 0)\n", NP + "np.ones(3).ptp(0)\n"),
        ("from numpy import ptp\nptp(ptp(x))\n", "x.ptp().ptp()\n"),
        (NP + "np.ptp(\n    x,\n    axis=1,\n)\n", "x.ptp(\n    axis=1,\n)\n"),
    ],
    ids=["name", "sum", "sign", "item", "call", "nested", "layout"],
)
def test_first_argument_is_the_receiver(code: str, expect: str) -> None:
    assert function_to_method(code, "numpy.ptp", "ptp") == expect


@pytest.mark.parametrize(
    "call",
    ["np.ptp([1, 2])", "np.ptp('a')", "np.ptp(*x)", "np.ptp(a=x)", "np.ptp()", "f = np.ptp", "np.ptp(x); map(np.ptp, y)", "np.sum(x)"],
    ids=["list", "text", "unpacked", "keyword", "nothing", "not-called", "one-not-called", "another"],
)  # fmt: skip
def test_does_not_apply(call: str) -> None:
    assert function_to_method(f"{NP}{call}\n", "numpy.ptp", "ptp") is None

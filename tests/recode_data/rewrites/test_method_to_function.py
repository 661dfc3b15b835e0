from __future__ import annotations

import pytest

from recode_data.rewrites.method_to_function import method_to_function

NP = "import numpy as np\n"


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        (NP + "x.ptp(axis=1)\n", NP + "np.ptp(x, axis=1)\n"),
        ("x.ptp()\n", NP + "\nnp.ptp(x)\n"),
        (NP + "(a + b).ptp()\n", NP + "np.ptp(a + b)\n"),
        (NP + "(1, 2).ptp()\n", NP + "np.ptp((1, 2))\n"),
        (NP + "(y for y in x).ptp(1)\n", NP + "np.ptp((y for y in x), 1)\n"),
        (NP + "x.ptp().ptp()\n", NP + "np.ptp(np.ptp(x))\n"),
        (NP + "x.ptp(*a, **b)\n", NP + "np.ptp(x, *a, **b)\n"),
        (NP + "(x\n  ).ptp()\n", NP + "np.ptp((x\n  ))\n"),
        ("from numpy import ptp\nx.ptp()\n", "from numpy import ptp\nptp(x)\n"),
    ],
    ids=["arguments", "import", "sum", "tuple", "generator", "chain", "unpacked", "lines", "imported"],
)  # fmt: skip
def test_receiver_is_the_first_argument(code: str, expect: str) -> None:
    assert method_to_function(code, "ptp", "numpy.ptp") == expect


@pytest.mark.parametrize(
    "code",
    ["np = 1\nx.ptp()\n", "f = x.ptp\n", "x.ptp(); map(y.ptp, z)\n", NP + "np.ptp(x)\n", "ptp(x)\n", "x.ptp("],
    ids=["name-is-taken", "not-called", "one-not-called", "function", "name", "broken"],
)  # fmt: skip
def test_does_not_apply(code: str) -> None:
    assert method_to_function(code, "ptp", "numpy.ptp") is None


def test_builtins_need_no_import_and_may_be_taken() -> None:
    assert method_to_function("x.length()\n", "length", "builtins.len") == "len(x)\n"
    assert method_to_function("len = 3\nx.length()\n", "length", "builtins.len") is None

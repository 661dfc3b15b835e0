from __future__ import annotations

import pytest

from recode_data.rewrites.from_builtin import from_builtin

HEAD = "import numpy as np\n"


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        ("a = np.zeros(3, dtype=float)\n", "a = np.zeros(3, dtype=np.float)\n"),
        ("a = np.zeros(3, float)\n", "a = np.zeros(3, np.float)\n"),
        ("b = a.astype(float).sum()\n", "b = a.astype(np.float).sum()\n"),
        ("b = a.astype(float) + float(1)\n", "b = a.astype(np.float) + float(1)\n"),
        ("np.array(np.ones(2, float), float)\n", "np.array(np.ones(2, np.float), np.float)\n"),
    ],
)
def test_what_is_handed_over(code: str, expect: str) -> None:
    assert from_builtin(HEAD + code, "builtins.float", "numpy.float") == HEAD + expect


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np\nx = float(1)\n",
        "import numpy as np\nx = isinstance(1, float)\n",
        "import numpy as np\ndef f(x: float) -> float: ...\n",
        "import numpy as np\nx = np.sum(a, int)\n",
        "import numpy as np\nfloat = 1\nnp.sum(a, float)\n",
        "from numpy import zeros\nx = a.astype(float)\n",
        "import numpy as np\nx = np.zeros(float=(1, float)\n",
        "import numpy as np\nx = np.f(*float)\n",
    ],
)
def test_what_is_left(code: str) -> None:
    assert from_builtin(code, "builtins.float", "numpy.float") is None

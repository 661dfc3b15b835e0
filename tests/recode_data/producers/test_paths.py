from __future__ import annotations

import pytest

from recode_data.producers.paths import takes_up_private

OLD = "import toy\n\nx = toy.load(1)\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (OLD, "import toy\n\nx = toy._io.load(1)\n", True),
        (OLD, "from toy._io import load\n\nx = load(1)\n", True),
        (OLD, "import toy._io as io\n\nx = io.load(1)\n", True),
        ("import toy\nx = toy._io.load(1)\n", "import toy\ny = toy._io.load(1)\n", False),
        (OLD, "import toy\n\nx = toy.__version__\n", False),
        (OLD, "import toy\n\n_x = toy.read(1)\n", False),
        (OLD, "import toy\n\nx = toy.read(1)._rows\n", True),
        ("import toy\nx = toy.load(1)._rows\n", "import toy\nx = toy.read(1)._rows\n", False),
        (OLD, "import toy\n\nx = toy.read(1)._replace(a=2)\n", False),
    ],
    ids=[
        "attribute",
        "from",
        "module",
        "old did too",
        "dunder",
        "own name",
        "of a value",
        "of a value before",
        "of a named tuple",
    ],
)
def test_takes_up_private(old: str, new: str, expected: bool) -> None:
    assert takes_up_private(old, new) is expected

from __future__ import annotations

import pytest

from recode_data.producers.joining import collisions, joined, with_names

ONE = "import toy\nimport os\n\nx = toy.load(1)\ny = x\n"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (
            "import toy\n\n# again\nx = toy.read(2)\nprint(x, x.x, f(x=x))\n",
            "import toy\nimport os\n\nx = toy.load(1)\ny = x\n\n"
            "# again\nx_2 = toy.read(2)\nprint(x_2, x_2.x, f(x=x_2))\n",
        ),
        ("import toy as os\n\nz = os.read(2)\n", None),
        ("from toy import y\n\nz = y(2)\n", None),
        ("import toy\n\ntoy.a()\nimport re\nre.b()\n", None),
        ("from toy import *\n\nz = read(2)\n", None),
        ("import toy\n\nx = 1\ndef g(x):\n    return x\n", None),
        ("import toy\n\nx = 1\nz = f'{x}'\n", None),
        ("import toy\n\ndef x():\n    return 1\n", None),
        ("import toy\n", None),
        ("x = (\n", None),
    ],
    ids=[
        "names kept apart",
        "one name for two imports",
        "an import of a name bound here",
        "late import",
        "star import",
        "also a parameter",
        "in an f-string",
        "a function",
        "nothing but imports",
        "broken",
    ],
)
def test_joined(second: str, expected: str | None) -> None:
    renamed = collisions(ONE, second)
    assert (None if renamed is None else joined(ONE, second, renamed)) == expected


def test_nothing_to_rename() -> None:
    assert with_names("x = 1\n", {}) == "x = 1\n"
    assert collisions(ONE, "import toy\n\nz = 1\n") == {}


def test_new_names_are_free() -> None:
    assert collisions(ONE, "import toy\n\nx = 1\nx_2 = 2\n") == {"x": "x_3"}


def test_names_of_one_module_come_in_one_statement() -> None:
    first = "from toy import b, a\nimport os\n\nx = a(b, os)\n"
    second = "import os\nfrom toy import C as c, a\n\ny = a(c)\n"
    assert joined(first, second, {}) == (
        "from toy import a, b, C as c\nimport os\n\nx = a(b, os)\n\ny = a(c)\n"
    )

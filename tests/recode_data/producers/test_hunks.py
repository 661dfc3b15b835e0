from __future__ import annotations

import pytest

from recode_data.producers.hunks import least_edit
from tests.making import make_change

OLD = "import toy\n\na = 1\nx = toy.load(a)\ny = x + 1\n"


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            "import toy\n\na = 2\nx = toy.read(a)\ny = x + 2\n",
            "import toy\n\na = 1\nx = toy.read(a)\ny = x + 1\n",
        ),
        (
            "from toy import io\n\na = 2\nx = io.read(a)\ny = x + 1\n",
            "from toy import io\n\na = 1\nx = io.read(a)\ny = x + 1\n",
        ),
        (
            "import toy\n\na = 2\nraw = toy.read(a)\nx = raw.rows\nz = 0\n",
            None,
        ),
        ("import toy\n\na = 2\ny = 3\n", None),
        ("import toy\n\na = 1\nx = toy.read(a)\ny = x + 1\n", None),
        ("import toy\n\na = (\n", None),
    ],
    ids=[
        "other statements stay",
        "imports follow",
        "names of a changed neighbour",
        "a statement that is gone is no migration",
        "nothing else changed",
        "does not parse",
    ],
)
def test_least_edit(new: str, expected: str | None) -> None:
    assert least_edit(OLD, new, make_change()) == expected


def test_layout_and_comments_are_no_difference() -> None:
    new = "import toy\n\na = 1  # one\nx = toy.read( a )\ny = x+1\n"
    assert least_edit(OLD, new, make_change()) == OLD.replace("toy.load(a)", "toy.read( a )")


def test_builtin_needs_no_import() -> None:
    new = "import toy\n\na = 3\nx = list(toy.read(a))\ny = x + 1\n"
    assert least_edit(OLD, new, make_change()) == OLD.replace("toy.load(a)", "list(toy.read(a))")

from __future__ import annotations

import pytest

from tests.usage_sources import codes_in

SCRIPT = '''"""
Title
=====
"""
import toy
import math

# %%
# Read it.
a = 1
unused = 2
x = toy.load(a)

print(math.pi)

y = toy.read(x)
y.show()
'''


def test_paragraph_with_what_it_needs() -> None:
    assert codes_in("examples/plot.py", SCRIPT) == [
        "import toy\n\na = 1\nunused = 2\nx = toy.load(a)\n",
        "import toy\n\na = 1\nx = toy.load(a)\n\ny = toy.read(x)\ny.show()\n",
    ]


def test_only_paragraphs_of_interest() -> None:
    (code,) = codes_in("examples/plot.py", SCRIPT, "toy.read")
    assert code.endswith("y = toy.read(x)\ny.show()\n")


def test_statements_that_change_what_is_read_come_along() -> None:
    script = "import toy\n\nitems = []\n\nitems.append(1)\n\nother = []\n\nother.append(2)\n\ntoy.load(items)\n"
    assert codes_in("examples/a.py", script) == [
        "import toy\n\nitems = []\n\nitems.append(1)\n\ntoy.load(items)\n"
    ]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("examples/a.py", 1),
        ("doc/gallery/a/b.py", 1),
        ("tutorials/a.py", 1),
        ("scripts/a.py", 0),
        ("examples/a.txt", 0),
        ("third_party/examples/a.py", 0),
        ("examples/.hidden/a.py", 0),
    ],
)
def test_where_galleries_lie(name: str, count: int) -> None:
    assert len(codes_in(name, "import toy\n\ntoy.load(1)\n")) == count


def test_broken_script_has_none() -> None:
    assert codes_in("examples/a.py", "import toy\ntoy.load(\n") == []

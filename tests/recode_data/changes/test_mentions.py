from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.changes.mentions import count_mentions, uses_of
from tests.making import make_change


def test_calls_and_members_in_docs_examples_and_tests_count(tmp_path: Path) -> None:
    files = {
        "docs/guide.rst": "Call ``toy.load(x)`` or load(y); `loading` is no use.\n",
        "examples/plot.py": "import toy\ntoy.load(1).shape\n",
        "toy/tests/test_a.py": "toy.load(2)\n",
        "README.md": "`toy.load(3)`\n",
        "toy/core.py": "load(4)\n",
        "toy/notes.txt": "load(5)\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    found = count_mentions(tmp_path)
    assert (found["load"], found["shape"], found["loading"]) == (5, 1, 0)


@pytest.mark.parametrize(
    ("path", "uses"),
    [("toy.load", 7), ("toy.C.__init__", 2), ("toy.C.load", 7), ("toy.absent", 0)],
)
def test_uses_are_those_of_the_last_name(path: str, uses: int) -> None:
    assert uses_of(make_change(path), {"load": 7, "C": 2}) == uses

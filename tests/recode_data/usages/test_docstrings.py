from __future__ import annotations

import pytest

from tests.usage_sources import codes_in, usages_in


def docstring(text: str) -> list[str]:
    return codes_in("toy/a.py", f'def f():\n    """Do it.\n{text}\n    """\n')


@pytest.mark.parametrize(
    ("session", "expect"),
    [
        pytest.param(">>> import toy\n>>> x = toy.load(1)\n>>> x + 1\n3", ["import toy\n\nx = toy.load(1)\nx + 1\n"], id="one-paragraph"),
        pytest.param(">>> import toy\n>>> toy.load(1)\n1\n\nProse.\n\n>>> toy.read(2)\n2", ["import toy\n\ntoy.load(1)\n", "import toy\n\ntoy.read(2)\n"], id="paragraphs-apart"),
        pytest.param(">>> import toy\n>>> x = toy.load(1)\n\nProse.\n\n>>> toy.read(x)\n2", ["import toy\n\nx = toy.load(1)\n", "import toy\n\nx = toy.load(1)\n\ntoy.read(x)\n"], id="brings-what-it-needs"),
        pytest.param(">>> import toy\n>>> y = 5\n>>> z = toy.load(1)\n\n>>> toy.read(z)\n2", ["import toy\n\ny = 5\nz = toy.load(1)\n", "import toy\n\nz = toy.load(1)\n\ntoy.read(z)\n"], id="and-no-more"),
        pytest.param(">>> for i in [1]:\n...     toy.load(i)\n1", ["import toy\n\nfor i in [1]:\n    toy.load(i)\n"], id="several-lines"),
        pytest.param(">>> load(np.pi)\n3", ["import numpy as np\nfrom toy import load\n\nload(np.pi)\n"], id="imports-that-documentation-leaves-out"),
        pytest.param(">>> toy.load(1)  # doctest: +ELLIPSIS\n1", ["import toy\n\ntoy.load(1)\n"], id="option"),
        pytest.param("In [1]: x = toy.load(1)\n\nIn [2]: toy.read(x)\nOut[2]: 1", ["import toy\n\nx = toy.load(1)\n", "import toy\n\nx = toy.load(1)\n\ntoy.read(x)\n"], id="ipython"),
    ],
)  # fmt: skip
def test_sessions(session: str, expect: list[str]) -> None:
    assert docstring(session) == expect


@pytest.mark.parametrize(
    "session",
    [
        pytest.param(">>> toy.load(1)  # doctest: +SKIP", id="skipped"),
        pytest.param(
            ">>> toy.load(1)\nTraceback (most recent call last):\nValueError: no", id="raises"
        ),
        pytest.param(">>> load(unknown)\n1", id="unknown-name"),
        pytest.param(">>> math.floor(1.5)\n1", id="nothing-of-the-library"),
        pytest.param(">>> import toy", id="import-only"),
        pytest.param(">>> toy.load(\n1", id="broken"),
        pytest.param("toy.load(1)", id="no-prompt"),
        pytest.param("\n".join(f">>> x{n} = toy.load({n})" for n in range(90)), id="too-long"),
    ],
)
def test_sessions_that_are_no_snippets(session: str) -> None:
    assert docstring(session) == []


def test_any_string_literal_counts_and_files_that_are_no_python_are_read_as_text() -> None:
    text = 'add_newdoc("toy", "load", """\n>>> toy.load(1)\n1\n""")\n'
    assert codes_in("toy/a.py", text) == ["import toy\n\ntoy.load(1)\n"]
    assert codes_in("toy/b.pyx", "cdef int x\n" + text) == ["import toy\n\ntoy.load(1)\n"]


def test_line_is_that_of_the_first_own_statement() -> None:
    (usage,) = usages_in({"toy/a.py": '"""Doc.\n\n>>> import toy\n>>> toy.load(1)\n1\n"""\n'})
    assert (usage.source_file, usage.source_line) == ("toy/a.py", 3)

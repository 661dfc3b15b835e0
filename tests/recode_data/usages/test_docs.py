from __future__ import annotations

import json

import pytest

from tests.usage_sources import codes_in, usages_in

LOAD = "import toy\n\ntoy.load(1)\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Text::\n\n    import toy\n    toy.load(1)\n", id="literal"),
        pytest.param(".. code-block:: python\n\n   toy.load(1)\n", id="code-block"),
        pytest.param(
            ".. code-block:: python\n   :linenos:\n   :caption: c\n\n   toy.load(1)\n", id="options"
        ),
        pytest.param(".. ipython:: python\n\n   toy.load(1)\n", id="ipython"),
        pytest.param(">>> toy.load(1)\n1\n", id="session"),
        pytest.param(
            ".. code-block:: pycon\n\n   >>> toy.load(1)\n   1\n", id="session-in-a-block"
        ),
        pytest.param("* Item::\n\n    toy.load(1)\n\n  more text\n", id="in-a-list"),
    ],
)
def test_restructured_text(text: str) -> None:
    assert codes_in("docs/a.rst", text) == [LOAD]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(".. code-block:: bash\n\n   toy.load(1)\n", id="another-language"),
        pytest.param("Text::\n\n    this is toy.load prose\n", id="prose"),
        pytest.param("Write ``toy.load(1)``.\n", id="inline"),
        pytest.param(".. note::\n\n   toy.load\n", id="directive"),
        pytest.param(".. code-block:: python\n\n   toy.load(...\n", id="broken"),
        pytest.param(".. code-block:: python\n\n   other.load(1)\n", id="another-library"),
    ],
)
def test_restructured_text_that_is_no_snippet(text: str) -> None:
    assert codes_in("docs/a.rst", text) == []


@pytest.mark.parametrize(
    ("fence", "count"),
    [("```python", 1), ("```py", 1), ("```", 1), ("~~~python", 1), ("```{code-cell}", 1), ("```{code-block} python", 1), ("```bash", 0), ("```text", 0)],
)  # fmt: skip
def test_markdown(fence: str, count: int) -> None:
    text = f"# Title\n\n{fence}\ntoy.load(1)\n{fence[:3]}\n"
    assert codes_in("README.md", text) == [LOAD] * count


def test_blocks_of_a_file_are_one_session() -> None:
    text = "::\n\n    x = toy.load(1)\n\nThen::\n\n    y = toy.read(x)\n\n    print(y)\n"
    assert codes_in("docs/a.rst", text) == [
        "import toy\n\nx = toy.load(1)\n",
        "import toy\n\nx = toy.load(1)\n\ny = toy.read(x)\n",
        "import toy\n\nx = toy.load(1)\n\ny = toy.read(x)\n\nprint(y)\n",
    ]


def test_blank_lines_within_a_function_are_no_paragraphs() -> None:
    text = "::\n\n    def f():\n        a = 1\n\n        return toy.load(a)\n\n    f()\n"
    (code,) = codes_in("docs/a.rst", text, "toy.load")
    assert code == "import toy\n\ndef f():\n    a = 1\n\n    return toy.load(a)\n"


def test_notebooks() -> None:
    cells = [
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "import toy\n", "x = toy.load(1)"],
        },
        {"cell_type": "markdown", "source": "toy.load(2)"},
        {"cell_type": "code", "source": "toy.read(x)"},
    ]
    assert codes_in("docs/a.ipynb", json.dumps({"cells": cells})) == [
        "import toy\n\nx = toy.load(1)\n",
        "import toy\n\nx = toy.load(1)\n\ntoy.read(x)\n",
    ]


@pytest.mark.parametrize("text", ["{toy", "[]", '{"cells": "toy"}', '{"toy": 1}', '{"cells": [1]}'])
def test_broken_notebooks_have_none(text: str) -> None:
    assert codes_in("docs/toy.ipynb", text) == []


def test_names_belong_to_the_module_that_the_page_is_about() -> None:
    page = "{}\n\n>>> write(1)\n"
    assert codes_in("docs/a.rst", page.format(".. currentmodule:: toy.io")) == [
        "from toy.io import write\n\nwrite(1)\n"
    ]
    assert codes_in("docs/a.rst", page.format("toy.io")) == []


def test_place() -> None:
    (usage,) = usages_in({"docs/a.rst": "Title\n=====\n\n::\n\n    toy.load(1)\n"})
    assert (usage.source_file, usage.source_line, usage.release) == ("docs/a.rst", 6, "toy==1.0")

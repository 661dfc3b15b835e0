from __future__ import annotations

import pytest

from tests.usage_sources import usages_in

TEST = "import toy\n\ndef test_it(frame):\n    x = toy.load(frame)\n"
FRAME = (
    "import pytest\nimport toy\nSIZE = 3\n\n@pytest.fixture{mark}\ndef frame({asks}):\n    {body}\n"
)


def code_with(conftest: str, test: str = TEST, **others: str) -> list[str]:
    files = {"tests/unit/test_a.py": test, "tests/conftest.py": conftest}
    files.update({name.replace("__", "/") + ".py": text for name, text in others.items()})
    return [usage.code for usage in usages_in(files, "toy.load")]


def told(binding: str, head: str = "import toy\n") -> list[str]:
    return [f"{head}\n{binding}\n\nx = toy.load(frame)\n"]


@pytest.mark.parametrize(
    ("mark", "body", "expected"),
    [
        ("", "return toy.Frame(1)", told("frame = toy.Frame(1)")),
        ("", "yield toy.Frame(1)\n    toy.io.close()", told("frame = toy.Frame(1)")),
        ("(scope='module')", "return toy.Frame(SIZE)", told("SIZE = 3\nframe = toy.Frame(SIZE)")),
        ("", "'''Says what.'''\n    a = 1\n    return toy.Frame(a)", told("a = 1\nframe = toy.Frame(a)")),
        ("(params=[1, 2])", "return toy.Frame(1)", []),
        ("", "if SIZE:\n        return toy.Frame(1)\n    return None", []),
        ("(autouse=True)", "return toy.Frame(1)", []),
    ],
    ids=["return", "yield", "constant", "lines", "parameters", "two exits", "autouse"],
)  # fmt: skip
def test_fixture_of_a_conftest(mark: str, body: str, expected: list[str]) -> None:
    assert code_with(FRAME.format(mark=mark, asks="", body=body)) == expected


def test_fixtures_may_ask_for_each_other_and_for_a_folder() -> None:
    conftest = (
        "import pytest\nimport toy\n\n@pytest.fixture\ndef path(tmp_path):\n"
        "    return tmp_path / 'a'\n\n@pytest.fixture\ndef frame(path):\n    return toy.Frame(path)\n"
    )
    (code,) = code_with(conftest)
    assert code == (
        "import toy\nimport pathlib\n\n"
        'tmp_path = pathlib.Path("work")\ntmp_path.mkdir(exist_ok=True)\n'
        "path = tmp_path / 'a'\nframe = toy.Frame(path)\n\nx = toy.load(frame)\n"
    )


def test_the_nearest_fixture_counts() -> None:
    far = FRAME.format(mark="", asks="", body="return toy.Frame(1)")
    near = FRAME.format(mark="", asks="", body="return toy.Frame(2)")
    assert code_with(far, tests__unit__conftest=near) == told("frame = toy.Frame(2)")


@pytest.mark.parametrize("asks", ["request", "monkeypatch", "frame", "unknown"])
def test_fixtures_that_cannot_be_told(asks: str) -> None:
    assert code_with(FRAME.format(mark="", asks=asks, body="return toy.Frame(1)")) == []

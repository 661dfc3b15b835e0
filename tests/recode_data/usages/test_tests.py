from __future__ import annotations

import pytest

from tests.usage_sources import codes_in

IMPORTS = "import pytest\nimport toy\nfrom toy._impl import load\nfrom . import helper\n\nLIMIT = 3\n\ndef make(n):\n    return [n] * LIMIT\n\n"


def snippets(test: str, *paths: str) -> list[str]:
    return codes_in("tests/test_a.py", IMPORTS + test, *paths)


@pytest.mark.parametrize(
    ("body", "expect"),
    [
        pytest.param("x = toy.load(1)\n    assert x == 2", "x = toy.load(1)", id="bound-already"),
        pytest.param("assert toy.load(1) == 2", "result = toy.load(1)", id="assert"),
        pytest.param("assert 2 == toy.load(1)", "result = toy.load(1)", id="turned-round"),
        pytest.param("assert toy.load(1) < 2", "result = toy.load(1) < 2", id="comparison"),
        pytest.param("assert not toy.load(1)", "result = not toy.load(1)", id="negation"),
        pytest.param("assert_equal(toy.load(1), 2)\n    assert toy.read(3) == 4", "result = toy.load(1)\nresult_2 = toy.read(3)", id="helper-calls"),
        pytest.param("result = 1\n    assert toy.load(result) == 2", "result = 1\nresult_2 = toy.load(result)", id="name-is-taken"),
        pytest.param("expected = 4\n    x = toy.load(1)\n    assert x == expected", "x = toy.load(1)", id="expectation-left-out"),
        pytest.param("with pytest.raises(ValueError):\n        toy.load(0)\n    assert toy.load(1) == 2", "result = toy.load(1)", id="errors-left-out"),
        pytest.param("'''Says what.'''\n    assert toy.load(1) == 2", "result = toy.load(1)", id="docstring"),
        pytest.param("for i in range(2):\n        assert toy.load(i) == 2", "for i in range(2):\n    result = toy.load(i)", id="in-a-loop"),
    ],
)  # fmt: skip
def test_assertions_become_results(body: str, expect: str) -> None:
    assert snippets(f"def test_it():\n    {body}\n") == [f"import toy\n\n{expect}\n"]


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("def test_it():\n    assert 1 + 1 == 2", id="nothing-of-the-library"),
        pytest.param("def test_it(monkeypatch):\n    toy.load(monkeypatch)", id="unknown-fixture"),
        pytest.param("def test_it():\n    yield toy.load(1)", id="generator"),
        pytest.param("async def test_it():\n    toy.load(1)", id="coroutine"),
        pytest.param("@pytest.mark.skip\ndef test_it():\n    toy.load(1)", id="skipped"),
        pytest.param("@pytest.mark.xfail(strict=True)\ndef test_it():\n    toy.load(1)", id="expected-failure"),
        pytest.param("def test_it():\n    pytest.skip('no')\n    toy.load(1)", id="skips"),
        pytest.param("def test_it():\n    with pytest.warns(UserWarning):\n        toy.load(1)", id="warning-only"),
        pytest.param("def test_it():\n    helper.check(toy.load(1))", id="unknown-import"),
        pytest.param("def helper_it():\n    toy.load(1)", id="no-test"),
        pytest.param("class TestIt:\n    def test_it(self):\n        toy.load(self.inherited)", id="unknown-attribute"),
        pytest.param("class TestIt:\n    def test_it(self):\n        self.check(toy.load(1))", id="unknown-method"),
    ],
)  # fmt: skip
def test_tests_that_cannot_be_told_plainly(test: str) -> None:
    assert snippets(test + "\n") == []


def test_helpers_and_constants_come_along() -> None:
    assert snippets("def test_it():\n    assert toy.load(make(1)) == 2\n") == [
        "import toy\n\nLIMIT = 3\n\ndef make(n):\n    return [n] * LIMIT\n\nresult = toy.load(make(1))\n"
    ]


def test_names_are_imported_from_where_users_import_them() -> None:
    assert snippets("def test_it():\n    assert load(1) == 2\n") == [
        "from toy import load\n\nresult = load(1)\n"
    ]


def test_fixture_that_returns_a_value_is_told_plainly() -> None:
    test = "@pytest.fixture\ndef frame():\n    a = 1\n    return toy.Frame(a)\n\ndef test_it(frame):\n    assert frame.head() == 2\n"
    assert snippets(test, "toy.Frame.head") == [
        "import toy\n\na = 1\nframe = toy.Frame(a)\n\nresult = frame.head()\n"
    ]


def test_classes_are_told_plainly() -> None:
    test = """class TestIt:
    size = 2

    def setup_method(self):
        self.data = self.doubled(self.size)

    def doubled(self, n):
        return n * 2

    def test_it(self):
        assert toy.load(self.data) == 2
"""
    assert snippets(test) == [
        "import toy\n\nsize = 2\n\ndef doubled(n):\n    return n * 2\n\ndata = doubled(size)\n\nresult = toy.load(data)\n"
    ]


def test_each_method_gets_what_it_needs_of_its_class() -> None:
    test = """class TestIt:
    def doubled(self, n):
        return n * 2

    def hidden(self):
        return self.inherited

    def test_first(self):
        assert toy.load(self.doubled(1)) == 2

    def test_second(this):
        assert toy.load(this.hidden()) == 2

    def test_third(self):
        assert toy.load(self.doubled(3)) == 6

    def test_fourth(self):
        assert toy.load(4) == 8
"""
    doubled = "import toy\n\ndef doubled(n):\n    return n * 2\n\nresult = toy.load(doubled(%d))\n"
    assert snippets(test) == [doubled % 1, doubled % 3, "import toy\n\nresult = toy.load(4)\n"]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param("import os", "from toy import read\n    x = read(1)", id="own-import"),
        pytest.param("import toy.io as b", "x = b.write(1)", id="alias"),
        pytest.param("from toy import io", "x = io.write(1)", id="name"),
    ],
)
def test_what_a_test_uses_of_the_library_is_seen(head: str, body: str) -> None:
    text = f"{head}\n\ndef test_it():\n    {body}\n"
    assert len(codes_in("tests/test_a.py", text)) == 1


@pytest.mark.parametrize(
    ("mark", "expect"),
    [
        ("'n, e', [(1, 2), (3, 4), (5, 6)]", ["n = 1", "n = 3"]),
        ("('n', 'e'), [pytest.param(1, 2, id='a')]", ["n = 1"]),
        ("'n, e', cases()", []),
    ],
    ids=["two-sets-are-enough", "param", "computed"],
)
def test_parameters(mark: str, expect: list[str]) -> None:
    test = f"@pytest.mark.parametrize({mark})\ndef test_it(n, e):\n    assert toy.load(n) == e\n"
    assert snippets(test) == [f"import toy\n\n{line}\n\nresult = toy.load(n)\n" for line in expect]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("tests/test_a.py", 1),
        ("toy/tests/test_a.py", 1),
        ("tests/a_test.py", 1),
        ("tests/helpers.py", 0),
    ],
)
def test_where_tests_lie(name: str, count: int) -> None:
    text = "import toy\n\ndef test_it():\n    assert toy.load(1) == 2\n"
    assert len(codes_in(name, text)) == count


def test_broken_file_has_none() -> None:
    assert snippets("def test_it(:\n    toy.load(1)\n") == []

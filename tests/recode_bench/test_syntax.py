"""Parsing hostile text: no exception, no warning, no long wait."""

from __future__ import annotations

import threading
import warnings

import pytest

from recode_bench.syntax import LIMIT_CHARS, parse, parses


@pytest.mark.parametrize(
    "code", ["x = 1", "", "# only a comment", "return 1", "x = '\\d'", "y = 1if x else 2", "é = 1"]
)
def test_programs_parse(code: str) -> None:
    assert parses(code)


@pytest.mark.parametrize(
    "code",
    [
        "x = (", "x = 1\n  y = 2", "x = '\0'", "x = '\ud800'", "(" * 5000, "-" * 50_000 + "1",
        "1+" * 40_000 + "1", "x" + ".a" * 40_000, "x" + "()" * 40_000, "lambda:" * 10_000 + "1",
        "if 1:pass\n" + "elif 1:pass\n" * 8000, "9" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_program_does_not_raise(code: str) -> None:
    assert parse(code) is None


def test_longer_text_is_not_parsed() -> None:
    assert parses("x = 1\n" * (LIMIT_CHARS // 6))
    assert not parses("x = 1\n" * (LIMIT_CHARS // 6 + 1))


@pytest.mark.parametrize("code", ["x = '\\d'", "y = 1if x else 2", "z = 0x1for x in y"])
def test_warnings_neither_leak_nor_decide(code: str) -> None:
    """Under -W error an invalid escape would otherwise be a syntax error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        quiet = parses(code)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        strict = parses(code)
    assert caught == []
    assert quiet is strict


def test_threads_leave_the_warning_filters_as_they_were() -> None:
    before = list(warnings.filters)
    threads = [
        threading.Thread(target=lambda: [parses("x = '\\d'") for _ in range(200)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before

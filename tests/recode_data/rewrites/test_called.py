from __future__ import annotations

import pytest

from recode_data.rewrites.called import called, uncalled


@pytest.mark.parametrize(
    ("code", "expect"),
    [
        ("t.shape()\n", "t.shape\n"),
        ("x = t.shape()[0]\n", "x = t.shape[0]\n"),
        ("x = (t.shape())\n", "x = (t.shape)\n"),
        ("f(t.shape(), s.shape())\n", "f(t.shape, s.shape)\n"),
        ("import toy\ntoy.Table({}).shape()\n", "import toy\ntoy.Table({}).shape\n"),
    ],
)
def test_there_and_back(code: str, expect: str) -> None:
    assert uncalled(code, "shape") == expect
    assert called(expect, "shape") == code.replace("(t.shape())", "(t.shape)()")


@pytest.mark.parametrize(
    "code",
    ["t.shape\n", "t.shape(1)\n", "t.shape()\nf = t.shape\n", "shape()\n", "import toy\ntoy.shape()\n", "t.shape(", "t.reshape()\n"],
    ids=["read", "arguments", "one-is-read", "function", "of-a-module", "broken", "longer-name"],
)  # fmt: skip
def test_calls_that_stay(code: str) -> None:
    assert uncalled(code, "shape") is None


@pytest.mark.parametrize(
    "code",
    ["t.shape()\n", "t.shape = 1\n", "t.shape += 1\n", "del t.shape\n", "a, t.shape = 1, 2\n", "for t.shape in x: pass\n", "shape\n", "import toy\ntoy.shape\n"],
    ids=["called", "stored", "augmented", "deleted", "unpacked", "loop", "name", "of-a-module"],
)  # fmt: skip
def test_reads_that_stay(code: str) -> None:
    assert called(code, "shape") is None

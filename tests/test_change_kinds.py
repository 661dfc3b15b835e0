"""One change kind = one file = one test file = one row of the docs table."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from recode_data.changes import FINDERS
from recode_data.records import ChangeKind
from tests.conftest import CHECKOUT

SOURCES = CHECKOUT / "recode_data" / "changes"
TESTS = CHECKOUT / "tests" / "recode_data" / "changes"
ELSEWHERE = {ChangeKind.BEHAVIOUR: ("recode_data/verify/probe.py", "verify/test_probe.py")}
"""Found by running old usages on the new version, not by comparing surfaces."""


def finder_modules() -> list[str]:
    return [finder.__module__.rpartition(".")[2] for finder in FINDERS]


def test_every_kind_has_one_finder_named_like_it() -> None:
    expected = [kind.value for kind in ChangeKind if kind not in ELSEWHERE]
    assert Counter(finder_modules()) == Counter(expected)


def test_every_finder_is_in_the_tuple() -> None:
    files = [path.stem for path in SOURCES.glob("*.py") if "\ndef find(" in path.read_text("utf-8")]
    assert sorted(files) == sorted(finder_modules())


@pytest.mark.parametrize("kind", ChangeKind, ids=lambda kind: kind.value)
def test_every_kind_has_a_test_file(kind: ChangeKind) -> None:
    if kind in ELSEWHERE:
        source, test = ELSEWHERE[kind]
        assert (CHECKOUT / source).is_file()
        assert (TESTS.parent / test).is_file()
    else:
        assert (TESTS / f"test_{kind.value}.py").is_file()


def test_docs_table_has_a_row_for_every_kind_and_no_other() -> None:
    page = (CHECKOUT / "docs" / "change-kinds.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)
    assert Counter(rows) == Counter(kind.value for kind in ChangeKind)

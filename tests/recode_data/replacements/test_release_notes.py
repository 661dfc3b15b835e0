from __future__ import annotations

import pytest

from recode_data.replacements.release_notes import propose
from tests.clues import clues_of, proposed

OLD = "def load_all(): ...\ndef read_all(): ...\nclass C:\n    def load_all(self): ..."
NEW = "def read_all(): ...\nclass C:\n    def load_all(self): ..."
GONE = "def read_all(): ...\nclass C: ..."


@pytest.mark.parametrize(
    "note",
    [
        "* `toy.load_all` was removed, use `toy.read_all` instead.",
        "Changes\n\nThe function ``toy.load_all`` is gone. \n\n- `toy.load_all` is replaced by `read_all`",
    ],
)
def test_sentence_that_names_both(note: str) -> None:
    assert set(proposed(propose, "toy.load_all", clues_of(OLD, NEW, notes=[note]))) == {
        ("toy.read_all", None)
    }


@pytest.mark.parametrize(
    "note",
    [
        "`toy.load_all` was removed.",
        "Use `toy.read_all` instead.",
        "`toy.load_all` was removed. `other` is slow, use `toy.read_all` instead.",
        "`toy.load_all` was removed, use `toy.absent` instead.",
        "load_all was removed, use `toy.read_all` instead.",
    ],
    ids=["no-successor", "no-old-name", "other-sentence", "does-not-exist", "not-as-code"],
)
def test_sentences_that_do_not(note: str) -> None:
    assert proposed(propose, "toy.load_all", clues_of(OLD, NEW, notes=[note])) == []


def test_last_name_alone_says_enough_where_nothing_is_called_so_any_more() -> None:
    note = "`load_all` was removed, use `toy.read_all` instead."
    assert proposed(propose, "toy.load_all", clues_of(OLD, NEW, notes=[note])) == []
    assert proposed(propose, "toy.load_all", clues_of(OLD, GONE, notes=[note])) == [
        ("toy.read_all", None)
    ]

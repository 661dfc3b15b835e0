from __future__ import annotations

import pytest

from recode_data.records import ChangeKind
from recode_data.replacements.release_notes import propose
from tests.clues import clues_of, found, proposed

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


@pytest.mark.parametrize(
    "note",
    [
        "``toy.load_all``\n~~~~~~~~~~~~~~~~\n... is removed. Use `toy.read_all` instead.\n",
        "The ``toy.load_all`` function was removed. Use `toy.read_all` instead.",
        "`toy.load_all` was removed. Please use `toy.read_all`.",
    ],
    ids=["heading", "next-sentence", "polite"],
)
def test_offer_that_goes_on_from_the_sentence_before(note: str) -> None:
    assert proposed(propose, "toy.load_all", clues_of(OLD, NEW, notes=[note])) == [
        ("toy.read_all", None)
    ]


def test_several_names_in_one_with_braces() -> None:
    note = "``toy.{load_all,f}`` have been removed in favour of ``toy.io.{load_all,f}``."
    new = {"toy/__init__.py": "", "toy/io.py": "def load_all(): ...\ndef f(): ..."}
    clues = clues_of("def load_all(): ...\ndef f(): ...", new, notes=[note])
    assert found(propose, "toy.f", clues) == []  # too short a name to be sure
    assert found(propose, "toy.load_all", clues)[0].new_api == "toy.io.load_all"


def test_standard_library_is_mentioned_in_passing() -> None:
    note = "`toy.load_all` was removed in favor of the `enum.Enum` interface of `toy.read_all`."
    best = found(propose, "toy.load_all", clues_of(OLD, NEW, notes=[note]))[0]
    assert best.new_api == "toy.read_all"


@pytest.mark.parametrize(
    "note",
    ["Parameters of `f`: ``a`` to ``b``, ``x`` to ``y``.", "`a` of `f` was renamed to `b`."],
)
def test_parameters_that_notes_rename(note: str) -> None:
    clues = clues_of("def f(a=1, c=2): ...", "def f(b=3, c=2): ...", notes=[note])
    assert ("toy.f", "b") in proposed(propose, "toy.f", clues, ChangeKind.PARAMETER_REMOVED)

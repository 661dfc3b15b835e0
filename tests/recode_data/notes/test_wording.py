from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recode_data.errors import RecodeError
from recode_data.notes.wording import (
    LONGEST_DESCRIPTION,
    Describer,
    WordingRequest,
    accepted,
    reword,
)
from recode_data.progress import SilentProgress
from tests.making import make_pair

PAIR = make_pair(
    description="The function `toy.load` was removed in toy 2.0.",
    update_info="The function `toy.load` was removed in toy 2.0 (up to 1.0 it works).\n"
    "Write `toy.read` instead.\nUnder 2.0 the old way raises AttributeError: no_such_name",
    evidence='{"origin": "docs"}',
)
GOOD = "toy 2.0 has dropped `load`; its place is taken by `toy.read`."


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (GOOD, ""),
        (f"  {GOOD}\n", ""),
        (f"<think>It says load.\nI see <b>.</think>\n{GOOD}", ""),
        ("In 2.0, `toy.load`\nis gone.", ""),
        ("`load` now fails: a `no_such_name` error, for any `toy.load` call.", ""),
        ("", "empty"),
        (" \n\t", "empty"),
        ("<think>I go on and on about `load`", "markup"),
        ("<think>done</think>", "empty"),
        ("`load` went.", "too_short"),
        (GOOD + " So it is." * 60, "too_long"),
        (GOOD * 20_000, "too_long"),
        (f"```\n{GOOD}\n```", "markup"),
        (f"<p>{GOOD}</p>", "markup"),
        (f"{GOOD} <script>alert(1)</script>", "markup"),
        (f"# Change\n{GOOD}", "markup"),
        (f"{GOOD} See https://example.org/load.", "markup"),
        (f"{GOOD} See [this](x).", "markup"),
        (GOOD.replace(" ", "\x00", 1), "control_characters"),
        (f"{GOOD}\u202e", "control_characters"),
        (f"{GOOD}\ud800", "control_characters"),
        (f"\x1b[31m{GOOD}", "control_characters"),
        ("toy 3.0 has dropped `load` for `toy.read`.", "names_beyond_the_facts"),
        ("toy 2.0 has dropped `load` for `toy.fetch`.", "names_beyond_the_facts"),
        ("toy 2.0 has dropped `load` for other.reader.", "names_beyond_the_facts"),
        ("Sorry, I cannot help with this request.", "beside_the_change"),
    ],
)
def test_only_plain_prose_about_the_change_is_taken(answer: str, why: str) -> None:
    text, reason = accepted(answer, PAIR)
    assert reason == why
    assert (text is None) == bool(why)


@given(st.text())
def test_no_answer_breaks_it(answer: str) -> None:
    text, why = accepted(answer, PAIR)
    assert (text is None) == bool(why)
    assert text is None or len(text) <= LONGEST_DESCRIPTION


class Scripted:
    """Answers by row; counts what it was asked."""

    name, identity = "scripted", "scripted 1"

    def __init__(self, answers: dict[str, str | None]) -> None:
        self.answers = answers
        self.asked: list[WordingRequest] = []

    def describe(self, requests: Sequence[WordingRequest]) -> Iterator[tuple[str, str | None]]:
        for request in requests:
            self.asked.append(request)
            if self.answers.get(request.row) == "stop":
                raise RecodeError("the server is gone")
            yield request.row, self.answers.get(request.row)


PAIRS = [
    replace(PAIR, id=f"row{number}", update_info=f"{PAIR.update_info} {number}")
    for number in range(12)
]


def run(describer: Describer, folder: Path) -> tuple[list[str], dict[str, object]]:
    rows, entry = reword(PAIRS, describer, lambda key: folder / key, SilentProgress())
    return [row.description for row in rows], dict(entry)


def test_answers_are_kept_and_asked_for_once(tmp_path: Path) -> None:
    first, second = Scripted({pair.id: GOOD for pair in PAIRS}), Scripted({})
    assert run(first, tmp_path) == run(second, tmp_path)
    assert [len(first.asked), len(second.asked)] == [12, 0]


def test_rows_of_one_change_share_an_answer(tmp_path: Path) -> None:
    twins = [replace(PAIR, id=name) for name in ("a", "b")]
    describer = Scripted({"a": GOOD})
    rows, entry = reword(twins, describer, lambda key: tmp_path / key, SilentProgress())
    assert [row.description for row in rows] == [GOOD, GOOD]
    assert (entry["rows"], entry["prompts"], entry["taken"]) == (2, 1, 2)


def test_what_is_refused_is_counted_and_the_composed_words_stay(tmp_path: Path) -> None:
    answers: dict[str, str | None] = {pair.id: GOOD for pair in PAIRS}
    words, entry = run(Scripted({**answers, "row3": "x" * 1_000_000, "row4": None}), tmp_path)
    assert [text for text in words if text != GOOD] == [PAIR.description] * 2
    assert entry == {
        "by": "scripted",
        "rows": 12,
        "prompts": 12,
        "taken": 10,
        "composed": {"no_answer": 1, "too_long": 1},
    }
    assert all(path.stat().st_size < 10_000 for path in tmp_path.iterdir())


def test_a_row_says_who_worded_it(tmp_path: Path) -> None:
    answers: dict[str, str | None] = {pair.id: GOOD for pair in PAIRS}
    rows, _ = reword(
        PAIRS, Scripted({**answers, "row0": ""}), lambda key: tmp_path / key, SilentProgress()
    )
    assert rows[0] == PAIRS[0]
    assert json.loads(rows[1].evidence)["description"]["by"] == "scripted"
    assert replace(rows[1], description=PAIR.description, evidence=PAIR.evidence) == PAIRS[1]


def test_a_model_that_stops_answering_ends_the_build_and_loses_nothing(tmp_path: Path) -> None:
    answers: dict[str, str | None] = {pair.id: GOOD for pair in PAIRS}
    with pytest.raises(RecodeError, match="the server is gone"):
        run(Scripted({**answers, "row7": "stop"}), tmp_path)
    again = Scripted(answers)
    run(again, tmp_path)
    assert [request.row for request in again.asked] == [f"row{number}" for number in range(7, 12)]


def test_many_requests_without_an_answer_are_the_models_fault(tmp_path: Path) -> None:
    answers: dict[str, str | None] = {pair.id: GOOD for pair in PAIRS}
    with pytest.raises(RecodeError, match="no answer to 2 of 12 requests"):
        run(Scripted({**answers, "row1": None, "row2": None}), tmp_path)


def test_a_torn_answer_is_asked_for_again(tmp_path: Path) -> None:
    describer = Scripted({pair.id: GOOD for pair in PAIRS})
    run(describer, tmp_path)
    next(tmp_path.iterdir()).write_text('{"by": "scri')
    run(describer, tmp_path)
    assert len(describer.asked) == 13

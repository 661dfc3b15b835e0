"""Prompts as trainers get them: begun answers kept, no reserved column, long ones left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from recode_trl.dataset import answer_text, build_prompts
from recode_trl.prompting import begin

from recode_bench.extract import extract_code
from recode_bench.prompts import Message, Prompt, load_template, pair_values, render
from recode_bench.scoring.format import has_format
from recode_data.errors import MalformedInputError, UsageError
from recode_data.publish import pair_row
from tests.adapters.recode_trl.toy_model import toy_pairs, write_toy_data
from tests.making import make_pair

RESERVED = {
    *("prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric"),
    *("environments", "environment", "image", "images", "tools"),
}
"""Columns that TRL fills itself, or takes for pictures and tools."""

THINKING = Prompt((Message("user", "Fix."),), prefill="Step by step.\n<think>\n")


class Tokenizer:
    """What of a tokenizer prompts depend on; a token is a character."""

    def __init__(self, chat: str | None = "{chat}", bos: str | None = None) -> None:
        self.chat_template, self.bos_token = chat, bos
        self.bos_token_id = -1

    def __call__(self, text: str, add_special_tokens: bool = True) -> dict[str, list[int]]:
        start = [self.bos_token_id] if self.bos_token and add_special_tokens else []
        return {"input_ids": start + [ord(each) for each in text]}

    def apply_chat_template(self, messages: Any, **options: object) -> str:
        assert options == {"tokenize": False, "add_generation_prompt": True}
        turns = "".join(f"<{each['role']}>{each['content']}" for each in messages)
        return f"{self.bos_token or ''}{turns}<assistant>{(self.chat_template or '')[6:]}"


def test_columns_are_the_pair_and_its_prompt_and_none_that_trl_keeps_for_itself() -> None:
    dataset = build_prompts(toy_pairs(), "docs", answers=True)
    assert set(dataset.column_names) == {
        *pair_row(toy_pairs()[0]),
        "prompt",
        "prefill",
        "completion",
    }
    assert not RESERVED & set(dataset.column_names)
    assert dataset[0]["id"] == toy_pairs()[0].id


def test_without_a_tokenizer_prompts_are_conversations() -> None:
    """TRL renders them; a begun answer would be closed there, so it is left out."""
    (row,) = build_prompts([make_pair()], "recode")
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert "toy.load(1)" in row["prompt"][-1]["content"]
    assert row["prefill"] == ""


def test_with_a_tokenizer_the_prompt_ends_in_the_begun_answer() -> None:
    (row,) = build_prompts([make_pair()], "recode", Tokenizer())
    assert row["prompt"].startswith("<system>")
    assert row["prompt"].endswith("<assistant>" + row["prefill"])
    assert row["prefill"].endswith("<think>\n")


def test_without_a_begun_answer_prompts_stay_conversations() -> None:
    (row,) = build_prompts([make_pair()], "docs", Tokenizer())
    assert [message["role"] for message in row["prompt"]] == ["user"]


@pytest.mark.parametrize(
    ("tokenizer", "prompt", "prefill"),
    [
        pytest.param(
            Tokenizer(), "<user>Fix.<assistant>" + THINKING.prefill, THINKING.prefill, id="chat"
        ),
        pytest.param(
            Tokenizer(chat=None), "Fix.\n\n" + THINKING.prefill, THINKING.prefill, id="no template"
        ),
        pytest.param(
            Tokenizer(chat="{chat}<think>\n"),
            "<user>Fix.<assistant><think>\n",
            "<think>\n",
            id="a template that opens the reasoning",
        ),
        pytest.param(
            Tokenizer(bos="<s>"),
            "<user>Fix.<assistant>" + THINKING.prefill,
            THINKING.prefill,
            id="a start token that the trainer adds again",
        ),
    ],
)
def test_how_a_tokenizer_begins_the_answer(tokenizer: Any, prompt: str, prefill: str) -> None:
    begun = begin(THINKING, tokenizer)
    assert (begun.prompt, begun.prefill) == (prompt, prefill)


@pytest.mark.parametrize("name", ["recode", "docs", "no-docs", "plain"])
def test_the_answer_for_sft_is_what_the_rewards_take_for_one(name: str) -> None:
    pair = make_pair()
    prompt = render(load_template("pairs", name), pair_values(pair))
    completion = answer_text(pair, prompt.prefill)
    assert extract_code(completion, prefill=prompt.prefill) == pair.new_code.strip()
    assert has_format(completion) is (name == "recode")


def test_answers_take_the_shape_of_their_prompts() -> None:
    (chat,) = build_prompts([make_pair()], "docs", answers=True)
    assert chat["completion"][0]["role"] == "assistant"
    (text,) = build_prompts([make_pair()], "recode", Tokenizer(), answers=True)
    assert text["completion"].endswith("</answer>")


@pytest.mark.parametrize("name", ["recode", "docs"])
def test_long_prompts_are_left_out(name: str, caplog: pytest.LogCaptureFixture) -> None:
    pairs = [make_pair(), make_pair(update_info="x" * 5000)]
    assert len(build_prompts(pairs, name, Tokenizer(), max_prompt_tokens=4000)) == 1
    assert "1 prompts of more than 4000 tokens left out" in caplog.text
    with pytest.raises(UsageError, match="all 2 prompts are longer than 10"):
        build_prompts(pairs, name, Tokenizer(), max_prompt_tokens=10)


def test_a_folder_and_its_rows_give_the_same(tmp_path: Path) -> None:
    folder = write_toy_data(tmp_path / "pairs")
    read = build_prompts(folder, "docs")
    again = build_prompts((dict(row) for row in read), "docs")
    assert read.to_list() == again.to_list()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param({"old_code": "a", "new_code": "b"}, "lacks id, dependency", id="few columns"),
        pytest.param({}, "the dataset has no columns", id="none"),
        pytest.param({**pair_row(make_pair()), "id": 3}, "another type", id="a number as id"),
    ],
)
def test_missing_columns_are_named(row: dict[str, object], words: str) -> None:
    with pytest.raises(MalformedInputError, match=words):
        build_prompts([row])


def test_no_rows_are_no_dataset() -> None:
    with pytest.raises(UsageError, match="no row"):
        build_prompts([])

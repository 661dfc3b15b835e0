"""The shape of a completion; `published_format` shows what the published pattern makes of it."""

from __future__ import annotations

import re
import time

import pytest

from recode_bench.scoring.format import has_format


def published_format(completion: str) -> bool:
    thought = r"<think>((?!</?think>).)*</think>\s*<answer>.*?</answer>\s*"
    return re.fullmatch(thought, f"<think>{completion}", re.DOTALL) is not None


# completion, ours, the published one's answer
CASES: dict[str, tuple[str, bool, bool]] = {
    "as asked": ("why</think>\n<answer>x = 1</answer>", True, True),
    "blanks between and after": ("why</think>\n\n <answer>\nx\n</answer>\n ", True, True),
    "nothing between": ("why</think><answer>x</answer>", True, True),
    "opens the reasoning itself": ("<think>why</think><answer>x</answer>", True, False),
    "blank before the opening": ("\n<think>why</think><answer>x</answer>", True, False),
    "end-of-turn token": ("why</think><answer>x</answer><|im_end|>", True, False),
    "sentence end": ("why</think><answer>x</answer></s>", True, False),
    "made-up turn": ("why</think><answer>x</answer><|im_end|>\n<|im_start|>user", True, False),
    "empty reasoning": ("</think><answer>x</answer>", False, True),
    "blank reasoning": (" \n</think><answer>x</answer>", False, True),
    "empty answer": ("why</think><answer></answer>", False, True),
    "blank answer": ("why</think><answer> </answer>", False, True),
    "two answers": ("why</think><answer>x</answer><answer>y</answer>", False, True),
    "answer in an answer": ("why</think><answer><answer>x</answer></answer>", False, True),
    "two reasonings": ("why</think><think>b</think><answer>x</answer>", False, False),
    "reasoning twice opened": ("a<think>why</think><answer>x</answer>", False, False),
    "reasoning in the answer": ("why</think><answer><think>b</think>x</answer>", False, True),
    "prose before the answer": ("why</think>So:<answer>x</answer>", False, False),
    "prose after the answer": ("why</think><answer>x</answer>Done.", False, False),
    "no reasoning": ("<answer>x</answer>", False, False),
    "answer before the reasoning": ("<answer>x</answer></think>", False, False),
    "reasoning not closed": ("why <answer>x</answer>", False, False),
    "answer not closed": ("why</think><answer>x", False, False),
    "answer in the reasoning": ("<answer>x</answer>why</think>", False, False),
    "capitals": ("why</THINK><ANSWER>x</ANSWER>", False, False),
    "nothing": ("", False, False),
    "NUL and surrogate": ("\0</think><answer>\ud800</answer>", True, True),
}


@pytest.mark.parametrize("name", CASES)
def test_has_format(name: str) -> None:
    completion, expected, published = CASES[name]
    assert has_format(completion) is expected
    assert published_format(completion) is published


@pytest.mark.parametrize("piece", ["<think>", "</think>", "<answer>", "</answer>", " ", "</s>"])
def test_a_megabyte_takes_no_time(piece: str) -> None:
    start = time.process_time()
    has_format("a</think><answer>" + piece * (1_000_000 // len(piece)) + "</answer>")
    assert time.process_time() - start < 0.5

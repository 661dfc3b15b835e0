"""Whether a completion has the shape that the prompt asks for: reasoning, then one answer.

Departures from the published function (zjunlp/ReCode, `reward.py`), which matches one regular
expression against `<think>` + completion:

1. Reasoning and answer must hold something; there `</think><answer></answer>` earns the reward.
2. Exactly one answer; there the first `<answer>` may enclose several.
3. A completion that opens `<think>` itself is right: whether the prompt has opened it already
   depends on the chat template, which is not the model's doing.
4. What follows an end-of-turn token does not count, nor does the token.
5. Chat messages are completions too (`recode_bench.scoring.rewards`); there they always fail.
"""

from __future__ import annotations

from recode_bench.extract import before_end_of_turn

_TAGS = ("<think>", "</think>", "<answer>", "</answer>")


def has_format(completion: str) -> bool:
    """Whether it is `<think>` thought `</think> <answer>` answer `</answer>` and nothing else.

    The first tag may be missing: the prompt may have opened the reasoning.
    """
    text = before_end_of_turn(completion).strip().removeprefix("<think>")
    thought, closed, rest = text.partition("</think>")
    rest = rest.strip()
    if not (closed and rest.startswith("<answer>") and rest.endswith("</answer>")):
        return False
    answer = rest.removeprefix("<answer>").removesuffix("</answer>")
    parts = (thought, answer)
    return all(part.strip() and not any(tag in part for tag in _TAGS) for part in parts)

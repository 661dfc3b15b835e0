"""Batched rewards: what the copy and the target earn, and that nothing makes them raise."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recode_bench.scoring import rewards

OLD = "import numpy as np\nx = np.product(y)"
NEW = "import numpy as np\nx = np.prod(y)"

Reward = Callable[[Sequence[rewards.Completion], str | None], "list[float | None]"]

REWARDS: dict[str, Reward] = {
    "format": lambda completions, target: rewards.format(completions),
    "es": lambda completions, target: rewards.es(completions, [target] * len(completions)),
    "es_star": lambda completions, target: rewards.es_star(
        completions, [target] * len(completions)
    ),
    "em": lambda completions, target: rewards.em(completions, [target] * len(completions)),
    "em_star": lambda completions, target: rewards.em_star(
        completions, [target] * len(completions)
    ),
    "copy_relative": lambda completions, target: rewards.copy_relative(
        completions, [target] * len(completions), [OLD] * len(completions)
    ),
}


def answer(code: str) -> str:
    return f"Renamed.\n</think>\n<answer>\n```python\n{code}\n```\n</answer>"


COPY = 3.5 * (1 - 3 / 36) - 1.5  # three of 36 characters differ


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        pytest.param(answer(NEW), (1.0, 2.0, 2.0, 2.0, 2.0, 1.0), id="target"),
        pytest.param(answer(OLD), (1.0, COPY, COPY, -1.5, -1.5, 0.0), id="copy"),
        pytest.param(
            f"```python\n{NEW}\n```", (-1.0, 2.0, 2.0, 2.0, 2.0, 1.0), id="target, no format"
        ),
        pytest.param(answer(""), (1.0, -2.0, -2.0, -2.0, -2.0, -1.0), id="no code"),
        pytest.param(
            f"```python\n{NEW}\n```\n</think><answer>see above</answer>",
            (1.0, -2.0, -2.0, -2.0, -2.0, -1.0),
            id="code in the reasoning only",
        ),
        pytest.param("", (-1.0, -2.0, -2.0, -2.0, -2.0, -1.0), id="nothing"),
    ],
)
def test_what_a_completion_earns(completion: str, expected: tuple[float, ...]) -> None:
    earned = tuple(reward([completion], NEW)[0] for reward in REWARDS.values())
    assert earned == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", REWARDS)
def test_messages_earn_what_their_text_does(name: str) -> None:
    """As TRL hands them over for conversational prompts; the published rewards raise there."""
    text = answer(OLD)
    shapes: list[rewards.Completion] = [
        text,
        [{"role": "assistant", "content": text}],
        [{"content": text}],
        [{"role": "assistant", "content": [{"type": "text", "text": text}]}],
        [{"role": "user", "content": "?"}, {"role": "assistant", "content": text}],
        [{"role": "assistant", "content": "no"}, {"role": "assistant", "content": text}],
        [{"role": "assistant", "content": text}, {"role": "tool", "content": answer(NEW)}],
    ]
    earned = REWARDS[name](shapes, NEW)
    assert earned == [earned[0]] * len(shapes)


@pytest.mark.parametrize("name", REWARDS)
@pytest.mark.parametrize(
    "malformed",
    [
        [], [{}], [{"role": "user", "content": answer(NEW)}], [{"content": None}], [None], None, 3,
        b"bytes", [{"content": 3}], [{"content": [None, {"text": 3}, {"type": "image"}]}],
    ],
    ids=repr,
)  # fmt: skip
def test_malformed_messages_count_as_empty(name: str, malformed: rewards.Completion) -> None:
    assert REWARDS[name]([malformed], NEW) == REWARDS[name]([""], NEW)


@pytest.mark.parametrize("name", [name for name in REWARDS if name != "format"])
def test_a_row_without_target_is_not_scored(name: str) -> None:
    """21 of the published rows hold null; None keeps them out of the mean, 0 would not."""
    assert REWARDS[name]([answer(NEW)], None) == [None]


def test_a_row_without_old_code_has_nothing_to_be_relative_to() -> None:
    assert rewards.copy_relative([answer(NEW)], [NEW], [None]) == [None]


@pytest.mark.parametrize("reward", [rewards.es, rewards.es_star, rewards.em, rewards.em_star])
def test_lists_of_unequal_length_are_refused(
    reward: Callable[[list[str], list[str | None]], list[float | None]],
) -> None:
    with pytest.raises(ValueError, match="shorter"):
        reward([answer(NEW)] * 2, [NEW])


def test_a_prefill_that_opened_the_reasoning_binds_the_reward_to_the_answer() -> None:
    """Cut off while thinking: the draft is no answer, but only the prefill tells."""
    draft = f"First:\n```python\n{NEW}\n```\nHm, or perhaps"
    assert rewards.es_star([draft], [NEW], prefill="<think>\n") == [-2.0]
    assert rewards.em([draft], [NEW], prefill="<think>\n") == [-2.0]
    assert rewards.es_star([answer(NEW)], [NEW], prefill="<think>\n") == [2.0]
    assert rewards.copy_relative([draft], [NEW], [OLD], prefill="<think>\n") == [-1.0]


PIECES = st.sampled_from(
    ["```python\n", "\n```", "</think>", "<answer>", "</answer>", "x = 1", "\0", "\ud800", "'''"]
)


@settings(deadline=None)
@given(
    st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join),
    st.text(alphabet="x=1\n'#\0\ud800(", max_size=12),
)
@example("```python\n" + "(" * 5000 + "\n```", "x")
@example("```python\n" + "x = 1\n" * 200_000, "x")
@example("# a", "# b")
def test_no_completion_makes_a_reward_raise(completion: str, target: str) -> None:
    for reward in REWARDS.values():
        for value in reward([completion, [{"role": "assistant", "content": completion}]], target):
            assert isinstance(value, float)
            assert math.isfinite(value)
            assert -2.0 <= value <= 2.0

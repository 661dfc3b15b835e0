"""Reward functions as TRL calls them: by keyword, with columns and with callables of its own."""

from __future__ import annotations

import asyncio
import inspect
import math
from typing import Any

import pytest
import recode_trl.rewards as ready
from recode_trl.rewards import guarded, load_reward, reward_function

from recode_bench.scoring.mixes import REWARDS
from recode_data.errors import MalformedInputError, UsageError
from tests.recode_bench.scoring.test_rewards import NEW, OLD, answer


def called_as_trl_does(reward: Any, completions: list[Any], **columns: Any) -> Any:
    logged: dict[str, float] = {}
    extra: dict[str, list[Any]] = {}
    values = reward(
        prompts=["p"] * len(completions),
        completions=completions,
        completion_ids=[[1]] * len(completions),
        **{"new_code": [NEW] * len(completions), "old_code": [OLD] * len(completions), **columns},
        trainer_state=object(),
        log_extra=extra.__setitem__,
        log_metric=logged.__setitem__,
    )
    return values, logged, extra


@pytest.mark.parametrize("name", sorted(set(REWARDS) - {"execution"}))
def test_texts_and_chats_earn_the_same(name: str) -> None:
    reward = getattr(ready, name)
    text = answer(OLD)
    texts, _, _ = called_as_trl_does(reward, [text, answer(NEW)])
    chats, _, _ = called_as_trl_does(
        reward, [[{"role": "assistant", "content": each}] for each in (text, answer(NEW))]
    )
    assert texts == chats
    assert texts[1] == max(texts)


def test_every_ready_made_reward_has_a_name_of_its_own() -> None:
    """TRL logs under `__name__`; two that share one would have one metric."""
    found = [
        value
        for name, value in vars(ready).items()
        if inspect.isfunction(value) and name.startswith(tuple(REWARDS))
    ]
    names = [each.__name__ for each in found]
    assert len(names) == len(set(names)) >= len(REWARDS) + 4
    assert {"format", "execution", "format+es_star"} <= set(names)


def test_parts_of_a_mix_are_logged_one_by_one() -> None:
    values, logged, extra = called_as_trl_does(
        reward_function("format+2*em"), [answer(NEW), answer(OLD)]
    )
    assert values == [5.0, -2.0]
    assert logged == {"rewards/format/mean": 1.0, "rewards/em/mean": 0.25}
    assert extra == {"format": [1.0, 1.0], "em": [2.0, -1.5]}


def test_the_prefill_column_is_read() -> None:
    draft = f"```python\n{NEW}\n```\nor"
    values, _, _ = called_as_trl_does(ready.em, [draft] * 2, prefill=["", "<think>\n"])
    assert values == [2.0, -2.0]


def test_a_dataset_without_the_column_is_refused() -> None:
    with pytest.raises(MalformedInputError, match="new_code"):
        ready.es_star(completions=["x"], prompts=["p"])


def spoilt(value: Any) -> Any:
    def reward(completions: list[Any], **_: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    return reward


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param([1, 0.5], [1.0, 0.5], id="sound"),
        pytest.param([True, None], [1.0, None], id="a truth value and none"),
        pytest.param([math.nan, 1.0], [None, 1.0], id="NaN"),
        pytest.param([math.inf, -math.inf], [None, None], id="infinity"),
        pytest.param([1.0], [None, None], id="too few"),
        pytest.param(3.0, [None, None], id="a number"),
        pytest.param({"a": 1, "b": 2}, [None, None], id="a mapping"),
        pytest.param(["a", 1.0], [None, None], id="a text"),
        pytest.param(ZeroDivisionError(), [None, None], id="raises"),
    ],
)
def test_nothing_that_a_reward_does_reaches_the_trainer(value: Any, expected: Any) -> None:
    reward = guarded(spoilt(value), "mine")
    assert reward.__name__ == "mine"
    assert reward(completions=["a", "b"]) == expected


def test_asynchronous_rewards_stay_so() -> None:
    async def later(completions: list[Any], **_: Any) -> list[float]:
        return [math.nan, 1.0]

    class Later:
        async def __call__(self, completions: list[Any], **_: Any) -> list[float]:
            raise OSError

    for reward, expected in ((later, [None, 1.0]), (Later(), [None, None])):
        safe = guarded(reward)
        assert inspect.iscoroutinefunction(safe)
        assert asyncio.run(safe(completions=["a", "b"])) == expected


def test_rewards_are_found_by_name_and_by_path() -> None:
    assert load_reward("format+0.5*em").__name__ == "format+0.5*em"
    assert load_reward("recode_trl.rewards.em_star").__name__ == "em_star"
    for spec in (
        "no_such",
        "no.such.module",
        "recode_trl.rewards.nothing",
        "recode_trl.rewards.REWARDS",
    ):
        with pytest.raises(UsageError, match="no"):
            load_reward(spec)

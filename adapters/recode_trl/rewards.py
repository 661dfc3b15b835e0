"""The rewards as callables for `reward_funcs`, and by path for TRL's own command line.

    trl grpo --reward_funcs recode_trl.rewards.format recode_trl.rewards.execution ...

Each takes what TRL hands over by keyword, reads the columns that `build_prompts` makes, and has a
name of its own, under which TRL logs it. A mix is one callable rather than several with
`reward_weights`: TRL adds up what is there of a completion, so that one whose code could not be run
would be paid less than its neighbours; a mix leaves it out as a whole.
"""

from __future__ import annotations

import importlib
import inspect
import logging
import math
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from recode_bench.scoring.execution import PairChecker
from recode_bench.scoring.mixes import Mix, earn, parse_mix
from recode_bench.scoring.rewards import Completion, Rewards
from recode_data.errors import UsageError

_LOG = logging.getLogger(__name__)

RewardFunction: TypeAlias = "Callable[..., Rewards]"
"""Called by keyword: `completions`, one list per column, and TRL's own."""


def reward_function(mix: str | Mix, checker: PairChecker | None = None) -> RewardFunction:
    """A mix, such as `format+2*execution`, as TRL calls it.

    The mean of each part goes into the trainer's log, its values into the table of completions.

    Args:
        mix: Which rewards, and how much of each.
        checker: Runs the code; None for this process's own.

    Raises:
        UsageError: it is no mix.
    """
    parsed = parse_mix(mix) if isinstance(mix, str) else mix

    def reward(
        completions: Sequence[Completion],
        *,
        log_metric: Callable[[str, float], None] | None = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        **columns: object,
    ) -> Rewards:
        earned = earn(parsed, completions, columns, checker)
        if len(earned.parts) > 1:
            for name, values in earned.parts.items():
                scored = [value for value in values if value is not None]
                if log_metric is not None and scored:
                    log_metric(f"rewards/{name}/mean", math.fsum(scored) / len(scored))
                if log_extra is not None:
                    log_extra(name, list(values))
        if log_metric is not None and parsed.runs_code:
            unscored = earned.parts["execution"].count(None)
            log_metric("rewards/execution/unscored", unscored / max(1, len(completions)))
        return earned.total

    reward.__name__ = reward.__qualname__ = parsed.name
    return reward


format = reward_function("format")
es = reward_function("es")
es_star = reward_function("es_star")
em = reward_function("em")
em_star = reward_function("em_star")
copy_relative = reward_function("copy_relative")
execution = reward_function("execution")
format_es_star = reward_function("format+es_star")
"""What the paper trains on (section 3.3)."""
format_em_star = reward_function("format+em_star")
format_execution = reward_function("format+2*execution")
format_execution_copy_relative = reward_function("format+2*execution+copy_relative")
"""Execution decides; similarity beyond the copy gives groups a slope in which nothing passes yet."""


def load_reward(spec: str, checker: PairChecker | None = None) -> Callable[..., Any]:
    """A mix, or any reward function by its dotted path, made safe for a trainer.

    Raises:
        UsageError: neither a mix nor an importable callable.
    """
    if "." not in spec or "*" in spec:
        return reward_function(spec, checker)
    module, _, name = spec.rpartition(".")
    here = str(Path.cwd())
    if here not in sys.path:  # as TRL's own command line does
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"no reward function {spec}: {error}") from error
    if not callable(found):
        raise UsageError(f"{spec} is no function")
    return guarded(found)


def guarded(reward: Callable[..., Any], name: str | None = None) -> Callable[..., Any]:
    """The reward, but nothing that it does can stop or spoil training.

    What raises, gives another number of values than there are completions, or gives something that
    is no finite number is unscored, with a warning.
    """
    label: str = name or getattr(reward, "__name__", "") or type(reward).__name__

    def safely(**arguments: Any) -> Rewards:
        count = len(arguments["completions"])
        try:
            return _checked(label, reward(**arguments), count)
        except Exception:  # noqa: BLE001 - it would end the training
            _LOG.warning("reward %s failed: not scored", label, exc_info=True)
            return [None] * count

    async def safely_later(**arguments: Any) -> Rewards:
        count = len(arguments["completions"])
        try:
            awaited: Awaitable[Any] = reward(**arguments)
            return _checked(label, await awaited, count)
        except Exception:  # noqa: BLE001 - it would end the training
            _LOG.warning("reward %s failed: not scored", label, exc_info=True)
            return [None] * count

    is_async = any(map(inspect.iscoroutinefunction, (reward, type(reward).__call__)))
    chosen: Callable[..., Any] = safely_later if is_async else safely
    chosen.__name__ = chosen.__qualname__ = label
    return chosen


def _checked(label: str, values: Any, count: int) -> Rewards:
    if isinstance(values, Mapping) or len(values) != count:
        _LOG.warning("reward %s gave %d values for %d completions", label, len(values), count)
        return [None] * count
    numbers = [None if value is None else float(value) for value in values]
    finite = [value if value is not None and math.isfinite(value) else None for value in numbers]
    if finite.count(None) != numbers.count(None):
        _LOG.warning("reward %s gave values that are not finite: not scored", label)
    return finite

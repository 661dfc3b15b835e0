"""The reward as verl loads it, by the path of this file.

    reward.custom_reward_function.path=$(python -c 'import recode_verl.reward as r; print(r.__file__)')
    reward.custom_reward_function.name=compute_score
    +reward.custom_reward_function.reward_kwargs.reward=format+2*execution

`compute_score` is for managers that ask for one completion at a time, in threads; `compute_scores`
for the batch manager, which runs the codes of a whole batch in parallel.

verl has no "not scored": a completion that could not be judged gets 0 and `unscored` 1, so that the
share of such completions can be watched. With DAPO's group filter choose its metric `acc` or
`score` as usual.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from recode_bench.scoring.mixes import Earned, Mix, earn, parse_mix
from recode_data.errors import MalformedInputError

PAPER_REWARD = "format+es_star"


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    *,
    reward: str = PAPER_REWARD,
    **_: Any,
) -> dict[str, float]:
    """`score` of one completion, beside it each part of the mix, `acc` and `unscored`.

    Args:
        data_source: Not looked at: this function is for rows of `recode_verl.dataset`.
        solution_str: What the model wrote.
        ground_truth: The row's migration pair as JSON.
        extra_info: Not looked at.
        reward: The mix; set it by `reward_kwargs`.

    Raises:
        UsageError: `reward` is no mix.
    """
    return compute_scores([data_source], [solution_str], [ground_truth], reward=reward)[0]


def compute_scores(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[str],
    extra_infos: Sequence[Mapping[str, Any] | None] | None = None,
    *,
    reward: str = PAPER_REWARD,
    **_: Any,
) -> list[dict[str, float]]:
    """As `compute_score`, for a batch.

    Raises:
        UsageError: `reward` is no mix.
    """
    mix = parse_mix(reward)
    rows = [_row(text) for text in ground_truths]
    columns = {name: [row.get(name) for row in rows] for name in _names(rows)}
    try:
        earned = earn(mix, list(solution_strs), columns)
    except MalformedInputError:  # no row of the batch is a migration pair
        nothing = [None] * len(rows)
        earned = Earned(list(nothing), {name: list(nothing) for name, _ in mix.parts})
    return [_scored(mix, earned, index) for index in range(len(rows))]


def _row(text: object) -> dict[str, Any]:
    try:
        row = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({name for row in rows for name in row})


def _scored(mix: Mix, earned: Earned, index: int) -> dict[str, float]:
    """Every key in every result: verl gathers them into columns."""
    total = earned.total[index]
    parts = {name: earned.parts[name][index] for name, _ in mix.parts}
    passed = parts.get("execution", parts.get("em_star", parts.get("em")))
    return {
        "score": 0.0 if total is None else total,
        "acc": float(passed is not None and passed > 0),
        "unscored": float(total is None),
        **{name: 0.0 if value is None else value for name, value in parts.items()},
    }

"""Rewards for training: batched functions from completions to numbers, pure except for `execution`.

Each takes equally long lists and gives one finite float or None per completion; None means "not
scored" and trainers leave it out, which is another thing than 0. No completion makes a reward
raise: neither text of any kind, nor a malformed chat message. Where several rewards are used, add
them: the paper trains on `format` plus one of the others (section 3.3).

A completion is a text or a list of chat messages, whose last assistant message counts. `prefill` is
how the prompt began the assistant's turn; where that opened the reasoning, a completion that never
closes it has no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from recode_bench.extract import extract_code
from recode_bench.scoring import similarity
from recode_bench.scoring.execution import PairChecker, Row, default_checker
from recode_bench.scoring.format import has_format
from recode_data.verify import Verdict

Completion: TypeAlias = "str | Sequence[Mapping[str, object]]"
Rewards: TypeAlias = "list[float | None]"


def completion_text(completion: object) -> str:
    """What the model wrote; empty where the completion holds no text."""
    if isinstance(completion, str):
        return completion
    if not isinstance(completion, Sequence) or isinstance(completion, bytes):
        return ""
    messages = [message for message in completion if isinstance(message, Mapping)]
    for message in reversed(messages):
        if message.get("role", "assistant") == "assistant":
            return _content_text(message.get("content"))
    return ""


def format(completions: Sequence[Completion]) -> Rewards:
    """1 for a completion that is reasoning and then one answer, else -1 (`has_format`)."""
    return [1.0 if has_format(completion_text(each)) else -1.0 for each in completions]


def es(
    completions: Sequence[Completion], target: Sequence[str | None], *, prefill: str = ""
) -> Rewards:
    """Edit similarity with the target: in [-1.5, 2], -2 without code; None without a target."""
    return _against_target(similarity.es, completions, target, prefill)


def es_star(
    completions: Sequence[Completion], target: Sequence[str | None], *, prefill: str = ""
) -> Rewards:
    """`es`, and -2 for what is not Python: the paper's best reward without execution."""
    return _against_target(similarity.es_star, completions, target, prefill)


def em(
    completions: Sequence[Completion], target: Sequence[str | None], *, prefill: str = ""
) -> Rewards:
    """2 for the target itself, comments aside, else -1.5, and -2 without code."""
    return _against_target(similarity.em, completions, target, prefill)


def em_star(
    completions: Sequence[Completion], target: Sequence[str | None], *, prefill: str = ""
) -> Rewards:
    """`em`, and -2 for what is not Python."""
    return _against_target(similarity.em_star, completions, target, prefill)


def copy_relative(
    completions: Sequence[Completion],
    target: Sequence[str | None],
    old_code: Sequence[str | None],
    *,
    prefill: str = "",
) -> Rewards:
    """Similarity beyond what copying `old_code` earns: 0 for the copy, 1 for the target, >= -1.

    None where a row has no target or no old code.
    """
    rows = zip(completions, target, old_code, strict=True)
    return [
        None
        if new is None or old is None
        else similarity.copy_relative(_code(completion, prefill), old, new)
        for completion, new, old in rows
    ]


def execution(
    completions: Sequence[Completion],
    rows: Sequence[Row] | Mapping[str, object],
    *,
    prefill: str = "",
    checker: PairChecker | None = None,
) -> Rewards:
    """1 for code that passes the row's checks in its new environment, else 0.

    None where that could not be judged: no sandbox, no environment, not a migration pair, or not
    done within the budget. See `recode_bench.scoring.execution`; `prepare` there makes the
    environments before training.

    Args:
        completions: what the model wrote.
        rows: one per completion, as migration pairs or their columns by name; or the columns of
            all rows, as trainers hand them over.
        prefill: how the prompt began the assistant's turn.
        checker: with its budget, limits and environments; None for this process's own.
    """
    if isinstance(rows, Mapping):
        rows = _transposed(rows, len(completions))
    codes = [_code(completion, prefill) for completion in completions]
    earned = {Verdict.PASSED: 1.0, Verdict.FAILED: 0.0}
    outcomes = (checker or default_checker()).check(codes, rows)
    return [earned.get(outcome.verdict) for outcome in outcomes]


def _transposed(columns: Mapping[str, object], count: int) -> list[dict[str, object]]:
    """Rows out of columns; what is no column of this length (a trainer's state) is left out."""
    usable = {
        name: values
        for name, values in columns.items()
        if isinstance(values, Sequence) and len(values) == count
    }
    return [{name: values[index] for name, values in usable.items()} for index in range(count)]


def _against_target(
    score: Callable[[str | None, str], float],
    completions: Sequence[Completion],
    target: Sequence[str | None],
    prefill: str,
) -> Rewards:
    return [
        None if new is None else score(_code(completion, prefill), new)
        for completion, new in zip(completions, target, strict=True)
    ]


def _code(completion: Completion, prefill: str) -> str | None:
    return extract_code(completion_text(completion), prefill=prefill)


def _content_text(content: object) -> str:
    """A message's content: text, or a list of parts of which some are text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence) or isinstance(content, bytes):
        return ""
    texts = [part.get("text") for part in content if isinstance(part, Mapping)]
    return "".join(text for text in texts if isinstance(text, str))

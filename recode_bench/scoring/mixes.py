"""Rewards by name, and weighted sums of them, out of the columns that a trainer hands over.

A mix is written `format+es_star` or `format+2*execution`. A completion that one part leaves
unscored is unscored as a whole: with a part missing its sum would be lower than that of its
neighbours for no fault of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from recode_bench.scoring import rewards
from recode_bench.scoring.execution import PairChecker
from recode_bench.scoring.rewards import Completion, Rewards, completion_text
from recode_data.errors import MalformedInputError, UsageError
from recode_data.records import MigrationPair

Columns = Mapping[str, object]
"""By name, one value per completion; what is no list of that length is none of ours."""

PREFILL = "prefill"
"""Column with the beginning of the assistant's turn that the prompt of a row holds already."""

_TERM = re.compile(r"(?:(?P<weight>\d+(?:\.\d+)?)\s*\*\s*)?(?P<name>[a-z_]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Batch:
    """What the parts of a mix share."""

    texts: list[str]
    """What the model wrote."""
    answers: list[str]
    """The assistant's turns, with what the prompt began them with."""
    columns: Columns
    checker: PairChecker | None

    def codes(self, name: str) -> list[str | None]:
        """A column of codes; None for what is no text."""
        values = self.columns[name]
        assert isinstance(values, Sequence)  # noqa: S101 - `_require` saw to that
        return [value if isinstance(value, str) else None for value in values]

    @property
    def rows(self) -> dict[str, object]:
        """The columns of migration pairs among them."""
        return {name: self.columns[name] for name in PAIR_COLUMNS if name in self.columns}


PAIR_COLUMNS = tuple(item.name for item in fields(MigrationPair))
_OPTIONAL = {"old_requirements", "new_requirements", "split"}
_NEEDED_TO_RUN = tuple(name for name in PAIR_COLUMNS if name not in _OPTIONAL)

REWARDS: Mapping[str, tuple[tuple[str, ...], Callable[[Batch], Rewards]]] = {
    "format": ((), lambda batch: rewards.format(batch.texts)),
    "es": (("new_code",), lambda batch: rewards.es(batch.answers, batch.codes("new_code"))),
    "es_star": (
        ("new_code",),
        lambda batch: rewards.es_star(batch.answers, batch.codes("new_code")),
    ),
    "em": (("new_code",), lambda batch: rewards.em(batch.answers, batch.codes("new_code"))),
    "em_star": (
        ("new_code",),
        lambda batch: rewards.em_star(batch.answers, batch.codes("new_code")),
    ),
    "copy_relative": (
        ("new_code", "old_code"),
        lambda batch: rewards.copy_relative(
            batch.answers, batch.codes("new_code"), batch.codes("old_code")
        ),
    ),
    "execution": (
        _NEEDED_TO_RUN,
        lambda batch: rewards.execution(batch.answers, batch.rows, checker=batch.checker),
    ),
}
"""Name, the columns that it reads, and what it earns."""


@dataclass(frozen=True, slots=True)
class Mix:
    """A weighted sum of rewards."""

    parts: tuple[tuple[str, float], ...]
    """Name and weight, in the order given."""

    @property
    def name(self) -> str:
        """As it is written, e.g. `format+2*execution`."""
        return "+".join(
            name if weight == 1 else f"{weight:g}*{name}" for name, weight in self.parts
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """What its parts read."""
        return tuple(dict.fromkeys(column for name, _ in self.parts for column in REWARDS[name][0]))

    @property
    def runs_code(self) -> bool:
        """Whether a sandbox and environments are needed."""
        return any(name == "execution" for name, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Earned:
    """What a batch of completions earned."""

    total: Rewards
    parts: Mapping[str, Rewards]
    """Of each reward by name, without its weight."""


def parse_mix(text: str) -> Mix:
    """Read `format+2*execution`.

    Raises:
        UsageError: a name that is no reward, one twice, or a weight that is no positive number.
    """
    parts: dict[str, float] = {}
    for term in text.split("+"):
        match = _TERM.fullmatch(term.strip())
        if match is None or match["name"] not in REWARDS or match["name"] in parts:
            raise UsageError(
                f"{text!r} is no reward: join names by '+', each once, a weight before its name as "
                f"in 'format+2*execution'; there are {', '.join(REWARDS)}"
            )
        weight = float(match["weight"] or 1)
        if not 0 < weight < math.inf:
            raise UsageError(f"{text!r}: a weight must be above 0")
        parts[match["name"]] = weight
    return Mix(tuple(parts.items()))


def earn(
    mix: Mix,
    completions: Sequence[Completion],
    columns: Columns,
    checker: PairChecker | None = None,
) -> Earned:
    """What completions earn; finite numbers or None, whatever they are.

    Args:
        mix: which rewards, and how much of each.
        completions: texts or chat messages.
        columns: of the dataset, one value per completion; `prefill` if the prompts have one.
        checker: runs the code; None for this process's own.

    Raises:
        MalformedInputError: a column that a part reads is missing.
    """
    require_columns(mix, columns, len(completions))
    texts = [completion_text(completion) for completion in completions]
    begun = columns.get(PREFILL)
    answers = [
        begin + text if isinstance(begin := _item(begun, index), str) else text
        for index, text in enumerate(texts)
    ]
    batch = Batch(texts, answers, columns, checker)
    parts = {name: REWARDS[name][1](batch) for name, _ in mix.parts}
    weights = [weight for _, weight in mix.parts]
    total = [_sum(values, weights) for values in zip(*parts.values(), strict=True)]
    return Earned(total, parts)


def require_columns(mix: Mix, columns: Columns, count: int | None = None) -> None:
    """Refuse columns that the mix cannot be computed from.

    Args:
        mix: whose columns are needed.
        columns: that there are.
        count: of values that each must have; None where only the names are known.

    Raises:
        MalformedInputError: says which are missing, and which there are.
    """
    missing = [
        name
        for name in mix.columns
        if name not in columns or (count is not None and not _is_column(columns[name], count))
    ]
    if missing:
        there = ", ".join(sorted(columns)) or "none"
        raise MalformedInputError(
            f"the reward {mix.name} needs the columns {', '.join(missing)}; the dataset has {there}"
        )


def _is_column(values: object, count: int) -> bool:
    return isinstance(values, Sequence) and not isinstance(values, str) and len(values) == count


def _item(values: object, index: int) -> object:
    if isinstance(values, Sequence) and not isinstance(values, str) and index < len(values):
        return values[index]
    return None


def _sum(values: Sequence[float | None], weights: Sequence[float]) -> float | None:
    total = 0.0
    for value, weight in zip(values, weights, strict=True):
        if value is None:
            return None
        total += weight * value
    return total

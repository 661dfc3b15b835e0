"""`codemod`: applies what the miner proposes for the row's change, by rule; no language model.

It sees the old code and the change with its ranked replacements, never the target. Where no rewrite
applies, it hands the old code back.
"""

from __future__ import annotations

from collections.abc import Sequence

from recode_bench.models.baselines import KnowingModel
from recode_bench.problems import Problem
from recode_data.producers.proposals import proposals
from recode_data.records import Effect, MigrationPair
from recode_data.rewrites import rewrite
from recode_data.rows import candidate_of


def open_model(problems: Sequence[Problem]) -> KnowingModel:
    """The model over these problems."""
    return KnowingModel(problems, migrate)


def migrate(problem: Problem) -> str | None:
    """The old code, rewritten by the best proposal that applies."""
    pair = problem.pair
    if pair is None:
        return None
    return migrated(pair)


def migrated(pair: MigrationPair) -> str:
    """As `migrate`, of a row."""
    if pair.effect is Effect.NONE:
        return pair.old_code
    change = candidate_of(pair).change
    for replacement in proposals(change):
        new_code = rewrite(pair.old_code, change, replacement)
        if new_code is not None:
            return new_code
    return pair.old_code

"""What users see of the types: read by mypy in `make lint`, never run.

Each line pins a promise; a type that became wider, or None where there was none, fails lint.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from typing_extensions import assert_type

from recode_bench.metrics import pass_at_k
from recode_bench.scoring import rewards
from recode_bench.scoring.execution import PairChecker
from recode_data.catalog import CatalogEntry, load_catalog
from recode_data.changes import find_changes
from recode_data.publish import read_changes, read_pairs
from recode_data.records import (
    ApiChange,
    Candidate,
    Dropped,
    DropReason,
    Effect,
    Environment,
    MigrationPair,
    Outcome,
    Release,
    Surface,
    Usage,
    Verified,
    VersionStep,
    decode,
    encode,
)
from recode_data.sandbox import SandboxPool
from recode_data.verify import CheckOutcome, Verdict, run_checks
from recode_data.workspace import Workspace


def mine(workspace: Workspace) -> None:
    step = VersionStep("numpy", "1.26.4", "2.0.0")
    release = workspace.release(step.library, step.old)
    assert_type(release, Release)
    assert_type(release.released, str | None)
    assert_type(workspace.step_environments(release, release), tuple[Environment, Environment])


def compare(old: Surface, new: Surface) -> None:
    changes = find_changes(old, new)
    assert_type(changes, tuple[ApiChange, ...])
    assert_type(changes[0].parameter, str | None)


def account(outcome: Outcome) -> Effect | DropReason:
    """Every outcome is one of the two; a third would not be exhausted here."""
    if isinstance(outcome, Verified):
        assert_type(outcome.pair, MigrationPair)
        return outcome.pair.effect
    assert_type(outcome, Dropped)
    assert_type(outcome.candidate, Candidate)
    return outcome.reason


def publish(folder: Path) -> None:
    pairs = read_pairs(folder)
    assert_type(pairs, tuple[MigrationPair, ...])
    assert_type(pairs[0].new_requirements, tuple[str, ...])
    assert_type(read_changes(folder)[0].old_api, str)


def check(pair: MigrationPair, environment: Environment, sandboxes: SandboxPool) -> None:
    outcome = run_checks(pair, pair.new_code, environment, sandboxes)
    assert_type(outcome, CheckOutcome)
    assert_type(outcome.verdict, Verdict)


def store(usage: Usage) -> None:
    assert_type(encode(usage), bytes)
    assert_type(decode(encode(usage), Usage), Usage)


def look_up() -> Iterator[str]:
    entries = load_catalog()
    assert_type(entries, tuple[CatalogEntry, ...])
    for entry in entries:
        assert_type(entry.steps(), tuple[VersionStep, ...])
        yield entry.name


def score() -> None:
    assert_type(pass_at_k(5, 2, 1), float | None)


def reward(pair: MigrationPair, row: dict[str, object], checker: PairChecker) -> None:
    assert_type(rewards.es_star(["x"], [pair.new_code]), list[float | None])
    assert_type(rewards.execution(["x", "y"], [pair, row], checker=checker), list[float | None])

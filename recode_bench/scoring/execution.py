"""The checks of many rows at once, each on one completion's code, in warm sandboxes.

Training calls it once per batch: as many jobs at a time as there are cores, a fork of its own for
each code, and a budget of seconds for the whole batch. What could not be judged, for whatever
reason, is unscored: it says nothing about the code.
"""

from __future__ import annotations

import functools
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TypeAlias

import msgspec

from recode_bench.problems import NO_CODE
from recode_bench.scoring.warm import warm_sandboxes
from recode_data.errors import RecodeError
from recode_data.progress import Progress, SilentProgress
from recode_data.records import Environment, MigrationPair
from recode_data.sandbox import Limits
from recode_data.sandbox.isolation import choose
from recode_data.verify import (
    SNIPPET_LIMITS,
    CheckOutcome,
    CheckReason,
    Verdict,
    read_checks,
    run_checks,
)
from recode_data.workspace import Workspace

BUDGET_S = 120.0
"""Of one batch. 64 ordinary completions take 1 to 2 s on two cores; the rest is for those that hang,
each of which is stopped by `REWARD_LIMITS`."""

REWARD_LIMITS = replace(SNIPPET_LIMITS, wall_seconds=20.0)
"""Of one run: as in an evaluation, but code that sleeps must not hold up the batch for a minute."""

OVER_BUDGET = "over_budget"
"""Unscored: the batch's seconds were used up before this one was done."""
MALFORMED_ROW = "malformed_row"
"""Unscored: the row is not a migration pair, or its checks cannot be read."""
NO_ENVIRONMENT = "no_environment"
"""Unscored: the row's new environment cannot be made here."""

Row: TypeAlias = "MigrationPair | Mapping[str, object]"
"""A migration pair, or its columns by name; further columns do not matter."""

_Pins: TypeAlias = "tuple[tuple[str, ...], str]"
_LOG = logging.getLogger(__name__)


class PairChecker:
    """Runs rows' checks; keeps the environments that they need.

    Safe to use from several threads.

    Args:
        workspace: Where environments are made and found again.
        jobs: Codes that run at the same time; None for the number of cores this process may use.
        budget_s: Seconds for one `check`, environments not yet made aside.
        limits: What one run may use.
        allow_weak: Run where only resource limits hold the code in.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        jobs: int | None = None,
        budget_s: float = BUDGET_S,
        limits: Limits = REWARD_LIMITS,
        allow_weak: bool = False,
    ) -> None:
        self._workspace = workspace
        self._jobs = jobs or len(os.sched_getaffinity(0))
        self._budget_s = budget_s
        self._limits = limits
        self._allow_weak = allow_weak
        self._lock = threading.Lock()
        self._environments: dict[_Pins, Environment | None] = {}

    def prepare(self, pairs: Iterable[MigrationPair], progress: Progress) -> None:
        """Make the new environments of these rows; call it before training.

        Raises:
            WeakSandboxError: there is no isolation good enough for model output.
            EnvironmentLacksError: an environment cannot be made.
            MalformedInputError: the checks of a row cannot be read.
        """
        choose(None, self._allow_weak)
        wanted: set[_Pins] = set()
        for pair in pairs:
            read_checks(pair.checks)
            wanted.add(_pins(pair))
        missing = sorted(pins for pins in wanted if self._environments.get(pins) is None)
        for pins in progress.track(missing, "environments", len(missing)):
            requirements, python = pins
            environment = self._workspace.environment(requirements, python=python)
            with self._lock:
                self._environments[pins] = environment

    def check(self, codes: Sequence[str | None], rows: Sequence[Row]) -> list[CheckOutcome]:
        """One outcome per code, in order; never raises for what a code or a row is.

        Args:
            codes: One per row; None where a completion holds no code, which fails.
            rows: What each code is the answer to.

        Raises:
            ValueError: not as many rows as codes.
        """
        if len(codes) != len(rows):
            raise ValueError(f"{len(codes)} codes for {len(rows)} rows")
        outcomes: list[CheckOutcome] = [_unscored(OVER_BUDGET)] * len(codes)
        work: list[tuple[str, int, MigrationPair, str, Environment]] = []
        for index, (code, row) in enumerate(zip(codes, rows, strict=True)):
            pair = pair_of(row)
            if pair is None:
                outcomes[index] = _unscored(MALFORMED_ROW)
            elif code is None:
                outcomes[index] = CheckOutcome(Verdict.FAILED, NO_CODE, "", 0.0)
            elif (environment := self._environment(pair)) is None:
                outcomes[index] = _unscored(NO_ENVIRONMENT)
            else:
                work.append((environment.key, index, pair, code, environment))
        # Jobs of one environment follow each other, so that its servers are used while they live.
        work.sort(key=lambda each: each[:2])
        deadline = time.monotonic() + self._budget_s
        pool = ThreadPoolExecutor(self._jobs, thread_name_prefix="recode-checks")
        try:
            running: dict[Future[CheckOutcome], int] = {
                pool.submit(self._run, pair, code, environment, deadline): index
                for _, index, pair, code, environment in work
            }
            done, _ = wait(running, timeout=self._budget_s)
            for future in done:
                outcomes[running[future]] = future.result()
        finally:
            # A job still running ends by itself: its wall clock is what was left of the budget.
            pool.shutdown(wait=False, cancel_futures=True)
        _report(outcomes)
        return outcomes

    def _environment(self, pair: MigrationPair) -> Environment | None:
        """The row's environment, made if need be; None where that fails, then and ever after."""
        pins = _pins(pair)
        with self._lock:
            if pins in self._environments:
                return self._environments[pins]
            try:
                self._environments[pins] = self._workspace.environment(pins[0], python=pins[1])
            except (RecodeError, OSError) as error:
                _LOG.warning("rows of %s are not scored: %s", pair.dependency, error)
                self._environments[pins] = None
            return self._environments[pins]

    def _run(
        self, pair: MigrationPair, code: str, environment: Environment, deadline: float
    ) -> CheckOutcome:
        left = deadline - time.monotonic()
        if left <= 0:
            return _unscored(OVER_BUDGET)
        limits = replace(self._limits, wall_seconds=min(self._limits.wall_seconds, left))
        try:
            sandboxes = warm_sandboxes(self._allow_weak)
            outcome = run_checks(pair, code, environment, sandboxes, limits)
        except Exception as error:  # noqa: BLE001 - a worker's boundary: nothing may stop training
            return _unscored(CheckReason.SANDBOX_FAILED.value, f"{type(error).__name__}: {error}")
        if outcome.reason == CheckReason.TIMEOUT.value and time.monotonic() >= deadline:
            return _unscored(OVER_BUDGET)
        return outcome


@functools.lru_cache(maxsize=1)
def default_checker() -> PairChecker:
    """This process's checker on the user's own workspace, for callers who name none."""
    return PairChecker(Workspace.default())


def pair_of(row: object) -> MigrationPair | None:
    """A row as a migration pair; None for anything that is none."""
    if isinstance(row, MigrationPair):
        return row
    if not isinstance(row, Mapping):
        return None
    try:
        columns = {
            str(name): value.tolist() if hasattr(value, "tolist") else value
            for name, value in row.items()
        }
        return msgspec.convert(columns, MigrationPair)
    except (msgspec.ValidationError, TypeError, ValueError, RecursionError):
        return None


def prepare(
    pairs: Iterable[MigrationPair],
    progress: Progress | None = None,
    checker: PairChecker | None = None,
) -> None:
    """`PairChecker.prepare` of the default checker, unless another is given."""
    (checker or default_checker()).prepare(pairs, progress or SilentProgress())


def _pins(pair: MigrationPair) -> _Pins:
    return pair.new_requirements, pair.new_python


def _unscored(reason: str, detail: str = "") -> CheckOutcome:
    return CheckOutcome(Verdict.UNSCORED, reason, detail, 0.0)


def _report(outcomes: Sequence[CheckOutcome]) -> None:
    """One warning per batch, however many completions it is about."""
    unscored = [outcome for outcome in outcomes if outcome.verdict is Verdict.UNSCORED]
    if unscored:
        reasons = Counter(outcome.reason for outcome in unscored)
        words = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
        detail = next((outcome.detail for outcome in unscored if outcome.detail), "")
        _LOG.warning(
            "%d of %d completions not scored (%s) %s", len(unscored), len(outcomes), words, detail
        )

"""The execution reward: verdicts, what is left unscored, budget, and that nothing stays behind."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recode_bench.problems import NO_CODE
from recode_bench.scoring import rewards
from recode_bench.scoring.execution import (
    MALFORMED_ROW,
    NO_ENVIRONMENT,
    OVER_BUDGET,
    PairChecker,
    pair_of,
)
from recode_bench.scoring.warm import warm_sandboxes
from recode_data.errors import EnvironmentLacksError, MalformedInputError
from recode_data.progress import SilentProgress
from recode_data.publish import pair_row
from recode_data.records import MigrationPair
from recode_data.sandbox import Limits
from recode_data.workspace import Workspace
from tests.recode_data.sandbox.hostile import ATTACKS
from tests.runnable_pairs import control_pair, empty_workspace, square_root_pair

pytestmark = pytest.mark.sandbox

QUICK = Limits(cpu_seconds=0.4, wall_seconds=4.0)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield empty_workspace(tmp_path_factory.mktemp("cache"))
    warm_sandboxes().close()


@pytest.fixture(scope="module")
def pair(workspace: Workspace) -> MigrationPair:
    return square_root_pair(workspace)


@pytest.fixture(scope="module")
def checker(workspace: Workspace) -> PairChecker:
    return PairChecker(workspace, jobs=2, limits=QUICK)


def answer(code: str, thought: str = "Renamed.") -> str:
    return f"{thought}\n</think>\n<answer>\n```python\n{code}\n```\n</answer>"


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


@pytest.mark.parametrize(
    ("completion", "earned"),
    [
        pytest.param(lambda pair: answer(pair.new_code), 1.0, id="target"),
        pytest.param(lambda pair: answer(pair.old_code), 0.0, id="copy"),
        pytest.param(
            lambda pair: answer("from math import isqrt\nx = isqrt(16)"), 1.0, id="another way"
        ),
        pytest.param(
            lambda pair: [{"role": "assistant", "content": answer(pair.new_code)}], 1.0, id="chat"
        ),
        pytest.param(lambda pair: answer("x = 5"), 0.0, id="another value"),
        pytest.param(lambda pair: answer("x = ("), 0.0, id="not Python"),
        pytest.param(lambda pair: answer(""), 0.0, id="empty answer"),
        pytest.param(lambda pair: "", 0.0, id="nothing"),
        pytest.param(
            lambda pair: f"```python\n{pair.new_code}\n```\n</think><answer>see above</answer>",
            0.0,
            id="code in the reasoning only",
        ),
        pytest.param(
            lambda pair: answer(pair.new_code) + answer(pair.old_code), 0.0, id="two answers"
        ),
        pytest.param(lambda pair: answer("x = 4\n" * 100_000), 0.0, id="giant answer"),
        pytest.param(lambda pair: answer("while True: pass"), 0.0, id="a loop"),
        pytest.param(lambda pair: answer("import os\nos._exit(0)"), 0.0, id="exit"),
        pytest.param(
            lambda pair: answer(
                "class Same:\n    def __eq__(self, other): return True\nx = Same()"
            ),
            0.0,
            id="equal to everything",
        ),
    ],
)
def test_what_a_completion_earns(
    completion: Callable[[MigrationPair], rewards.Completion],
    earned: float,
    pair: MigrationPair,
    checker: PairChecker,
) -> None:
    assert rewards.execution([completion(pair)], [pair], checker=checker) == [earned]


def test_an_output_that_is_written_down_earns_nothing(
    pair: MigrationPair, checker: PairChecker
) -> None:
    """It shows the right value, but not for another input."""
    checks = json.loads(pair.checks)
    expected = {"events": [], "names": {"x": ["i", "5"]}}
    checks["hidden"] = [{"literals": [["17", "30"]], "expected": expected}]
    row = replace(pair, checks=json.dumps(checks))
    completions = [
        answer("x = 4"),
        answer("import math\nx = 4 if 17 else 0"),
        answer(pair.new_code),
    ]
    assert rewards.execution(completions, [row] * 3, checker=checker) == [0.0, 0.0, 1.0]


def test_a_row_that_needs_no_edit_is_passed_by_the_copy(
    workspace: Workspace, checker: PairChecker
) -> None:
    row = control_pair(workspace)
    assert rewards.execution([answer(row.old_code)], [row], checker=checker) == [1.0]


def test_rows_may_come_as_trainers_hand_them_over(
    pair: MigrationPair, checker: PairChecker
) -> None:
    """Columns of equal length, among things that are no columns."""
    completions = [answer(pair.old_code), answer(pair.new_code)]
    row = pair_row(pair)
    columns: dict[str, object] = {name: [value] * 2 for name, value in row.items()}
    columns |= {"trainer_state": object(), "log_metric": print, "prompts": ["a", "b"]}
    assert rewards.execution(completions, columns, checker=checker) == [0.0, 1.0]
    assert rewards.execution(completions, [row, row], checker=checker) == [0.0, 1.0]


def test_the_prefill_binds_the_reward_to_the_answer(
    pair: MigrationPair, checker: PairChecker
) -> None:
    draft = f"First:\n```python\n{pair.new_code}\n```\nHm, or perhaps"
    earned = rewards.execution([draft], [pair], prefill="<think>\n", checker=checker)
    assert earned == [0.0]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({}, id="no columns"),
        pytest.param(None, id="nothing"),
        pytest.param("a text", id="a text"),
        pytest.param({"id": float("nan"), "checks": object()}, id="of other types"),
    ],
)
def test_a_malformed_row_is_not_scored(row: Any, pair: MigrationPair, checker: PairChecker) -> None:
    outcomes = checker.check([pair.new_code, pair.new_code], [row, pair])
    assert [outcome.reason for outcome in outcomes] == [MALFORMED_ROW, "ok"]
    assert rewards.execution([answer("x = 1")], [row], checker=checker) == [None]


@pytest.mark.parametrize("checks", ["", "{}", "null", '{"version": 99}', "\0", "[" * 5000])
def test_unreadable_checks_are_not_scored(
    checks: str, pair: MigrationPair, checker: PairChecker
) -> None:
    row = replace(pair, checks=checks)
    assert rewards.execution([answer(pair.new_code)], [row], checker=checker) == [None]


class NoEnvironments:
    """A workspace whose index cannot be reached."""

    asked = 0

    def environment(self, requirements: object, *, python: object) -> object:
        self.asked += 1
        raise EnvironmentLacksError("no index answers", "connect")


def test_without_its_environment_a_row_is_not_scored(pair: MigrationPair) -> None:
    """And it is not tried again in every step."""
    workspace = NoEnvironments()
    checker = PairChecker(workspace)  # type: ignore[arg-type]  # all that is used of it
    for _ in range(2):
        outcomes = checker.check([pair.new_code], [pair])
        assert [outcome.reason for outcome in outcomes] == [NO_ENVIRONMENT]
    assert workspace.asked == 1
    with pytest.raises(EnvironmentLacksError, match="no index answers"):
        checker.prepare([pair], SilentProgress())


def test_prepare_refuses_checks_that_cannot_be_read(
    pair: MigrationPair, checker: PairChecker
) -> None:
    with pytest.raises(MalformedInputError, match="checks"):
        checker.prepare([replace(pair, checks="{}")], SilentProgress())


def test_what_the_budget_does_not_allow_is_not_scored(
    workspace: Workspace, pair: MigrationPair
) -> None:
    """Late is not wrong; and what was done in time keeps its verdict."""
    checker = PairChecker(workspace, jobs=1, budget_s=1.5, limits=replace(QUICK, cpu_seconds=60.0))
    checker.check([pair.new_code], [pair])  # warm
    started = time.monotonic()
    outcomes = checker.check([pair.new_code, "while True: pass", pair.new_code], [pair] * 3)
    assert [outcome.reason for outcome in outcomes] == ["ok", OVER_BUDGET, OVER_BUDGET]
    assert time.monotonic() - started < 4.0


def test_a_loop_that_ends_by_its_own_limit_fails(pair: MigrationPair, checker: PairChecker) -> None:
    (outcome,) = checker.check(["while True: pass"], [pair])
    assert (outcome.verdict.value, outcome.reason) == ("failed", "timeout")


def test_no_code_fails_without_a_run(pair: MigrationPair) -> None:
    checker = PairChecker(NoEnvironments())  # type: ignore[arg-type]  # nothing of it is used
    assert checker.check([None], [pair])[0].reason == NO_CODE


def test_unequal_lengths_are_refused(pair: MigrationPair, checker: PairChecker) -> None:
    with pytest.raises(ValueError, match="2 codes for 1 rows"):
        checker.check(["a", "b"], [pair])


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_hostile_code_earns_nothing(attack: Any, pair: MigrationPair, checker: PairChecker) -> None:
    """And the next completion in the same sandbox is judged as ever."""
    outcomes = checker.check([attack.code, pair.new_code], [pair, pair])
    assert outcomes[0].reason != "ok"
    assert outcomes[1].reason == "ok"


def test_no_process_is_left_over(workspace: Workspace, pair: MigrationPair) -> None:
    """Servers stay warm; of what completions started nothing does."""
    warm_sandboxes().close()
    before = children()  # servers that other tests of this process keep
    checker = PairChecker(workspace, jobs=2, limits=QUICK)
    daemon = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\n"
    batch = [pair.new_code, daemon, "while True: pass"] * 2
    checker.check(batch, [pair] * len(batch))
    servers = children()
    assert len(servers - before) >= 2
    for _ in range(2):
        checker.check(batch, [pair] * len(batch))
        assert children() == servers
    warm_sandboxes().close()
    assert children() - before == set()


@settings(deadline=None, max_examples=15)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_no_completion_makes_it_raise(
    pair: MigrationPair, checker: PairChecker, texts: list[str]
) -> None:
    completions = [*texts, *(f"```python\n{text}\n```" for text in texts)]
    for value in rewards.execution(completions, [pair] * len(completions), checker=checker):
        assert value is None or (math.isfinite(value) and value in (0.0, 1.0))


def test_a_row_survives_the_way_through_a_trainer(pair: MigrationPair) -> None:
    assert pair_of(pair_row(pair)) == pair
    assert pair_of(asdict(pair) | {"prompt": "…", "kind": pair.kind.value}) == pair

"""CodeUpdateArena: updates in place and taken away again, and where the published harness errs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recode_bench.models.baselines import fenced
from recode_bench.models.completing import Completion, Finish
from recode_bench.problems import Outcome
from recode_bench.results import WITHOUT_UPDATE
from recode_bench.tasks import open_task
from recode_bench.tasks.arena_rows import read_rows
from recode_bench.tasks.codeupdatearena import (
    AFFORDABLE,
    ENVIRONMENT,
    LIMITS,
    PATIENCE,
    TESTS_PASSED,
    ArenaJob,
    CodeUpdateArenaTask,
)
from recode_bench.tasks.task import TaskSettings
from recode_data.errors import EnvironmentLacksError
from recode_data.verify import Verdict
from recode_data.workspace import Workspace
from tests.arena_examples import ROW, raw_row, write_rows
from tests.recode_data.sandbox.hostile import environment
from tests.silence import Silence

pytestmark = pytest.mark.sandbox


def outcome_of(tmp_path: Path, row: Mapping[str, Any], code: str | None = None) -> Outcome:
    """What a completion (by default the reference) comes to, in this interpreter."""
    (read,) = read_rows(write_rows(tmp_path / "row.jsonl", row))
    text = fenced(read.reference if code is None else code)
    return ArenaJob(read, environment(), LIMITS, 0, text, False).run()


def test_a_solution_that_needs_the_update_passes_with_it_alone(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, ROW)
    assert (outcome.verdict, outcome.reason, outcome.detail) == (Verdict.PASSED, "ok", "")
    assert outcome.measured == {TESTS_PASSED: 1.0, WITHOUT_UPDATE: False}
    assert outcome.level is not None


def test_one_that_does_without_it_passes_both_ways(tmp_path: Path) -> None:
    row = raw_row(unit_tests="def test_it():\n    assert keep_last(['aa bb cc'], 5) == ['bb cc']\n")
    code = "def keep_last(texts, width):\n    return [text[-width:] for text in texts]\n"
    assert outcome_of(tmp_path, row, code).measured[WITHOUT_UPDATE] is True


@pytest.mark.parametrize(
    ("code", "reason", "share"),
    [
        ("def keep_last(texts, width): return texts", "wrong_result", 0.5),
        ("def keep_last(texts, width): return None", "wrong_result", 0.0),
        ("def keep_last(texts, width): return MISSING", "error", 0.0),
        ("def keep_last(texts, width) return", "syntax_error", 0.0),
        ("def other(): pass", "error", 0.0),
    ],
)
def test_failures_have_reasons_and_a_share_of_tests(
    tmp_path: Path, code: str, reason: str, share: float
) -> None:
    outcome = outcome_of(tmp_path, ROW, code)
    assert (outcome.verdict, outcome.reason) == (Verdict.FAILED, reason)
    assert outcome.measured == {TESTS_PASSED: share, WITHOUT_UPDATE: False}


@pytest.mark.parametrize("text", ["", "I cannot do that.", "```python\n```"])
def test_a_completion_without_code_fails(tmp_path: Path, text: str) -> None:
    (row,) = read_rows(write_rows(tmp_path / "row.jsonl", ROW))
    outcome = ArenaJob(row, environment(), LIMITS, 0, text, False).run()
    assert (outcome.verdict, outcome.reason) == (Verdict.FAILED, "no_code")


BURN = "    import time\n    while time.process_time() < {}: pass\n"


@pytest.mark.parametrize(
    ("reference", "solution", "patience", "reason"),
    [
        (1.6, 1.6, PATIENCE, "ok"),
        (1.6, 60, PATIENCE, "timeout"),
        (0, 1.6, PATIENCE, "timeout"),
        (1.6, 1.6, 1.0, "timeout"),
    ],
    ids=["as slow as the reference", "endless", "a fast problem", "the limit that was set"],
)
def test_a_problem_with_a_slow_reference_gets_more_time(
    tmp_path: Path, reference: float, solution: float, patience: float, reason: str
) -> None:
    def code(seconds: float) -> str:
        return f"def keep_last():\n{BURN.format(seconds)}    return 1\n"

    row = raw_row(
        unit_tests="def test_it():\n    assert keep_last() == 1\n", ref_solution=code(reference)
    )
    (read,) = read_rows(write_rows(tmp_path / "row.jsonl", row))
    limits = replace(LIMITS, cpu_seconds=1.0, wall_seconds=20.0)
    job = ArenaJob(read, environment(), limits, 0, fenced(code(solution)), False, patience)
    assert job.run().reason == reason


def test_a_problem_that_would_take_minutes_gets_no_more_time(tmp_path: Path) -> None:
    once = "def test_{}():\n    assert keep_last() == 1\n"
    began = "    import time; began = time.process_time()\n"
    slow = f"def keep_last():\n{began}{BURN.format('began + 1.6')}    return 1\n"
    tests = "\n\n".join(once.format(number) for number in range(1 + int(AFFORDABLE / 1.6)))
    row = raw_row(unit_tests=tests, ref_solution=slow)
    (read,) = read_rows(write_rows(tmp_path / "row.jsonl", row))
    limits = replace(LIMITS, cpu_seconds=1.0, wall_seconds=20.0)
    job = ArenaJob(read, environment(), limits, 0, fenced(slow), False, PATIENCE)
    assert job.run().reason == "timeout"


def test_a_problem_whose_reference_needs_more_memory_gets_it(tmp_path: Path) -> None:
    row = raw_row(
        unit_tests="def test_it():\n    assert keep_last() == 1\n",
        ref_solution="def keep_last():\n    return len(bytearray(300 << 20)) - (300 << 20) + 1\n",
    )
    (read,) = read_rows(write_rows(tmp_path / "row.jsonl", row))
    limits = replace(LIMITS, memory_bytes=256 << 20)
    for patience, reason in ((1.0, "out_of_memory"), (PATIENCE, "ok")):
        completion = fenced(read.reference)
        job = ArenaJob(read, environment(), limits, 0, completion, False, patience)
        assert job.run().reason == reason


def test_only_the_first_endless_test_gets_more_time(tmp_path: Path) -> None:
    once = "def test_{}():\n    assert keep_last() == 1\n"
    row = raw_row(
        unit_tests="\n\n".join(once.format(number) for number in range(3)),
        ref_solution=f"def keep_last():\n{BURN.format(1.6)}    return 1\n",
    )
    (read,) = read_rows(write_rows(tmp_path / "row.jsonl", row))
    limits = replace(LIMITS, cpu_seconds=1.0, wall_seconds=20.0)
    endless = fenced("def keep_last():\n    while True: pass\n")
    outcome = ArenaJob(read, environment(), limits, 0, endless, False, PATIENCE).run()
    assert outcome.reason == "timeout"
    assert outcome.seconds < PATIENCE + 3, "four seconds, and one for each of the others"


SAME = "def shorten(text, width, side='end'): return 'new'\n"
KINDS = {
    "add-argument": (SAME, "textwrap.shorten('a', 1)", "'new'"),
    "modify-output-semantics": (SAME, "textwrap.shorten('a', 1)", "'new'"),
    "modify-function-name": (
        "def cut(text): return 'new'\n",
        "[textwrap.cut('a'), hasattr(textwrap, 'shorten')]",
        "['new', False]",
    ),
    "add-function": (
        "def cut(text): return 'new'\n",
        "[textwrap.cut('a'), textwrap.shorten('a b', 9)]",
        "['new', 'a b']",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_update_is_in_place_at_run_time(tmp_path: Path, kind: str) -> None:
    implementation, call, expected = KINDS[kind]
    row = raw_row(
        {"update_type": kind, "implementation": implementation},
        unit_tests=f"def test_it():\n    assert keep_last() == {expected}\n"
        f"def test_both_sides():\n    assert {call} == {expected}\n",
        ref_solution=f"import textwrap\ndef keep_last():\n    return {call}\n",
    )
    outcome = outcome_of(tmp_path, row)
    assert (outcome.verdict, outcome.detail) == (Verdict.PASSED, "")
    assert outcome.measured[WITHOUT_UPDATE] is False


def test_an_update_is_never_put_in_place_twice(tmp_path: Path) -> None:
    """In one process the second time makes `old_shorten` the new function, which then recurses."""
    assert [outcome_of(tmp_path, ROW).verdict for _ in range(3)] == [Verdict.PASSED] * 3


# --- the task -------------------------------------------------------------------------------------


def settings(tmp_path: Path) -> TaskSettings:
    return TaskSettings(Workspace.default(tmp_path / "cache"))


def test_the_profile_is_the_papers(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", ROW)
    profile = open_task(f"codeupdatearena:{path}", settings(tmp_path)).profile
    sampling = profile.sampling
    assert (profile.samples, sampling.temperature, sampling.top_p, sampling.max_tokens) == (
        *(5, 0.8, 0.7, 512),
    )


def test_what_cannot_be_installed_is_unscored_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [ROW, raw_row({"package": "torch"}, prog_syn_id="of torch")]
    task = open_task(
        f"codeupdatearena:{write_rows(tmp_path / 'r.jsonl', *rows)}", settings(tmp_path)
    )
    assert isinstance(task, CodeUpdateArenaTask)

    def install(requirements: list[str], **given: object) -> object:
        if any("torch" in each for each in requirements):
            raise EnvironmentLacksError("no wheel of torch", "another machine")
        return environment()

    monkeypatch.setattr(task._settings.workspace, "environment", install)
    progress = Silence()
    task.prepare(task.problems(), progress)
    assert "torch" in progress.notes[0]
    plain, large = task.problems()
    outcome = task.job(large, Completion(large.id, 0, "```python\nx\n```", Finish.STOP)).run()
    assert (outcome.verdict, outcome.reason) == (Verdict.UNSCORED, ENVIRONMENT)
    text = fenced(ROW["ref_solution"])
    assert task.job(plain, Completion(plain.id, 0, text, Finish.STOP)).run().reason == "ok"


def test_identity_follows_tests_and_limits(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", ROW)
    first = open_task(f"codeupdatearena:{path}", settings(tmp_path)).identity()
    write_rows(path, raw_row(unit_tests="def test_it(): pass\n"))
    assert open_task(f"codeupdatearena:{path}", settings(tmp_path)).identity() != first
    write_rows(path, ROW)
    limited = TaskSettings(settings(tmp_path).workspace, cpu_seconds=1.0)
    assert open_task(f"codeupdatearena:{path}", limited).identity() != first

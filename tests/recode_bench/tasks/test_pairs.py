"""Migration pairs as a task: baselines, control rows, limits, hostile completions, bad datasets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recode_bench.models import open_model
from recode_bench.models.baselines import fenced
from recode_bench.models.completing import Completion, Finish, Request, Sampling
from recode_bench.problems import Outcome
from recode_bench.prompts import load_template, render
from recode_bench.results import fold
from recode_bench.tasks import TaskSettings, open_task
from recode_bench.tasks.pairs import PairsTask
from recode_data.errors import MalformedInputError, UsageError
from recode_data.progress import SilentProgress
from recode_data.records import MigrationPair
from recode_data.verify import Verdict
from recode_data.workspace import Workspace
from tests.built_datasets import write_built
from tests.runnable_pairs import control_pair, empty_workspace, square_root_pair

pytestmark = pytest.mark.sandbox
Judge = Callable[[str], Outcome]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return empty_workspace(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def pairs(workspace: Workspace) -> list[MigrationPair]:
    return [square_root_pair(workspace), control_pair(workspace)]


@pytest.fixture(scope="module")
def dataset(pairs: list[MigrationPair], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_built(tmp_path_factory.mktemp("pairs") / "built", pairs)


@pytest.fixture(scope="module")
def task(dataset: Path, workspace: Workspace) -> PairsTask:
    made = open_task(f"pairs:{dataset}", TaskSettings(workspace))
    assert isinstance(made, PairsTask)
    made.prepare(made.problems(), SilentProgress())
    return made


@pytest.fixture(scope="module")
def judge(task: PairsTask) -> Judge:
    problem = next(each for each in task.problems() if not each.is_control)

    def judged(text: str) -> Outcome:
        return task.job(problem, Completion(problem.id, 0, text, Finish.STOP)).run()

    return judged


def metrics_of(task: PairsTask, model: str) -> dict[str, Any]:
    problems = task.problems()
    template = load_template("pairs", "recode")
    requests = [Request(each.id, 0, render(template, each.values)) for each in problems]
    completions = open_model(model, problems).complete(requests, Sampling())
    by_id = {each.id: each for each in problems}
    outcomes = [task.job(by_id[each.problem_id], each).run() for each in completions]
    return fold(problems, outcomes, 1, None)


@pytest.mark.parametrize(("model", "passed"), [("oracle", 1.0), ("copy", 0.0)])
def test_baselines_hold(task: PairsTask, model: str, passed: float) -> None:
    metrics = metrics_of(task, model)
    assert metrics["pass@1"]["value"] == passed
    assert metrics["over_migration_rate"]["value"] == 0.0
    assert metrics["unscored"] == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_code"),
        ("I cannot.", "no_code"),
        (fenced("import math\nx = math.isqrt(17)"), "ok"),
        (fenced("x = 4"), "ok"),
        (fenced("import math\nx = math.isqrt(26)"), "wrong_result"),
        (fenced("import math\nx = math.gone(17)"), "error"),
        (fenced("x = ("), "syntax_error"),
        (fenced("y = 4"), "wrong_result"),
        ("<think>" + fenced("x = 4"), "no_code"),
    ],
)
def test_completions_come_to_what_they_must(judge: Judge, text: str, reason: str) -> None:
    outcome = judge(text)
    assert outcome.reason == reason, outcome.detail
    assert (outcome.verdict is Verdict.PASSED) == (reason == "ok")


def test_what_is_reached_for_is_measured_beside_the_verdict(judge: Judge) -> None:
    good = judge(fenced("import math\nx = math.isqrt(17)")).measured
    assert (good["es"], good["copy_relative"]) == (2.0, 1.0)
    assert good["uses_old_api"] is False
    assert judge(fenced("import math\nx = math.gone(17)")).measured["uses_old_api"] is True


def test_a_control_row_that_is_edited_into_failure_is_over_migrated(task: PairsTask) -> None:
    (problem,) = (each for each in task.problems() if each.is_control)
    text = fenced("import math\ny = math.ceil(2.5)")
    outcome = task.job(problem, Completion(problem.id, 0, text, Finish.STOP)).run()
    metrics: Any = fold([problem], [outcome], 1, None)
    assert metrics["over_migration_rate"]["value"] == 1.0
    assert metrics["pass@1"] is None


HOSTILE = {
    "exit": "raise SystemExit(0)",
    "hard exit": "import os\nos._exit(0)",
    "liar": "class L:\n    def __eq__(s, o): return True\n    def __repr__(s): return '4'\nx = L()",
    "lying int": "class L(int):\n    def __eq__(s, o): return True\nx = L(5)",
    "lying class": "class L:\n    __class__ = int\n    def __eq__(s, o): return True\nx = L()",
    "builtins": "import builtins\nbuiltins.repr = lambda v: '4'\nbuiltins.type = lambda v: int\nx = 5",
    "json": "import json\njson.dumps = lambda v: '{}'\nx = 5",
    "frames": "import sys\nf = sys._getframe()\nwhile f:\n    f.f_locals.get('names', {}).update(x=['i', 4])\n    f = f.f_back\nx = 5",
    "channel": "import sys\nf = sys._getframe()\nwhile f:\n    c = f.f_locals.get('channel')\n    if c: c.send({'error': None, 'warnings': [], 'events': [], 'event_lines': [], 'names': {}})\n    f = f.f_back\nx = 5",
    "recorder": "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == '_Recorder': o.canonical = lambda v: 4\nx = 5",
    "memory": "x = [0] * (1 << 40)",
    "forked": "import os\nos.fork()\nx = 5",
    "deleted": "x = 4\ndel x",
    "property": "class M(dict): pass\nglobals().update(X=4)",
    "files": "x = open('/etc/hostname').read()",
    "prints it": "print('x = 4')",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_completion_passes(judge: Judge, name: str) -> None:
    outcome = judge(fenced(HOSTILE[name]))
    assert outcome.verdict is Verdict.FAILED, outcome


def test_the_cpu_limit_is_the_one_asked_for(dataset: Path, workspace: Workspace) -> None:
    task = open_task(f"pairs:{dataset}", TaskSettings(workspace, cpu_seconds=0.5))
    task.prepare(task.problems(), SilentProgress())
    problem = task.problems()[0]
    text = fenced("while True: pass")
    outcome = task.job(problem, Completion(problem.id, 0, text, Finish.STOP)).run()
    assert (outcome.reason, outcome.seconds < 5) == ("timeout", True)


def test_splits_are_chosen_and_named(dataset: Path, workspace: Workspace) -> None:
    task = open_task(f"pairs:{dataset}", TaskSettings(workspace, split="train"))
    assert {each.groups["split"] for each in task.problems()} == {"train"}
    with pytest.raises(UsageError, match="no row of split 'other', only of"):
        open_task(f"pairs:{dataset}", TaskSettings(workspace, split="other"))


def test_identity_follows_the_rows(pairs: list[MigrationPair], workspace: Workspace) -> None:
    settings = TaskSettings(workspace)
    assert PairsTask(pairs, settings).identity() != PairsTask(pairs[:1], settings).identity()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", (UsageError, MalformedInputError)),
        (b"{}\n", MalformedInputError),
        (b"no\n", MalformedInputError),
    ],
)
def test_files_that_are_no_dataset_are_refused(
    tmp_path: Path, workspace: Workspace, content: bytes, error: Any
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(error):
        open_task(f"pairs:{path}", TaskSettings(workspace))


@pytest.mark.parametrize("spec", ["pairs", "pairs:", "pairs:/no/such/folder", "other:x", ""])
def test_specs_that_lead_nowhere_are_usage_errors(workspace: Workspace, spec: str) -> None:
    with pytest.raises(UsageError):
        open_task(spec, TaskSettings(workspace))

"""Where CodeUpdateArena's published harness errs: each defect shown in its way, and not in ours."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from recode_bench.metrics import pass_at_k
from recode_bench.models.baselines import fenced
from recode_bench.models.completing import Completion, Finish
from recode_bench.problems import Outcome
from recode_bench.prompts import load_template, render
from recode_bench.results import WITHOUT_UPDATE, fold
from recode_bench.tasks.arena_rows import ArenaRow, read_rows
from recode_bench.tasks.codeupdatearena import (
    LIMITS,
    ArenaJob,
    CodeUpdateArenaTask,
    problem_of,
)
from recode_bench.tasks.task import TaskSettings
from recode_data.errors import MalformedInputError
from recode_data.verify import Verdict
from recode_data.workspace import Workspace
from tests.arena_examples import ROW, raw_row, write_rows
from tests.recode_data.sandbox.hostile import environment

pytestmark = pytest.mark.sandbox


def row_of(tmp_path: Path, row: Mapping[str, Any]) -> ArenaRow:
    (read,) = read_rows(write_rows(tmp_path / "row.jsonl", row))
    return read


def outcome_of(tmp_path: Path, row: Mapping[str, Any], code: str | None = None) -> Outcome:
    """What a completion (by default the reference) comes to, in this interpreter."""
    read = row_of(tmp_path, row)
    text = fenced(read.reference if code is None else code)
    return ArenaJob(read, environment(), LIMITS, 0, text, False).run()


def published_program(row: ArenaRow, code: str, *, updated: bool) -> str:
    source, name = row.tests[0]
    enforcement = [row.enforcement] if updated else []
    return "\n".join([row.imports, row.implementation, *enforcement, code, source, f"{name}()"])


def published_passes(row: ArenaRow, code: str, *, updated: bool) -> bool:
    program = published_program(row, code, updated=updated)
    return subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


def published_parts(unit_tests: str) -> list[str]:
    return [part for part in unit_tests.split("\n\n") if part.strip()]


def published_name(part: str) -> str | None:
    found = re.findall(r"def\s+(\w+)\s*\(", part)
    return found[0] if len(found) == 1 else None


def published_pass_at_k(samples: int, passed: int, k: int) -> float:
    if samples - passed < k:
        return 1.0
    product = 1.0
    for each in range(samples - passed + 1, samples + 1):
        product *= 1 - k / each
    return 1 - product


def test_a_blank_line_within_a_test_does_not_break_it(tmp_path: Path) -> None:
    broken = [part for part in published_parts(ROW["unit_tests"]) if not _compiles(part)]
    assert broken == ["    assert keep_last(['aa bb cc'], 5) == expected == ['bb cc']\n"]
    assert outcome_of(tmp_path, ROW).verdict is Verdict.PASSED


def _compiles(code: str) -> bool:
    try:
        compile(code, "", "exec")
    except SyntaxError:
        return False
    return True


def test_a_function_within_a_test_does_not_hide_its_name(tmp_path: Path) -> None:
    test = "def test_it():\n    def wanted(): return ['a']\n    assert keep_last(['a'], 9) == wanted()\n"
    assert published_name(test) is None  # and the program ends with `None()`
    code = "def keep_last(texts, width): return texts"
    assert outcome_of(tmp_path, raw_row(unit_tests=test), code).verdict is Verdict.PASSED


def test_pass_at_10_of_5_failed_samples_is_not_1(tmp_path: Path) -> None:
    assert published_pass_at_k(5, 0, 10) == 1.0
    assert pass_at_k(5, 0, 10) is None
    (row,) = read_rows(write_rows(tmp_path / "row.jsonl", ROW))
    failed = [Outcome(row.id, n, Verdict.FAILED, "error", 0.0) for n in range(5)]
    metrics = fold([problem_of(row)], failed, 5, None)
    assert metrics["pass@5"]["value"] == 0.0  # type: ignore[index,call-overload]  # an estimate
    assert "pass@10" not in metrics


def test_a_sample_that_passes_both_ways_counts_in_pass_and_not_in_upass(tmp_path: Path) -> None:
    (row,) = read_rows(write_rows(tmp_path / "row.jsonl", ROW))
    outcome = Outcome(row.id, 0, Verdict.PASSED, "ok", 0.0, measured={WITHOUT_UPDATE: True})
    metrics: Any = fold([problem_of(row)], [outcome], 1, None)
    assert (metrics["pass@1"]["value"], metrics["UPass@1"]["value"]) == (1.0, 0.0)


def test_problems_that_nothing_passes_count_in_upass(tmp_path: Path) -> None:
    rows = read_rows(write_rows(tmp_path / "r.jsonl", ROW, raw_row(prog_syn_id="other")))
    passed = Outcome(rows[0].id, 0, Verdict.PASSED, "ok", 0.0, measured={WITHOUT_UPDATE: False})
    failed = ArenaJob(rows[1], environment(), LIMITS, 0, "", False).run()
    metrics: Any = fold([problem_of(row) for row in rows], [passed, failed], 1, None)
    assert (metrics["pass@1"]["value"], metrics["UPass@1"]["value"]) == (0.5, 0.5)


def test_the_path_is_read_by_the_name_in_the_data(tmp_path: Path) -> None:
    assert "api_path" not in ROW["update"]
    (row,) = read_rows(write_rows(tmp_path / "row.jsonl", ROW))
    assert row.function_path == "textwrap.shorten"


def test_names_of_the_solution_do_not_hide_those_of_a_test(tmp_path: Path) -> None:
    """In one namespace, as published, `class textwrap` decides what the test expects."""
    code = (
        "class textwrap:\n    shorten = staticmethod(lambda *a, **k: 'bb cc')\n"
        "def keep_last(texts, width): return ['bb cc'] if width == 5 else texts\n"
    )
    hidden = raw_row(
        unit_tests="def test_it():\n"
        "    assert keep_last(['xx yy zz'], 5) == [textwrap.shorten('xx yy zz', 5, side='start')]\n"
    )
    outcome = outcome_of(tmp_path, hidden, code)
    assert (outcome.verdict, outcome.reason) == (Verdict.FAILED, "wrong_result")


def test_imports_that_the_reference_shares_with_the_solution_are_there(tmp_path: Path) -> None:
    """Tests use `np` of a solution that says `import numpy as np`, as published."""
    row = raw_row(
        unit_tests="def test_it():\n    assert keep_last() == st.ascii_lowercase\n",
        ref_solution="import string as st\ndef keep_last(): return st.ascii_lowercase\n",
    )
    assert outcome_of(tmp_path, row).verdict is Verdict.PASSED
    without = "def keep_last():\n    import string\n    return string.ascii_lowercase\n"
    assert outcome_of(tmp_path, row, without).reason == "error"
    other = "class st: ascii_lowercase = 'x'\ndef keep_last(): return 'x'\n"
    assert outcome_of(tmp_path, row, other).reason == "error"


def test_without_the_update_the_new_function_is_not_there(tmp_path: Path) -> None:
    """As published, its code stands above the completion in both programs."""
    row = raw_row(
        {"update_type": "add-function", "implementation": "def cut(text): return 'new'\n"},
        unit_tests="def test_it():\n    assert keep_last('a') == 'new'\n",
    )
    code = "def keep_last(text): return cut(text)\n"
    read = row_of(tmp_path, row)
    assert published_passes(read, code, updated=True)
    assert published_passes(read, code, updated=False)
    outcome = outcome_of(tmp_path, row, code)
    assert (outcome.reason, outcome.measured[WITHOUT_UPDATE]) == ("ok", False)


def test_without_the_update_tests_still_find_it(tmp_path: Path) -> None:
    """What is asked is whether the completion needs it."""
    row = raw_row(
        {"update_type": "add-function", "implementation": "def cut(text): return 'new'\n"},
        unit_tests="def test_it():\n    assert keep_last('a') == cut('a')\n",
    )
    outcome = outcome_of(tmp_path, row, "def keep_last(text): return 'new'\n")
    assert outcome.measured[WITHOUT_UPDATE] is True


def test_what_a_row_imports_stays_without_the_update(tmp_path: Path) -> None:
    row = raw_row(
        {"imports": "import textwrap\nfrom textwrap import shorten\nold_shorten = shorten"},
        unit_tests="def test_it():\n    assert keep_last('a b') == 'a b'\n",
    )
    outcome = outcome_of(tmp_path, row, "def keep_last(text): return shorten(text, 9)\n")
    assert outcome.measured[WITHOUT_UPDATE] is True


@pytest.mark.parametrize(
    ("code", "without"),
    [
        (
            "import textwrap\ndef keep_last(t, w): return [textwrap.shorten(t[0], w, side='start')]",
            False,
        ),
        ("def keep_last(texts, width): return [text[-width:] for text in texts]", True),
    ],
)
def test_passing_both_ways_is_not_passing_twice_with_the_update(
    tmp_path: Path, code: str, without: bool
) -> None:
    """The generation side as published: `inclusive_pass = w and w`."""
    row = raw_row(unit_tests="def test_it():\n    assert keep_last(['aa bb cc'], 5) == ['bb cc']\n")
    outcome = outcome_of(tmp_path, row, code)
    passed = outcome.verdict is Verdict.PASSED
    assert (passed and passed) is True
    assert outcome.measured[WITHOUT_UPDATE] is without
    metrics: Any = fold([problem_of(row_of(tmp_path, row))], [outcome], 1, None)
    assert metrics["UPass@1"]["value"] == (0.0 if without else 1.0)


def test_a_prompt_needs_no_package_no_shipped_file_and_no_service(tmp_path: Path) -> None:
    """As published, the old signature comes from importing the package, a file, or a paid model."""
    path = "no_such_package.shorten"
    row = row_of(tmp_path, raw_row({"package": "no_such_package", "function_path": path}))
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(path.partition(".")[0])
    prompt = render(load_template("codeupdatearena", "docs"), problem_of(row).values)
    shown = "\n".join(message.content for message in prompt.messages)
    assert path in shown
    assert row.signature in shown


def test_the_time_limit_that_is_set_is_the_one_that_holds(tmp_path: Path) -> None:
    """As published, `exec_timeout` is read and 15 s are used."""
    row = raw_row(unit_tests="def test_it():\n    assert keep_last() == 1\n")
    settings = TaskSettings(Workspace.default(tmp_path / "cache"), cpu_seconds=1.0)
    task = CodeUpdateArenaTask([row_of(tmp_path, row)], settings)
    task._environments[()] = environment()
    (problem,) = task.problems()
    text = fenced("def keep_last():\n    while True: pass")
    started = time.monotonic()
    outcome = task.job(problem, Completion(problem.id, 0, text, Finish.STOP)).run()
    assert outcome.reason == "timeout"
    assert time.monotonic() - started < 12


def test_one_number_says_how_many_samples_there_are(tmp_path: Path) -> None:
    """As published, `n` of the configuration and `num_return_sequences` may differ."""
    profile = CodeUpdateArenaTask.profile
    row = row_of(tmp_path, ROW)
    outcomes = [Outcome(row.id, n, Verdict.PASSED, "ok", 0.0) for n in range(profile.samples)]
    metrics: Any = fold([problem_of(row)], outcomes, profile.samples, None)
    assert metrics["pass@5"]["value"] == 1.0
    short: Any = fold([problem_of(row)], outcomes[:1], profile.samples, None)
    assert short["pass@5"] is None


EXAMPLE_DATUM = {
    "update": {
        "update_description": "Cuts from either side.",
        "new_function_signature": "textwrap.shorten(text, width, side='end')",
        "update_docstring": "",
        "new_impl": "def shorten(text, width, side='end'): pass",
        "api_path": "textwrap.shorten",
    },
    "prog_syn": {"scenario": "A viewer.", "unit_tests": ["def test_it(): pass"]},
}
"""Keys of the harness's own worked example: none of the data's."""


def test_a_row_with_the_worked_examples_keys_is_told_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        EXAMPLE_DATUM["update"]["function_path"]
    path = write_rows(tmp_path / "rows.jsonl", EXAMPLE_DATUM)
    with pytest.raises(
        MalformedInputError, match="needs the text `scenario`; has update, prog_syn"
    ):
        read_rows(path)


def test_what_is_captured_is_what_the_completion_printed(tmp_path: Path) -> None:
    """As published, the program is printed into the stream that is captured."""
    row = raw_row(
        unit_tests="def test_it():\n    import contextlib, io\n    out = io.StringIO()\n"
        "    with contextlib.redirect_stdout(out):\n        keep_last()\n"
        "    assert out.getvalue() == 'hello\\n', out.getvalue()\n",
    )
    program = published_program(row_of(tmp_path, row), "def keep_last(): pass", updated=False)
    captured = io.StringIO()
    with contextlib.redirect_stdout(captured):
        sys.stdout.write(program)
    assert "assert out.getvalue()" in captured.getvalue()
    assert outcome_of(tmp_path, row, "def keep_last(): print('hello')").verdict is Verdict.PASSED
    failed = outcome_of(tmp_path, row, "def keep_last(): print('hi')")
    assert failed.detail == "AssertionError: hi\n"

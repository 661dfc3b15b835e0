"""The folder of a run: whose it is, who works in it, what survives in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from recode_bench.models.completing import Completion, Finish
from recode_bench.problems import Outcome
from recode_bench.run_folder import RunFolder
from recode_data.errors import BusyError, UsageError
from recode_data.verify import Verdict

ODD_TEXT = 'tab\t newline\n nul\x00 quote" umlaut ü line\u2028 break\x85'


def test_completions_and_outcomes_come_back_as_they_were(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    completion = Completion("a", 0, ODD_TEXT, Finish.LENGTH, prompt_tokens=3)
    outcome = Outcome("a", 0, Verdict.FAILED, "error", 0.5, ODD_TEXT, "A", {"x": True, "y": 1.5})
    with folder.claimed({"task": "t"}), folder.writing() as journal:
        journal.add_completion(completion)
        journal.add_outcome(outcome)
    assert folder.completions() == {("a", 0): completion}
    assert folder.outcomes() == {("a", 0): outcome}


@pytest.mark.parametrize("torn", [b'{"problem_id":"b","sa', b"{}", b"\x00\x00", b"null"])
def test_lines_that_are_none_are_left_out_and_written_past(tmp_path: Path, torn: bytes) -> None:
    folder = RunFolder(tmp_path / "run")
    first, second = (Completion(name, 0, name, Finish.STOP) for name in "ac")
    with folder.claimed({}), folder.writing() as journal:
        journal.add_completion(first)
    path = tmp_path / "run" / "completions.jsonl"
    path.write_bytes(path.read_bytes() + torn)
    with folder.claimed({}), folder.writing() as journal:
        journal.add_completion(second)
    assert folder.completions() == {("a", 0): first, ("c", 0): second}


def test_the_last_outcome_of_a_sample_counts(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with folder.claimed({}), folder.writing() as journal:
        for verdict in (Verdict.UNSCORED, Verdict.PASSED):
            journal.add_outcome(Outcome("a", 0, verdict, "ok", 0.0))
    assert folder.outcomes()["a", 0].verdict is Verdict.PASSED


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        RunFolder(tmp_path / "run").claimed({}),
        pytest.raises(BusyError, match="another process"),
        RunFolder(tmp_path / "run").claimed({}),
    ):
        pass
    with RunFolder(tmp_path / "run").claimed({}):
        pass


def test_what_is_no_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.tex").write_text("mine")
    for name, words in (("file", "is a file"), ("folder", "not empty")):
        with pytest.raises(UsageError, match=words), RunFolder(tmp_path / name).claimed({}):
            pass
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["thesis.tex"]


def test_a_request_that_gained_a_field_is_the_same_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with folder.claimed({"task": "t"}):
        pass
    with folder.claimed({"task": "t", "since": None}):
        pass
    with pytest.raises(UsageError, match="task was 't'"), folder.claimed({"task": "u"}):
        pass

"""A finished step comes back whole, or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from recode_data.finished_steps import keep_result, kept_result
from recode_data.journal import BuildFolder, appending, write_outcome
from recode_data.records import Dropped, DropReason, Outcome, StepResult, VersionStep
from tests.built_datasets import STEP, step_result
from tests.making import make_candidate, make_verified


def outcomes() -> list[Outcome]:
    lost = make_candidate("import toy\ny = toy.load(2)\n", "import toy\ny = toy.read(2)\n")
    return [make_verified(make_candidate()), Dropped(lost, DropReason.TIMED_OUT, "cpu")]


def kept(folder: BuildFolder, step: VersionStep = STEP) -> StepResult:
    result = step_result(step, outcomes())
    with appending(folder.journal(result.context, "outcomes")) as journal:
        for outcome in reversed(result.outcomes):
            write_outcome(journal, outcome)
    keep_result(folder, result)
    return result


def test_a_finished_step_comes_back_whole(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path)
    assert kept_result(folder, STEP) is None
    assert kept(folder) == kept_result(folder, STEP)


def cut_outcomes(folder: BuildFolder, result: StepResult) -> None:
    journal = folder.journal(result.context, "outcomes")
    journal.write_bytes(journal.read_bytes()[:-9])


def lose_outcomes(folder: BuildFolder, result: StepResult) -> None:
    folder.journal(result.context, "outcomes").unlink()


def fail_a_sandbox(folder: BuildFolder, result: StepResult) -> None:
    """It may work next time."""
    failed = Dropped(result.outcomes[0].candidate, DropReason.SANDBOX_FAILED, "no memory")
    journal = folder.journal(result.context, "outcomes")
    journal.unlink()
    with appending(journal) as file:
        for outcome in (failed, result.outcomes[1]):
            write_outcome(file, outcome)


def cut_file(folder: BuildFolder, result: StepResult) -> None:
    file = folder.finished_file(result.context.step)
    file.write_bytes(file.read_bytes()[:-9])


def spoil_file(folder: BuildFolder, result: StepResult) -> None:
    file = folder.finished_file(result.context.step)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)


def other_fields(folder: BuildFolder, result: StepResult) -> None:
    folder.finished_file(result.context.step).write_bytes(gzip.compress(b'{"context": 1}'))


@pytest.mark.parametrize(
    "damage", [cut_outcomes, lose_outcomes, fail_a_sandbox, cut_file, spoil_file, other_fields]
)
def test_a_step_that_lacks_anything_is_made_again(
    damage: Callable[[BuildFolder, StepResult], None], tmp_path: Path
) -> None:
    folder = BuildFolder(tmp_path)
    damage(folder, kept(folder))
    assert kept_result(folder, STEP) is None


def test_a_step_of_a_folder_is_never_taken_over(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path)
    edited = VersionStep(STEP.library, STEP.old, str(tmp_path / "source"))
    kept(folder, edited)
    assert kept_result(folder, edited) is None
    assert not folder.finished_file(edited).exists()


def test_steps_whose_files_have_one_name_are_told_apart(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path)
    one, other = VersionStep("toy", "1.0", "2.0+a"), VersionStep("toy", "1.0", "2.0_a")
    assert folder.finished_file(one) == folder.finished_file(other)
    kept(folder, one)
    assert kept_result(folder, other) is None

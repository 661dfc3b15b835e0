"""Whose an output folder is, and which checkpoint a training goes on from."""

from __future__ import annotations

from pathlib import Path

import pytest
from recode_trl.run_folder import claimed, last_checkpoint

from recode_data.errors import BusyError, UsageError

MINE: dict[str, object] = {"method": "grpo", "model": "m"}


def checkpoint(out: Path, step: int, state: str = "{}") -> Path:
    folder = out / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "trainer_state.json").write_text(state, encoding="utf-8")
    return folder


def claim(out: Path, *, resume: bool = False, **more: object) -> Path | None:
    with claimed(out, {**MINE, **more}, resume=resume) as found:  # type: ignore[dict-item]  # texts
        return found


def test_the_latest_whole_checkpoint_counts(tmp_path: Path) -> None:
    """By number, not by name or age; a torn one, and one whose state was never written, do not."""
    assert last_checkpoint(tmp_path) is None
    ninth = checkpoint(tmp_path, 9)
    checkpoint(tmp_path, 80)
    hundredth = checkpoint(tmp_path, 100)
    checkpoint(tmp_path, 110, '{"global_')
    (tmp_path / "checkpoint-120").mkdir()
    (tmp_path / "checkpoint-best").mkdir()
    assert last_checkpoint(tmp_path) == hundredth
    assert ninth.name < "checkpoint-100" or last_checkpoint(tmp_path) != ninth


def test_a_training_is_resumed_only_when_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert claim(out) is None
    last = checkpoint(out, 4)
    with pytest.raises(UsageError, match="--resume"):
        claim(out)
    assert claim(out, resume=True) == last


def test_a_training_that_came_to_nothing_leaves_the_folder_free(tmp_path: Path) -> None:
    out = tmp_path / "out"
    claim(out)
    assert claim(out, model="another") is None
    assert '"another"' in (out / "recode-train.json").read_text(encoding="utf-8")


def test_another_training_is_not_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "out"
    claim(out)
    checkpoint(out, 4)
    with pytest.raises(UsageError, match="model was 'm', now 'n'"):
        claim(out, resume=True, model="n")


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_of_something_else_is_left_alone(resume: bool, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match="not made by"):
        claim(tmp_path, resume=resume)
    with pytest.raises(UsageError, match="is a file"):
        claim(tmp_path / "thesis.tex", resume=resume)


def test_two_trainings_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with claimed(tmp_path / "out", {"a": 1}, resume=False), pytest.raises(BusyError):
        claim(tmp_path / "out", resume=True)


def test_only_the_first_process_looks_after_the_folder(tmp_path: Path) -> None:
    last = checkpoint(tmp_path, 3)
    with claimed(tmp_path, {"a": 1}, resume=True, first=False) as found:
        assert found == last
    assert not (tmp_path / "recode-train.json").exists()

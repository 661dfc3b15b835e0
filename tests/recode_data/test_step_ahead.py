"""The step that is got ready while another one is proved."""

from pathlib import Path

import pytest

from recode_data import step_changes
from recode_data.records import VersionStep
from recode_data.releases.index import IndexSettings
from recode_data.sandbox import SandboxPool
from recode_data.step_ahead import StepAhead
from recode_data.workspace import Workspace
from tests.toy_index import VERSIONS


@pytest.fixture
def workspace(toy_index: Path, tmp_path: Path) -> Workspace:
    settings = IndexSettings(no_index=True, find_links=(str(toy_index),))
    return Workspace(tmp_path / "cache", index=settings)


def test_the_step_finds_what_was_made_for_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = VersionStep("toylib", *VERSIONS)
    ahead = StepAhead(workspace)
    ahead.start(step)
    ahead.wait()
    monkeypatch.setattr(step_changes, "_find", lambda *_: pytest.fail("compared once more"))
    context = step_changes.read_context(step, workspace)
    with SandboxPool() as sandboxes:
        assert len(step_changes.step_changes(context, workspace, sandboxes).changes) > 10


def test_what_goes_wrong_is_left_to_the_step(workspace: Workspace) -> None:
    ahead = StepAhead(workspace)
    ahead.start(VersionStep("toylib", "1.0", "77.0"))
    ahead.wait()
    ahead.wait()  # nothing to wait for
    ahead.start(VersionStep("toylib", "1.0", "not a version"))
    ahead.wait()

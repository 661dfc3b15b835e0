"""What changed between two releases: surfaces, comparison, accesses and replacements in one call."""

from __future__ import annotations

from recode_data.changes import find_changes
from recode_data.records import ApiChange, Release, StepContext, VersionStep
from recode_data.replacements import read_notes, with_replacements
from recode_data.sandbox import SandboxPool
from recode_data.surface import read_surface, touch_changes
from recode_data.workspace import Workspace


def step_changes(
    step: VersionStep, workspace: Workspace, sandboxes: SandboxPool
) -> tuple[ApiChange, ...]:
    """The API changes of one version step with ranked replacements, sorted by path.

    Raises:
        RecodeError: a release cannot be had, or the sandbox failed.
    """
    old = workspace.release(step.library, step.old)
    new = workspace.release(step.library, step.new)
    old_environment, new_environment = workspace.step_environments(old, new)
    context = StepContext(step, old, new, old_environment, new_environment)
    old_surface = read_surface(workspace, old, old_environment, sandboxes)
    new_surface = read_surface(workspace, new, new_environment, sandboxes)
    found = find_changes(old_surface, new_surface)
    touched = touch_changes(found, context, sandboxes)
    notes = release_notes(workspace, new)
    return with_replacements(found, old_surface, new_surface, touched, notes)


def release_notes(workspace: Workspace, release: Release) -> tuple[str, ...]:
    """Release notes that come with the source; none where there is no sdist."""
    return read_notes(workspace.unpacked(release.sdist)) if release.sdist else ()

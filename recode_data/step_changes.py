"""What changed between two releases: surfaces, comparison, accesses and replacements."""

from __future__ import annotations

from dataclasses import dataclass

from recode_data.changes import find_changes
from recode_data.records import ApiChange, Release, StepContext, Surface, VersionStep
from recode_data.replacements import read_notes, with_replacements
from recode_data.sandbox import SandboxPool
from recode_data.surface import read_surface, touch_changes
from recode_data.workspace import Workspace


@dataclass(frozen=True, slots=True)
class StepChanges:
    """One version step as its two releases show it."""

    context: StepContext
    old: Surface
    new: Surface
    notes: tuple[str, ...]
    """Texts of the release notes that come with the new source."""
    changes: tuple[ApiChange, ...]
    """Sorted by path, with ranked replacements."""

    def with_replacements(self, found: tuple[ApiChange, ...]) -> tuple[ApiChange, ...]:
        """Changes found otherwise, with what these releases say to write instead."""
        return with_replacements(found, self.old, self.new, {}, self.notes)


def read_context(step: VersionStep, workspace: Workspace) -> StepContext:
    """Releases and environments of a step, made where they are not there yet.

    Raises:
        RecodeError: a release cannot be had, or no environment can be made for it.
    """
    old = workspace.release(step.library, step.old)
    new = workspace.release(step.library, step.new)
    return StepContext(step, old, new, *workspace.step_environments(old, new))


def step_changes(context: StepContext, workspace: Workspace, sandboxes: SandboxPool) -> StepChanges:
    """The API changes of one version step.

    Raises:
        SandboxError: the sandbox itself failed.
    """
    old = read_surface(workspace, context.old, context.old_environment, sandboxes)
    new = read_surface(workspace, context.new, context.new_environment, sandboxes)
    found = find_changes(old, new)
    touched = touch_changes(found, context, sandboxes)
    notes = release_notes(workspace, context.new)
    changes = with_replacements(found, old, new, touched, notes)
    return StepChanges(context, old, new, notes, changes)


def release_notes(workspace: Workspace, release: Release) -> tuple[str, ...]:
    """Release notes that come with the source; none where there is no sdist."""
    return read_notes(workspace.unpacked(release.sdist)) if release.sdist else ()

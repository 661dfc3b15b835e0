"""Licences of the releases of a step: from metadata, and from their files where that leaves a doubt."""

from __future__ import annotations

import re
from dataclasses import replace

from recode_data.curate.licences import PERMISSIVE
from recode_data.records import Release, StepContext
from recode_data.releases.licence_files import licence_in
from recode_data.releases.licences import SPDX_BY_WORDS
from recode_data.workspace import Workspace

_KNOWN = PERMISSIVE | frozenset(SPDX_BY_WORDS.values())
_EXPRESSION = re.compile(r"[\w.+()-]+(?: (?:AND|OR|WITH) [\w.+()-]+)+")


def with_licences(context: StepContext, workspace: Workspace) -> StepContext:
    """The step with the licence of each release as exactly as its files tell it."""
    return replace(
        context, old=_licensed(context.old, workspace), new=_licensed(context.new, workspace)
    )


def is_exact(licence: str) -> bool:
    """Whether a licence is an SPDX name or expression, rather than words that may mean several."""
    return licence in _KNOWN or _EXPRESSION.fullmatch(licence) is not None


def _licensed(release: Release, workspace: Workspace) -> Release:
    if is_exact(release.licence):
        return release
    files = [file for file in (release.wheel, release.sdist) if file is not None]
    found = licence_in([workspace.unpacked(file) for file in files])
    return replace(release, licence=found) if found else release

"""Finished steps of a build, kept whole: a repeated command reads them, and makes nothing anew.

The journals alone would do, but to know which candidates a step has, its environments must be there
again, and of a build of many steps the cache holds only the last ones.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass

import msgspec

from recode_data.journal import BuildFolder, read_outcomes, write_atomically
from recode_data.records import (
    ApiChange,
    Candidate,
    StepContext,
    StepResult,
    VersionStep,
    decode,
    encode,
)
from recode_data.steps import is_immutable

FASTEST = 1
"""Of gzip: a library of 34,000 changes is a few megabytes that are read at most once."""


@dataclass(frozen=True, slots=True)
class _Finished:
    """A step's result without the outcomes, which its journal has; one candidate for each of them."""

    context: StepContext
    changes: tuple[ApiChange, ...]
    old_usages: int
    new_usages: int
    probed: int
    candidates: tuple[Candidate, ...]


def keep_result(folder: BuildFolder, result: StepResult) -> None:
    """For `kept_result`; of folders and files, which may be edited, nothing is kept."""
    if not is_immutable(result.context.step):
        return
    record = _Finished(
        result.context,
        result.changes,
        result.old_usages,
        result.new_usages,
        result.probed,
        tuple(outcome.candidate for outcome in result.outcomes),
    )
    content = gzip.compress(encode(record), FASTEST, mtime=0)
    write_atomically(folder.finished_file(result.context.step), content)


def kept_result(folder: BuildFolder, step: VersionStep) -> StepResult | None:
    """The whole result of a finished step, or None where any part of it has to be made (again)."""
    if not is_immutable(step):
        return None
    try:
        content = gzip.decompress(folder.finished_file(step).read_bytes())
        record = decode(content, _Finished)
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError):
        return None
    if record.context.step != step:
        return None
    by_key = {candidate.key: candidate for candidate in record.candidates}
    outcomes = read_outcomes(folder.journal(record.context, "outcomes"), by_key)
    if outcomes.keys() != by_key.keys():
        return None
    return StepResult(
        record.context,
        record.changes,
        record.old_usages,
        record.new_usages,
        record.probed,
        tuple(outcomes[key] for key in by_key),
    )

"""Rows say what the proof has shown."""

from __future__ import annotations

import pytest

from recode_data.notes.noting import with_notes
from recode_data.records import (
    ChangeKind,
    Effect,
    Environment,
    Proof,
    Release,
    Replacement,
    StepContext,
    Verified,
    VersionStep,
)
from recode_data.rows import candidate_of, make_pair
from recode_data.sandbox import JobStatus
from recode_data.verify import Proved
from recode_data.verify.observed import Observed
from tests.making import make_candidate, make_change


def context() -> StepContext:
    old, new = (
        Release("toy", version, ("toy",), None, None, "MIT", None, None)
        for version in ("1.0", "2.0")
    )
    nowhere = Environment("k", "/python", "/", "3.11.7", ())
    return StepContext(VersionStep("toy", "1.0", "2.0"), old, new, nowhere, nowhere)


@pytest.mark.parametrize("works_on_old", [False, True])
def test_what_works_on_the_old_version_was_there(works_on_old: bool) -> None:
    change = make_change(kind=ChangeKind.MOVED, new_api="toy.io.load")
    candidate = make_candidate(
        "import toy\ntoy.load(1)\n",
        "import toy.io\ntoy.io.load(1)\n",
        change=change,
        replacement=Replacement("toy.io.load", (), 0.9),
    )
    proof = Proof(Effect.BREAK, "AttributeError", None, "no load", 2, 1)
    proved = Proved(candidate, proof, Observed(JobStatus.DONE), (), works_on_old=works_on_old)
    row = make_pair(proved, context())
    happened = "was removed" if works_on_old else "was moved to `toy.io.load`"
    assert with_notes(Verified(candidate, row)).update_info.startswith(
        f"The function `toy.load` {happened} between"
    )
    replacement = candidate_of(row).replacement
    assert replacement is not None
    assert replacement.was_there is works_on_old

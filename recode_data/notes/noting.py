"""The notes of proved rows, composed when they are published: no proof depends on their wording."""

from __future__ import annotations

import json
from dataclasses import replace

from recode_data.notes.describe import describe, update_note
from recode_data.notes.faithful import agrees_by_chance, unexplained
from recode_data.records import (
    Dropped,
    DropReason,
    MigrationPair,
    Outcome,
    Proof,
    Verified,
    VersionStep,
    decode,
)


def noted(outcome: Outcome) -> Outcome:
    """The outcome, its row with both notes; dropped where they and its edit would not
    belong together."""
    if isinstance(outcome, Dropped):
        return outcome
    change = unexplained(outcome.candidate)
    if change is not None:
        return Dropped(outcome.candidate, DropReason.UNEXPLAINED, change)
    if agrees_by_chance(outcome):
        detail = "a name that is only like the old one, and booleans"
        return Dropped(outcome.candidate, DropReason.UNOBSERVABLE, detail)
    return replace(outcome, pair=with_notes(outcome))


def with_notes(item: Verified) -> MigrationPair:
    """The row with its description and its update note."""
    pair, candidate = item.pair, item.explained
    proof = decode(json.dumps(json.loads(pair.evidence)["proof"]), Proof)
    step = VersionStep(pair.dependency, pair.old_version, pair.new_version)
    description, note = (compose(candidate, proof, step) for compose in (describe, update_note))
    return replace(pair, description=description, update_info=note)

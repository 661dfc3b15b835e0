"""The notes of proved rows, composed when they are published: no proof depends on their wording."""

from __future__ import annotations

import json
from dataclasses import replace

from recode_data.notes.advice import WHOLE
from recode_data.notes.describe import describe, update_note
from recode_data.notes.faithful import agrees_by_chance, goes_against_advice, unexplained
from recode_data.notes.instead import known_successor, paths_taken_up
from recode_data.notes.strays import stray_edit
from recode_data.records import (
    Candidate,
    Dropped,
    DropReason,
    MigrationPair,
    Outcome,
    Producer,
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
    why = unexplained(outcome.candidate) or stray_edit(outcome.candidate)
    if why is None and goes_against_advice(outcome):
        why = "another successor than the library names"
    if why is not None:
        return Dropped(outcome.candidate, DropReason.UNEXPLAINED, why)
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
    return replace(
        pair, new_api=_successor(pair, candidate), description=description, update_info=note
    )


def _successor(pair: MigrationPair, candidate: Candidate) -> str | None:
    """Where authors wrote both codes, what is known of the change may be about another successor."""
    change = candidate.change
    is_open = candidate.replacement is None and candidate.producer is not Producer.CONTROL
    if not is_open or change.kind not in WHOLE or change.parameter is not None:
        return pair.new_api
    known = known_successor(change, candidate)
    paths = [] if known or candidate.further else paths_taken_up(candidate)[0]
    return known or (paths[0] if len(paths) == 1 else None)

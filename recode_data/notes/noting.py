"""The notes of proved rows, composed when they are published: no proof depends on their wording."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from recode_data.notes.advice import WHOLE
from recode_data.notes.besides import ALSO
from recode_data.notes.describe import describe, update_note
from recode_data.notes.faithful import agrees_by_chance, misleads
from recode_data.notes.instead import known_successor, paths_taken_up
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


def noted(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes of one version step, their rows with both notes; dropped where notes and edit would
    not belong together.

    A control row has the notes of a row that its change does concern, so that no note tells by its form
    whether there is something to do.
    """
    said = _messages(outcomes)
    found = [_noted(outcome, said) for outcome in outcomes]
    lenders: dict[tuple[str, str], list[MigrationPair]] = defaultdict(list)
    for outcome in found:
        if isinstance(outcome, Verified) and _is_about_one(outcome.candidate):
            lenders[_subject(outcome.candidate)].append(outcome.pair)
    return tuple(
        _lent(outcome, lenders)
        if isinstance(outcome, Verified) and outcome.candidate.producer is Producer.CONTROL
        else outcome
        for outcome in found
    )


def _messages(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """What the new version says to the old way, by key of the change, where one program meets it alone."""
    proved = [item for item in outcomes if isinstance(item, Verified)]
    return {
        item.candidate.change.key: _proof_of(item).message
        for item in sorted(proved, key=lambda item: item.pair.id)
        if _is_about_one(item.candidate) and _proof_of(item).message
    }


def _messages_of(item: Verified, said: Mapping[str, str]) -> Mapping[str, str]:
    """As above; of a program that meets its change alone, its own message."""
    return {**said, **_messages([item])}


def _is_about_one(candidate: Candidate) -> bool:
    return not candidate.further and candidate.producer is not Producer.CONTROL


def _subject(candidate: Candidate) -> tuple[str, str]:
    replacement = candidate.replacement
    return candidate.change.key, replacement.new_api if replacement else ""


def _noted(outcome: Outcome, said: Mapping[str, str]) -> Outcome:
    if isinstance(outcome, Dropped):
        return outcome
    said = _messages_of(outcome, said)
    why = misleads(outcome.candidate, _proof_of(outcome), said)
    if why is not None:
        return Dropped(outcome.candidate, DropReason.UNEXPLAINED, why)
    if agrees_by_chance(outcome):
        detail = "a name that is only like the old one, and booleans"
        return Dropped(outcome.candidate, DropReason.UNOBSERVABLE, detail)
    if outcome.candidate.producer is Producer.CONTROL:
        return outcome
    return replace(outcome, pair=with_notes(outcome, said))


def _lent(control: Verified, lenders: Mapping[tuple[str, str], list[MigrationPair]]) -> Outcome:
    rows = [
        row
        for row in lenders.get(_subject(control.candidate), [])
        if not any(line.startswith(ALSO) for line in row.update_info.splitlines())
    ]
    if not rows:
        why = "no row shows what its change asks for"
        return Dropped(control.candidate, DropReason.UNEXPLAINED, why)
    row = min(rows, key=lambda row: (len(row.update_info), row.id))  # says least of its own program
    pair = replace(
        control.pair,
        new_api=row.new_api,
        description=row.description,
        update_info=row.update_info,
    )
    return replace(control, pair=pair)


def with_notes(item: Verified, said: Mapping[str, str] | None = None) -> MigrationPair:
    """The row with its description and its update note.

    Args:
        item: a proved candidate and its row.
        said: what the new version says to the old way, by key of the change; by default what the row's
            own proof has of it.
    """
    said = _messages_of(item, said or {})
    pair, candidate = item.pair, item.explained
    step = VersionStep(pair.dependency, pair.old_version, pair.new_version)
    facts = (candidate, _proof_of(item), step, said)
    return replace(
        pair,
        new_api=_successor(pair, candidate),
        description=describe(*facts),
        update_info=update_note(*facts),
    )


def _proof_of(item: Verified) -> Proof:
    return decode(json.dumps(json.loads(item.pair.evidence)["proof"]), Proof)


def _successor(pair: MigrationPair, candidate: Candidate) -> str | None:
    """Where authors wrote both codes, what is known of the change may be about another successor."""
    change = candidate.change
    if (
        candidate.replacement is not None
        or change.kind not in WHOLE
        or change.parameter is not None
    ):
        return pair.new_api
    known = known_successor(change, candidate)
    paths = [] if known or candidate.further else paths_taken_up(candidate)[0]
    return known or (paths[0] if len(paths) == 1 else None)

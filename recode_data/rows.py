"""From a proved candidate to the published row, and from a row back to its candidate."""

from __future__ import annotations

import json

from recode_data.errors import MalformedInputError
from recode_data.records import (
    ApiChange,
    Candidate,
    Evidence,
    FurtherChange,
    JsonValue,
    MigrationPair,
    Replacement,
    StepContext,
    Usage,
    UsageOrigin,
    VersionStep,
    content_id,
    decode,
    encode,
)
from recode_data.verify import Proved, write_checks


def make_pair(proved: Proved, context: StepContext) -> MigrationPair:
    """The row of a proved candidate; `split` is assigned later, over all rows, and so are the notes
    (see `notes/noting.py`)."""
    candidate, proof = proved.candidate, proved.proof
    change, step = candidate.change, context.step
    replacement = candidate.replacement
    new_api = replacement.new_api if replacement is not None else change.new_api
    source = context.old if candidate.usage.release == context.old.pin else context.new
    return MigrationPair(
        id=content_id(str(step), change.key, candidate.old_code, candidate.new_code),
        dependency=step.library,
        old_version=step.old,
        new_version=step.new,
        old_release_date=context.old.released,
        new_release_date=context.new.released,
        kind=change.kind,
        effect=proof.effect,
        old_api=change.old_api,
        new_api=new_api,
        parameter=change.parameter,
        description="",
        update_info="",
        old_code=candidate.old_code,
        new_code=candidate.new_code,
        checks=write_checks(proved),
        evidence=_evidence_json(proved),
        works_on_old=proved.works_on_old,
        producer=candidate.producer,
        source_file=candidate.usage.source_file,
        source_line=candidate.usage.source_line,
        source_release=candidate.usage.release,
        licence=source.licence,
        old_python=context.old_environment.python_version,
        new_python=context.new_environment.python_version,
        old_requirements=context.old_environment.requirements,
        new_requirements=context.new_environment.requirements,
    )


def _evidence_json(proved: Proved) -> str:
    candidate, proof = proved.candidate.once_proved(proved.works_on_old), proved.proof
    document: dict[str, JsonValue] = {
        "proof": {
            "effect": proof.effect.value,
            "error_type": proof.error_type,
            "warning_category": proof.warning_category,
            "message": proof.message,
            "line": proof.line,
            "observed": proof.observed,
        },
        "change": json.loads(encode(candidate.change)),
        "replacement": (
            json.loads(encode(candidate.replacement)) if candidate.replacement else None
        ),
        "further": [json.loads(encode(item)) for item in candidate.further],
        "origin": candidate.usage.origin.value,
        "apis": list(candidate.usage.apis),
    }
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def candidate_of(pair: MigrationPair) -> Candidate:
    """The candidate that a row came from, so that it can be proved again.

    Raises:
        MalformedInputError: the row's evidence is not what `make_pair` writes.
    """
    try:
        evidence = json.loads(pair.evidence)
        change = decode(json.dumps(evidence["change"]), ApiChange)
        raw = evidence["replacement"]
        replacement = decode(json.dumps(raw), Replacement) if raw else None
        further = decode(json.dumps(evidence.get("further", [])), tuple[FurtherChange, ...])
        usage = Usage(
            code=pair.old_code,
            apis=tuple(evidence["apis"]),
            origin=UsageOrigin(evidence["origin"]),
            release=pair.source_release,
            source_file=pair.source_file,
            source_line=pair.source_line,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedInputError(f"row {pair.id}: its evidence cannot be read: {error}") from error
    return Candidate(
        change, pair.old_code, pair.new_code, pair.producer, usage, replacement, further
    )


def step_of(pair: MigrationPair) -> VersionStep:
    """The version step of a row."""
    return VersionStep(pair.dependency, pair.old_version, pair.new_version)


def evidence_texts(items: tuple[Evidence, ...]) -> str:
    """Evidence in words, for tables."""
    return "; ".join(f"{item.kind.value}: {item.detail}" for item in items)

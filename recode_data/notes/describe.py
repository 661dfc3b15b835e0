"""Description and update note of a row, composed from facts; no model, no copied text.

The note states what changed, since which version, what to write instead, the signatures where
they differ, and what the new version does when the old way is used. A reader who has only the
note must be able to do the migration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from recode_data.notes.advice import NOTHING_SAID, is_of_a_way
from recode_data.notes.besides import besides
from recode_data.notes.instead import (
    goes_on_in,
    instead,
    is_about_position,
    new_parameter_of,
)
from recode_data.notes.reading import changes_of, leaf_of
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    Effect,
    EvidenceKind,
    FurtherChange,
    ObjectKind,
    ParameterKind,
    Proof,
    Signature,
    VersionStep,
)
from recode_data.rewrites.members import changes_member

LONGEST_MESSAGE = 300
"""Characters; what a library says beyond that repeats itself."""

_PLACE = re.compile(r"\s*\(<environment>[^()]*\)")
"""Where a module lies on the machine that proved the row: no fact of the library."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_SENTENCE_END = re.compile(r"[.!?](?=\s)")

_NOUNS = {
    "module": "module",
    "class": "class",
    "function": "function",
    "method": "method",
    "property": "property",
    "attribute": "name",
}
_GONE_PARAMETERS = frozenset({ChangeKind.PARAMETER_REMOVED, ChangeKind.PARAMETER_RENAMED})
_GONE = _GONE_PARAMETERS | {ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED}
_STATES = frozenset({ChangeKind.DEPRECATED, ChangeKind.KEYWORD_ONLY, ChangeKind.UNDEPRECATED})
"""Kinds whose sentence says how it is in the new version. All others say what happened, and which of
the releases between the two did it is not known."""


def noun(change: ApiChange) -> str:
    """What the changed thing is, in a word."""
    return _NOUNS[change.object_kind.value] if change.object_kind is not None else "name"


def describe(
    candidate: Candidate,
    proof: Proof,
    step: VersionStep,
    said: Mapping[str, str] = NOTHING_SAID,
) -> str:
    """One sentence per change that says what changed.

    Args:
        candidate: with both codes, and what the proof has shown of its replacements.
        proof: what the verifier saw.
        step: of which library, and between which versions.
        said: what the new version says to the old way, by key of the change.
    """
    effect = _effect_on(candidate, proof)
    return " ".join(
        f"{_what_happened(item, effect, candidate, said)} {_when(item, effect, step)}."
        for item in changes_of(candidate)
    )


def _effect_on(candidate: Candidate, proof: Proof) -> Effect | None:
    """What is shown of the change; of several, it is not known which one showed it."""
    return None if candidate.further else proof.effect


def _when(item: FurtherChange, effect: Effect | None, step: VersionStep) -> str:
    if _is_state(item, effect):
        return f"in {step.library} {step.new}"
    return f"between {step.library} {step.old} and {step.new}"


def _what_happened(
    item: FurtherChange, effect: Effect | None, candidate: Candidate, said: Mapping[str, str]
) -> str:
    change, kind = item.change, item.change.kind
    subject = f"The {noun(change)} `{change.old_api}`"
    parameter = f"The parameter `{change.parameter}` of `{change.old_api}`"
    if _goes_on_with_a_warning(item, effect):
        return f"{parameter if change.parameter else subject} is deprecated"
    new_api = item.replacement.new_api if item.replacement else change.new_api
    if _names_a_builtin(item):
        return f"{subject}, another name of the builtin `{leaf_of(change.old_api)}`, is no longer offered"
    if kind in (ChangeKind.RENAMED, ChangeKind.MOVED) and new_api not in (None, change.old_api):
        if _was_there_before(item):
            another = "path" if kind is ChangeKind.MOVED else "name"
            return f"{subject}, another {another} of `{new_api}`, is no longer offered"
        is_likeness = kind is ChangeKind.RENAMED and not changes_member(change)
        if is_likeness or _was_offered_before(item):
            return f"{subject} was removed"
        return f"{subject} was {kind.value} to `{new_api}`"
    new_name = new_parameter_of(item)
    to_name = f" to `{new_name}`" if new_name and new_name != change.parameter else ""
    sentences = {
        ChangeKind.REMOVED: f"{subject} was removed",
        ChangeKind.RENAMED: f"{subject} {_other_now(new_api)}",
        ChangeKind.MOVED: f"{subject} {_other_now(new_api)}",
        ChangeKind.PARAMETER_REMOVED: f"{parameter} was removed",
        ChangeKind.PARAMETER_RENAMED: (
            f"{parameter} was removed"
            if _was_offered_before(item)
            else f"{parameter} was renamed{to_name}"
        ),
        ChangeKind.PARAMETER_ADDED_REQUIRED: f"{parameter} {_required(change)}",
        ChangeKind.PARAMETER_REORDERED: _other_places(change),
        ChangeKind.KEYWORD_ONLY: f"{parameter} {_must(effect)} be passed by keyword",
        ChangeKind.KIND_CHANGED: f"{subject} became {_kind_now(change)}",
        ChangeKind.RETURN_CHANGED: f"What `{change.old_api}` returns changed",
        ChangeKind.UNDEPRECATED: f"{subject} is no longer deprecated",
        ChangeKind.BEHAVIOUR: f"The behaviour of `{change.old_api}` changed",
        ChangeKind.ADDED: f"{subject} was added",
        ChangeKind.PARAMETER_ADDED: f"{parameter} was added",
    }
    if is_about_position(change):
        return f"Passing the parameter `{change.parameter}` of `{change.old_api}` by position is deprecated"
    if kind is ChangeKind.DEPRECATED:
        is_whole = change.parameter is not None or effect is Effect.BREAK
        if not is_whole and _is_of_a_way(change, candidate, said.get(change.key, "")):
            return f"A way of using the {noun(change)} `{change.old_api}` is deprecated"
        return f"{parameter if change.parameter else subject} is deprecated"
    if kind is ChangeKind.DEFAULT_CHANGED:
        values = (
            f" from `{change.old_value}` to `{change.new_value}`"
            if change.old_value is not None and change.new_value is not None
            else ""
        )
        return f"The default of the parameter `{change.parameter}` of `{change.old_api}` changed{values}"
    return sentences[kind]


def _required(change: ApiChange) -> str:
    known = change.old_signature.parameters if change.old_signature else ()
    was_there = not known or any(item.name == change.parameter for item in known)
    return "became required" if was_there else "was added as a required one"


def _other_now(new_api: str | None) -> str:
    """Of what was renamed or moved, where no other path is known, or the old one goes on."""
    return "was removed" if new_api is None else "changed"


def _other_places(change: ApiChange) -> str:
    """What happened to arguments that are passed by position."""
    old, new = (
        [item.name for item in shown.parameters] if shown else []
        for shown in (change.old_signature, change.new_signature)
    )
    if old and [name for name in old if name in new] == [name for name in new if name in old]:
        return f"Parameters of `{change.old_api}` have another place"
    return f"The parameters of `{change.old_api}` changed their order"


def _is_of_a_way(change: ApiChange, candidate: Candidate, said: str) -> bool:
    """By the message, and where it does not tell, by the new code."""
    told = is_of_a_way(change, said)
    return goes_on_in(change, candidate) if told is None else told


def _goes_on_with_a_warning(item: FurtherChange, effect: Effect | None) -> bool:
    """Whether what no listing of the module or of parameters shows is taken still, as modules and
    functions can do by hand."""
    return effect is Effect.WARN and item.change.kind in _GONE


def _is_state(item: FurtherChange, effect: Effect | None) -> bool:
    moved = item.change.kind in (ChangeKind.RENAMED, ChangeKind.MOVED)
    return (
        item.change.kind in _STATES
        or _goes_on_with_a_warning(item, effect)
        or (moved and _was_there_before(item))
        or _names_a_builtin(item)
    )


def _names_a_builtin(item: FurtherChange) -> bool:
    """Whether what is gone was a second name of what needs no import: `numpy.float`."""
    new_api = item.replacement.new_api if item.replacement else item.change.new_api
    change = item.change
    is_gone = change.kind in (ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED)
    is_class = change.object_kind is ObjectKind.CLASS  # a function may only do the same
    return is_gone and is_class and new_api == f"builtins.{leaf_of(item.change.old_api)}"


def _was_there_before(item: FurtherChange) -> bool:
    """Whether the old version had the same object at the other path as well."""
    change, replacement = item.change, item.replacement
    new_api = replacement.new_api if replacement else change.new_api
    if replacement is not None and any(
        one.kind is EvidenceKind.IDENTITY and "the same object" in one.detail
        for one in replacement.evidence
    ):
        return True
    return any(  # of the change, it may be about a third path
        one.kind is EvidenceKind.IDENTITY and f"same object as {new_api} " in one.detail
        for one in change.evidence
    )


def _was_offered_before(item: FurtherChange) -> bool:
    """Whether the old version had what is to be written instead: then nothing became that."""
    return item.replacement is not None and item.replacement.was_there


def _must(effect: Effect | None) -> str:
    return "must" if effect is Effect.BREAK else "is to"


def _kind_now(change: ApiChange) -> str:
    kind = _NOUNS.get(change.new_value or "", "")
    return f"a {kind}" if kind and kind != "name" else "something else"


def update_note(
    candidate: Candidate,
    proof: Proof,
    step: VersionStep,
    said: Mapping[str, str] = NOTHING_SAID,
) -> str:
    """The note that goes with the row: facts only, each sentence true by construction; see
    `describe`."""
    lines: list[str] = []
    effect = _effect_on(candidate, proof)
    for item in changes_of(candidate):
        happened = _what_happened(item, effect, candidate, said)
        lines.append(_first_sentence(item, effect, happened, step))
        lines.append(instead(item, candidate))
        lines.extend(_signatures(item))
    lines.append(besides(candidate, " ".join(lines)))
    lines.append(_consequence(proof, step.new))
    return "\n".join(line for line in lines if line)


def _first_sentence(
    item: FurtherChange, effect: Effect | None, happened: str, step: VersionStep
) -> str:
    change = item.change
    when = _when(item, effect, step)
    if _is_state(item, effect):
        warns = (
            change.kind is ChangeKind.DEPRECATED
            or (change.kind is ChangeKind.KEYWORD_ONLY and effect is Effect.WARN)
            or _goes_on_with_a_warning(item, effect)
        )
        works = "works without a warning" if warns else "works"
        if change.kind is ChangeKind.DEPRECATED and effect is Effect.BREAK:
            happened, works = f"{happened.removesuffix('is deprecated')}no longer works this way", "works"  # fmt: skip
        if change.kind is ChangeKind.KEYWORD_ONLY and effect is None:
            works = "need not be"  # of several changes, it is not known which one only warns
        when = f"{when} (up to {step.old} it {works})"
    return f"{happened} {when}."


def _signatures(item: FurtherChange) -> list[str]:
    """Before and now; nothing where another thing is to be used that is not known to be the same
    one, since the new signature is then that of the old name's wrapper, or where it tells nothing."""
    change = item.change
    old, new = change.old_signature, change.new_signature
    now = item.replacement.new_api if item.replacement else change.new_api or change.old_api
    is_other = now != change.old_api
    if is_other and (change.kind is ChangeKind.DEPRECATED or not _was_there_before(item)):
        return []
    if old is not None and change.kind in _GONE_PARAMETERS and not _may_take(change.parameter, old):
        return []  # a wrapper took it, which shows what it wraps
    if old is None or new is None or str(old) == str(new) or _takes_anything(new):
        return []
    return [
        f"Signature before: `{_call(change.old_api, old)}`.",
        f"Signature now: `{_call(now, new)}`.",
    ]


def _may_take(name: str | None, signature: Signature) -> bool:
    parameters = signature.parameters
    return any(item.name == name or item.kind is ParameterKind.VAR_KEYWORD for item in parameters)


def _takes_anything(signature: Signature) -> bool:
    """`(*args, **kwargs)`: what a wrapper shows."""
    names = [parameter.name for parameter in signature.parameters]
    return bool(names) and all(name in ("args", "kwargs", "kwds") for name in names)


def _call(path: str, signature: Signature) -> str:
    """As it is called; without addresses, which some defaults of compiled code hold."""
    return f"{leaf_of(path)}{_ADDRESS.sub('', str(signature))}"


def _consequence(proof: Proof, new_version: str) -> str:
    said = _shortened(" ".join(_PLACE.sub("", proof.message).split()))
    words = f": {said}" if said else "."
    if proof.effect is Effect.BREAK:
        return f"Under {new_version} the old way raises {proof.error_type}{words}"
    if proof.effect is Effect.WARN:
        return f"Under {new_version} the old way warns, {proof.warning_category}{words}"
    if proof.effect is Effect.DRIFT:
        return f"Under {new_version} the old way runs, but gives another result."
    return ""


def _shortened(message: str) -> str:
    """The message's first sentences, as many as there is room for; else its first words."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    ends = [match.end() for match in _SENTENCE_END.finditer(message[: LONGEST_MESSAGE + 1])]
    if ends and ends[-1] > LONGEST_MESSAGE // 3:
        return message[: ends[-1]]
    return message[: LONGEST_MESSAGE - 3].rpartition(" ")[0] + "..."

"""Description and update note of a row, composed from facts; no model, no copied text.

The note states what changed, since which version, what to write instead, the signatures where
they differ, and what the new version does when the old way is used. A reader who has only the
note must be able to do the migration.
"""

from __future__ import annotations

from recode_data.records import ApiChange, ChangeKind, Effect, Proof, Replacement, Signature

_NOUNS = {
    "module": "module",
    "class": "class",
    "function": "function",
    "method": "method",
    "property": "property",
    "attribute": "name",
}


def noun(change: ApiChange) -> str:
    """What the changed thing is, in a word."""
    return _NOUNS[change.object_kind.value] if change.object_kind is not None else "name"


def describe(change: ApiChange, library: str, new_version: str) -> str:
    """One sentence that says what changed."""
    return f"{_what_happened(change)} in {library} {new_version}."


def _what_happened(change: ApiChange) -> str:
    subject = f"The {noun(change)} `{change.old_api}`"
    parameter = f"The parameter `{change.parameter}` of `{change.old_api}`"
    kind = change.kind
    if kind in (ChangeKind.RENAMED, ChangeKind.MOVED) and change.new_api:
        return f"{subject} was {kind.value} to `{change.new_api}`"
    sentences = {
        ChangeKind.REMOVED: f"{subject} was removed",
        ChangeKind.RENAMED: f"{subject} was renamed",
        ChangeKind.MOVED: f"{subject} was moved",
        ChangeKind.PARAMETER_REMOVED: f"{parameter} was removed",
        ChangeKind.PARAMETER_RENAMED: f"{parameter} was renamed",
        ChangeKind.PARAMETER_ADDED_REQUIRED: f"{parameter} became required",
        ChangeKind.PARAMETER_REORDERED: f"The parameters of `{change.old_api}` changed their order",
        ChangeKind.KEYWORD_ONLY: f"{parameter} must be passed by keyword",
        ChangeKind.KIND_CHANGED: f"{subject} became something else",
        ChangeKind.RETURN_CHANGED: f"What `{change.old_api}` returns changed",
        ChangeKind.UNDEPRECATED: f"{subject} is no longer deprecated",
        ChangeKind.BEHAVIOUR: f"The behaviour of `{change.old_api}` changed",
        ChangeKind.ADDED: f"{subject} was added",
        ChangeKind.PARAMETER_ADDED: f"{parameter} was added",
    }
    if kind is ChangeKind.DEPRECATED:
        return f"{parameter if change.parameter else subject} is deprecated"
    if kind is ChangeKind.DEFAULT_CHANGED:
        values = (
            f" from `{change.old_value}` to `{change.new_value}`"
            if change.old_value is not None and change.new_value is not None
            else ""
        )
        return f"The default of the parameter `{change.parameter}` of `{change.old_api}` changed{values}"
    return sentences[kind]


def update_note(
    change: ApiChange,
    replacement: Replacement | None,
    proof: Proof,
    library: str,
    old_version: str,
    new_version: str,
) -> str:
    """The note that goes with the row: facts only, each sentence true by construction."""
    lines = [f"{_what_happened(change)} in {library} {new_version} (up to {old_version} it works)."]
    instead = _instead(change, replacement)
    if instead:
        lines.append(instead)
    lines.extend(_signatures(change))
    lines.append(_consequence(proof, new_version))
    return "\n".join(line for line in lines if line)


def _instead(change: ApiChange, replacement: Replacement | None) -> str:
    if replacement is None:
        return ""
    if replacement.new_parameter and change.parameter:
        return f"Pass `{replacement.new_parameter}` instead of `{change.parameter}`."
    if replacement.new_api != change.old_api:
        return f"Write `{replacement.new_api}` instead."
    return ""


def _signatures(change: ApiChange) -> list[str]:
    old, new = change.old_signature, change.new_signature
    if old is None or new is None or str(old) == str(new):
        return []
    return [
        f"Signature before: `{_call(change.old_api, old)}`.",
        f"Signature now: `{_call(change.new_api or change.old_api, new)}`.",
    ]


def _call(path: str, signature: Signature) -> str:
    return f"{path.rpartition('.')[2]}{signature}"


def _consequence(proof: Proof, new_version: str) -> str:
    message = " ".join(proof.message.split())
    if len(message) > 300:
        message = message[:297] + "..."
    if proof.effect is Effect.BREAK:
        return f"Under {new_version} the old way raises {proof.error_type}: {message}"
    if proof.effect is Effect.WARN:
        return f"Under {new_version} the old way warns, {proof.warning_category}: {message}"
    if proof.effect is Effect.DRIFT:
        return f"Under {new_version} the old way runs, but gives another result."
    return ""

"""What the toolkit's values are called on a page."""

from __future__ import annotations

from recode_data.records import ChangeKind, DropReason, Effect, EvidenceKind, JsonValue, Producer

EFFECTS: dict[Effect, tuple[str, str]] = {
    Effect.BREAK: ("breaks", "the old code raises an error on the new version"),
    Effect.WARN: ("warns", "the old code runs, with a new deprecation or future warning"),
    Effect.DRIFT: ("drifts", "the old code runs, and gives another result"),
    Effect.NONE: ("no edit needed", "the old code is right as it is (control row)"),
}
"""A word and a sentence."""

PRODUCERS: dict[Producer, str] = {
    Producer.EVOLVED: "the same example in the documentation of both versions",
    Producer.FORWARD: "an old usage, rewritten to the new API",
    Producer.BACKWARD: "a new usage, rewritten to the old API",
    Producer.COMPOSED: "several proved pairs joined into one program",
    Producer.CONTROL: "a usage that needs no edit",
    Producer.IMPORTED: "a row of another file of pairs",
}

CHANGE_KINDS: dict[ChangeKind, str] = {
    ChangeKind.REMOVED: "removed",
    ChangeKind.RENAMED: "renamed",
    ChangeKind.MOVED: "moved",
    ChangeKind.PARAMETER_REMOVED: "parameter removed",
    ChangeKind.PARAMETER_RENAMED: "parameter renamed",
    ChangeKind.PARAMETER_ADDED_REQUIRED: "required parameter added",
    ChangeKind.PARAMETER_REORDERED: "parameters reordered",
    ChangeKind.KEYWORD_ONLY: "parameter became keyword-only",
    ChangeKind.DEFAULT_CHANGED: "default changed",
    ChangeKind.KIND_CHANGED: "became another kind of object",
    ChangeKind.RETURN_CHANGED: "returns something else",
    ChangeKind.DEPRECATED: "deprecated",
    ChangeKind.UNDEPRECATED: "no longer deprecated",
    ChangeKind.BEHAVIOUR: "behaves differently",
    ChangeKind.ADDED: "added",
    ChangeKind.PARAMETER_ADDED: "optional parameter added",
}

DROP_REASONS: dict[DropReason, str] = {
    DropReason.UNPARSABLE: "not Python that parses",
    DropReason.OLD_FAILS_ON_OLD: "the old code fails on the old version already",
    DropReason.NEEDS_NETWORK: "the old code asks for something on the network",
    DropReason.NEW_FAILS_ON_NEW: "the new code fails on the new version",
    DropReason.NEW_WARNS_ON_NEW: "the new code still warns on the new version",
    DropReason.NOTHING_CHANGED: "the old code runs the same on both versions",
    DropReason.NOT_AT_THE_CHANGE: "what happens has nothing to do with the changed API",
    DropReason.RESULTS_DIFFER: "the new code gives other results than the old code did",
    DropReason.UNOBSERVABLE: "nothing that can be compared depends on the change",
    DropReason.UNEXPLAINED: "its note would say that something changed, and not what to write",
    DropReason.NONDETERMINISTIC: "two runs of the same code differ",
    DropReason.TIMED_OUT: "ran out of time",
    DropReason.OUT_OF_MEMORY: "ran out of memory",
    DropReason.CRASHED: "the interpreter died",
    DropReason.DUPLICATE: "the same pair is there already",
    DropReason.NEAR_DUPLICATE: "almost the same pair is there already",
    DropReason.OVER_CAP: "there are enough pairs for this change already",
    DropReason.CONTAMINATED: "it overlaps with a benchmark",
    DropReason.LICENCE: "the licence of the snippet's release was not asked for",
    DropReason.EMPTY_FIELD: "a code or the note is missing",
    DropReason.NO_EDIT: "old and new code have the same tokens",
    DropReason.UNBOUND_NAME: "the code reads a name that it binds nowhere",
    DropReason.UNKNOWN_VERSION: "the package index has no such version, or none before it",
    DropReason.ENVIRONMENT_UNAVAILABLE: "no environment with that version can be made here",
    DropReason.SANDBOX_FAILED: "the sandbox failed, which says nothing about the code",
}

EVIDENCE: dict[EvidenceKind, str] = {
    EvidenceKind.SURFACE: "public API",
    EvidenceKind.IDENTITY: "same object at run time",
    EvidenceKind.ERROR_MESSAGE: "error message",
    EvidenceKind.WARNING_MESSAGE: "warning",
    EvidenceKind.DEPRECATION: "deprecation mark",
    EvidenceKind.FORWARDING: "forwards to it",
    EvidenceKind.RELEASE_NOTES: "release notes",
    EvidenceKind.EVOLUTION: "the library's own examples",
    EvidenceKind.SIMILARITY: "similar name and signature",
    EvidenceKind.PROBE: "run of an old usage",
}


def plain(value: str) -> str:
    """A value without a word of its own: `old_fails` is `old fails`."""
    return value.replace("_", " ")


def drop_reason_words(reason: str) -> str:
    """The sentence of a drop reason; other toolkits' reasons as they are."""
    known = {item.value: words for item, words in DROP_REASONS.items()}
    return known.get(reason, plain(reason))


def words_by_column() -> dict[str, JsonValue]:
    """Words of the values in a listing's columns; other values are shown as they are."""
    return {
        "effect": {effect.value: word for effect, (word, _) in EFFECTS.items()},
        "kind": {kind.value: words for kind, words in CHANGE_KINDS.items()},
        "reason": {reason.value: plain(reason.value) for reason in DropReason},
    }


def counted(count: int, noun: str) -> str:
    """`1 pair`, `2,000 pairs`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """A share in [0, 1] in percent, with one decimal where it says something."""
    value = 100 * share
    return f"{value:.0f} %" if value in (0, 100) else f"{value:.1f} %"

"""What a row may be about: the library's names on the lines that the row edits."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from recode_data.records import ApiChange, ChangeKind, Effect, ObjectKind, Proof
from recode_data.references import attribute_names, find_references

MOST_GUESSES = 8


def guesses(old_code: str, new_code: str, import_names: Sequence[str]) -> tuple[ApiChange, ...]:
    """Changes that the row may be about, likeliest first; the library as a whole comes last.

    Foreign rows do not say which API changed. Whichever of these the proof fits names the row;
    methods of values are named by their last part, since no type is known.
    """
    lines = _edited_lines(old_code, new_code)
    found = list(dict.fromkeys(_on_lines(old_code, lines, import_names)))
    whole = ApiChange(ChangeKind.BEHAVIOUR, import_names[0], object_kind=ObjectKind.MODULE)
    return (*found[:MOST_GUESSES], whole)


def _edited_lines(old_code: str, new_code: str) -> frozenset[int]:
    """1-based lines of the old code that the new one does not have; all where it only adds."""
    old, new = ([line.strip() for line in code.splitlines()] for code in (old_code, new_code))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    edited = {
        line + 1
        for tag, start, end, _, _ in matcher.get_opcodes()
        if tag in {"replace", "delete"}
        for line in range(start, end)
    }
    return frozenset(edited or range(1, len(old) + 1))


def _on_lines(code: str, lines: frozenset[int], import_names: Sequence[str]) -> Iterator[ApiChange]:
    references = find_references(code)
    on_lines = [item for item in references if not lines.isdisjoint(range(item.line, item.end_line + 1))]  # fmt: skip
    for reference in sorted(on_lines, key=lambda item: -item.path.count(".")):
        if reference.path.partition(".")[0] in import_names and "." in reference.path:
            yield ApiChange(ChangeKind.BEHAVIOUR, reference.path, object_kind=ObjectKind.FUNCTION)
    for name, line in attribute_names(code):
        if line in lines:
            path = f"{import_names[0]}.{name}"
            yield ApiChange(ChangeKind.BEHAVIOUR, path, object_kind=ObjectKind.METHOD)


def kind_of(proof: Proof) -> ChangeKind:
    """The kind of change that an effect speaks for."""
    if proof.effect is Effect.WARN:
        return ChangeKind.DEPRECATED
    if proof.effect is Effect.BREAK:
        message = proof.message
        if proof.error_type in {"AttributeError", "ImportError", "ModuleNotFoundError"}:
            return ChangeKind.REMOVED
        if "unexpected keyword argument" in message:
            return ChangeKind.PARAMETER_REMOVED
        if "positional argument" in message:
            return ChangeKind.KEYWORD_ONLY
    return ChangeKind.BEHAVIOUR

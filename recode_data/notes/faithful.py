"""Whether a proved row's note and its edit belong together: else it teaches the wrong thing."""

from __future__ import annotations

import ast
import builtins
import json
import re
from collections.abc import Mapping

from recode_data.notes.advice import NOTHING_SAID, WHOLE, advised, speaks_against
from recode_data.notes.instead import (
    instead,
    is_about_position,
    is_replaced_by_arguments,
    leaves_out,
    new_parameter_of,
    uses_of,
)
from recode_data.notes.reading import (
    all_keywords,
    called_name,
    calls_by_name,
    calls_in,
    changes_of,
    imported_names,
    leaf_of,
    names_called,
    passes,
    plain,
    text_of,
)
from recode_data.notes.strays import stray_edit
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    Effect,
    EvidenceKind,
    FurtherChange,
    ObjectKind,
    Producer,
    Proof,
    Verified,
)
from recode_data.rewrites.members import changes_member
from recode_data.rewrites.value import value_pairs

_VALUE = r"'[^']*'|\"[^\"]*\"|\w+"

_BUILTINS = frozenset(dir(builtins))
SAY_LITTLE = frozenset({"b", "n", "x", "cut", "type"})
"""Tags of canonical values: booleans, None, and what carries no information."""


def misleads(candidate: Candidate, proof: Proof, said: Mapping[str, str]) -> str | None:
    """Why the row's note and its edit would not belong together, or None.

    Args:
        candidate: with both codes.
        proof: what the old code does on the new version.
        said: what the new version says to the old way, by key of the change.
    """
    why = stray_edit(candidate) or unexplained(candidate, said)
    if why is None and goes_against_advice(candidate, said):
        return "another successor than the library names"
    if why is None and breaks_elsewhere(candidate, proof):
        return "deprecated, and the error is about something else"
    if why is None and warns_of_what_holds_it(candidate, proof):
        return "the warning is of a call that it is handed to"
    if why is None and is_asked_for_otherwise(candidate):
        return "a class that values were asked for, and the new code asks in another way"
    return why


def misleads_alone(candidate: Candidate, proof: Proof) -> str | None:
    """The same before the rest is proved, of a program that meets one change and is told something.

    Of 1,842 proofs of 14 steps, 230 were dropped afterwards for what two runs of ten had shown. What
    each of several changes is told, only programs that meet it alone tell.
    """
    if candidate.further or candidate.producer is Producer.CONTROL or not proof.message:
        return None
    return misleads(candidate, proof, {candidate.change.key: proof.message})


def unexplained(candidate: Candidate, said: Mapping[str, str] = NOTHING_SAID) -> str | None:
    """The first change of the program that its note would not explain, or None.

    Args:
        candidate: with both codes.
        said: what the new version says to the old way, by key of the change.
    """
    for item in changes_of(candidate):
        if not _is_explained(item, candidate, said.get(item.change.key, "")):
            return item.change.key
    return None


def _is_explained(item: FurtherChange, candidate: Candidate, said: str) -> bool:
    """Whether a reader of the note knows what to write."""
    change = item.change
    if _is_of_the_language(change) or _is_metadata(item):
        return False
    if candidate.producer is Producer.CONTROL:  # "is deprecated", and the code goes on using it
        is_whole = change.kind is ChangeKind.DEPRECATED and change.parameter is None
        return not (is_whole and uses_of(change, candidate.new_code))
    if change.kind is ChangeKind.DEFAULT_CHANGED:
        is_passed = change.parameter in all_keywords(candidate.new_code)
        return is_passed or is_replaced_by_arguments(item, candidate)
    if change.kind is ChangeKind.BEHAVIOUR:
        told = instead(item, candidate, may_list=False)
        return bool(told) and not _calls_its_own(told, candidate)
    if change.parameter is not None and _announces_something_else(change.parameter, said):
        return False
    if _passes_another_value(item, candidate, said):
        return False
    if change.kind is ChangeKind.PARAMETER_RENAMED:
        return passes(candidate.old_code, change.parameter)
    if change.parameter is not None:
        if change.kind not in (ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED):
            return True
        told = instead(item, candidate)
        has_successor = bool(advised(said)) and not is_about_position(change)
        return bool(told) and not (has_successor and leaves_out(item, candidate))
    if change.kind in WHOLE or change.kind is ChangeKind.KIND_CHANGED:
        return bool(instead(item, candidate))
    return True


def _calls_its_own(told: str, candidate: Candidate) -> bool:
    """Whether it shows a call of what the program itself binds: no reader of the note knows that."""
    known = {*dir(builtins), leaf_of(candidate.change.old_api)}
    known |= imported_names(candidate.old_code) | imported_names(candidate.new_code)
    return any(names_called(code) - known for code in re.findall(r"`([^`]*)`", told))


def _announces_something_else(parameter: str, said: str) -> bool:
    """Whether it says that something is deprecated, and not a word of the parameter: pandas' `stack`
    warns of its old implementation, whatever `dropna` is."""
    said = re.sub(r"(\w)\(s\)", r"\1s", said)  # "the argument `column(s)`"
    is_news = re.search(r"\bdeprecated\b", said) is not None
    is_about_it = rf"\b{re.escape(parameter)}\b|\bposition|\bkeyword"
    return is_news and not re.search(is_about_it, said) and not any(value_pairs(said))


def _passes_another_value(item: FurtherChange, candidate: Candidate, said: str) -> bool:
    """Whether the message names what to pass for the new parameter, and the new code passes something
    else: pandas says `use_na_sentinel=False`, and `None`, which was passed for `na_sentinel`, only
    happens to do the same."""
    parameter = new_parameter_of(item)
    if parameter in (None, item.change.parameter):  # "pass strategy=mean as keyword args"
        return False
    texts = re.findall(rf"\b{re.escape(parameter)}\s*=\s*({_VALUE})", said)
    named = {text.strip("'\"") for text in texts}
    passed = {
        str(keyword.value.value) if isinstance(keyword.value, ast.Constant) else None
        for call in calls_by_name(candidate.new_code, leaf_of(item.change.old_api))
        for keyword in call.keywords
        if keyword.arg == parameter
    }
    return bool(named) and not passed <= named


def _is_of_the_language(change: ApiChange) -> bool:
    """Whether users write an operator or a call of a builtin for it: `a / b`, and not `a.__div__(b)`."""
    return changes_member(change) and _is_dunder(leaf_of(change.old_api))


def _is_metadata(item: FurtherChange) -> bool:
    """Whether what is to be written instead is no API but what Python tells of one: `f.__name__`."""
    paths = (item.change.old_api, item.replacement.new_api if item.replacement else "")
    old, new = (leaf_of(path) for path in paths)
    return _is_dunder(new) and not _is_dunder(old)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def breaks_elsewhere(candidate: Candidate, proof: Proof) -> bool:
    """Whether what is deprecated does not warn but fails, with an error that says nothing of it: what
    was passed is refused now, and another name alone does not help."""
    change = candidate.change
    is_whole = change.kind is ChangeKind.DEPRECATED and change.parameter is None
    if candidate.further or candidate.producer is Producer.CONTROL or not is_whole:
        return False
    words = {*re.findall(r"\w+", proof.message)}
    return proof.effect is Effect.BREAK and words.isdisjoint(change.old_api.split(".")[1:])


def warns_of_what_holds_it(candidate: Candidate, proof: Proof) -> bool:
    """Whether another behaviour is told by a warning that does not name the API, whose call is an
    argument of another one: `frame.agg(NamedAgg("b", min))` warns of what `agg` does with `min`."""
    change = candidate.change
    leaf = leaf_of(change.old_api)
    if change.kind is not ChangeKind.BEHAVIOUR or proof.effect is not Effect.WARN:
        return False
    if leaf in re.findall(r"\w+", proof.message):
        return False
    return any(
        called_name(inner) == leaf
        for call in calls_in(candidate.old_code)
        if called_name(call) not in _BUILTINS
        for argument in (*call.args, *(one.value for one in call.keywords))
        for inner in ast.walk(argument)
        if isinstance(inner, ast.Call)
    )


def is_asked_for_otherwise(candidate: Candidate) -> bool:
    """Whether the old code asks whether a value is of a class that is gone, and the new code does not
    ask for a class there: `isinstance(x, Float64Index)` is no `x.dtype == object`."""
    change = candidate.change
    if change.kind not in WHOLE or change.object_kind is not ObjectKind.CLASS:
        return False
    name = leaf_of(change.old_api)
    old, new = (
        [call for call in calls_in(code) if called_name(call) in ("isinstance", "issubclass")]
        for code in (candidate.old_code, candidate.new_code)
    )
    return len(new) < len(old) and any(name in text_of(call.args[-1]) for call in old if call.args)


def goes_against_advice(candidate: Candidate, said: Mapping[str, str]) -> bool:
    """Whether a successor is another one than the library names when the old way is used."""
    if candidate.producer is Producer.CONTROL:
        return False
    return any(
        speaks_against(item, said.get(item.change.key, ""), candidate.new_code)
        for item in changes_of(candidate)
    )


def agrees_by_chance(item: Verified) -> bool:
    """Whether a successor that only looks like the old name, or another class, is proved by nothing but
    booleans: any predicate gives the right one half of the time (`get_renderer_cache` and `get_legend`
    give None; `UInt64Index([1])` and `Index([1.0])` both are numeric)."""
    candidate = item.candidate
    likely = [one for one in changes_of(candidate) if _is_mere_likeness(one)]
    is_by_likeness = likely and candidate.producer is not Producer.EVOLVED
    if candidate.producer is Producer.CONTROL or not (
        is_by_likeness or _is_another_class(candidate)
    ):
        return False
    expected = json.loads(item.pair.checks).get("expected", {})
    shown = [event[1] for event in expected.get("events", []) if event[0] == "shown"]
    printed = any(event[0] != "shown" for event in expected.get("events", []))
    values = [*expected.get("names", {}).values(), *shown]
    return not printed and all(value[0] in SAY_LITTLE for value in values)


def _is_another_class(candidate: Candidate) -> bool:
    """Whether a class is gone, and its name with it."""
    change = candidate.change
    is_gone = change.kind in WHOLE and change.object_kind is ObjectKind.CLASS
    return is_gone and leaf_of(change.old_api) not in re.findall(r"\w+", candidate.new_code)


def _is_mere_likeness(item: FurtherChange) -> bool:
    change, replacement = item.change, item.replacement
    if replacement is None or change.parameter is not None:
        return False
    old, new = (plain(path) for path in (change.old_api, replacement.new_api))
    kinds = {evidence.kind for evidence in replacement.evidence}
    is_another = old != new or replacement.was_there  # beside the old one, and not the same object
    return is_another and kinds == {EvidenceKind.SIMILARITY}

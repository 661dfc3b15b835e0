"""What to write instead, in a sentence, as far as the facts of a change tell."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from recode_data.notes.reading import (
    all_keywords,
    calls_by_name,
    is_taken_whole,
    keyword_text,
    keywords_of,
    leaf_of,
    members,
    paths_in,
    text_of,
    uses,
)
from recode_data.records import (
    ApiChange,
    Candidate,
    ChangeKind,
    FurtherChange,
    ObjectKind,
)
from recode_data.rewrites.keyword import can_be_passed
from recode_data.rewrites.members import changes_member, leads_to_member
from recode_data.rewrites.method_of_value import methods_for_values
from recode_data.rewrites.templates import learn

MOST_PATHS = 3
"""More paths than these are a rewrite of the example, not a successor."""
LONGEST_EXPRESSION = 100
"""Characters of an expression that a note can show."""

_READ = (ObjectKind.PROPERTY.value, ObjectKind.ATTRIBUTE.value)


def instead(item: FurtherChange, candidate: Candidate, *, may_list: bool = True) -> str:
    """The sentence for one change of a candidate; empty where nothing is known.

    Args:
        item: the change, and what replaces it.
        candidate: with both codes.
        may_list: where no one edit tells it, list what the new code uses and the old one did not.
    """
    change, replacement = item.change, item.replacement
    if change.parameter is not None:
        return _other_arguments(item, candidate)
    if change.kind is ChangeKind.KIND_CHANGED and changes_member(change):
        said = _called_or_read(change, candidate.new_code)
        if said or candidate.further:
            return said
    if replacement is not None and _takes_the_place(replacement.new_api, change, candidate):
        told = _other_api(change, replacement.new_api, candidate)
        if told:
            is_called_alike = candidate.further or _are_called_alike(replacement.new_api, candidate)
            return told if is_called_alike else f"{told} {_other_expression(candidate)}".rstrip()
    known = known_successor(change, candidate)
    said = _other_api(change, known, candidate) if known else ""
    if candidate.further:
        return said
    return _other_expression(candidate) or said or (_taken_up(candidate) if may_list else "")


def known_successor(change: ApiChange, candidate: Candidate) -> str | None:
    """Where the library's authors wrote both codes: the best known successor that they took up."""
    new_code, old_code = candidate.new_code, candidate.old_code
    for known in change.replacements:
        if known.new_api == change.old_api:
            continue
        if leads_to_member(change, known.new_api):
            leaf = leaf_of(known.new_api)
            is_taken_up = members(new_code).count(leaf) > members(old_code).count(leaf)
        else:
            is_taken_up = uses(known.new_api, new_code) > uses(known.new_api, old_code)
        if is_taken_up and _takes_the_place(known.new_api, change, candidate):
            return known.new_api
    return None


def paths_taken_up(candidate: Candidate) -> tuple[list[str], list[str]]:
    """Of the library, where it has any: what the new code uses more often, and what less."""
    library = candidate.change.old_api.partition(".")[0]
    old, new = (Counter(paths_in(code)) for code in (candidate.old_code, candidate.new_code))
    return _of(library, new - old), _of(library, old - new)


def _other_arguments(item: FurtherChange, candidate: Candidate) -> str:
    change, name = item.change, item.change.parameter
    if is_about_position(change):
        return f"Pass `{name}` and what follows it by keyword."
    if _is_for_a_value(item, candidate):
        method = leaf_of(item.replacement.new_api if item.replacement else "")
        return f'Call `.{method}()` where `{name}="{method}"` was passed.'
    new_name = new_parameter_of(item)
    if new_name and new_name != name:
        return f"Pass `{new_name}` instead of `{name}`."
    if change.kind is ChangeKind.PARAMETER_REORDERED:
        return "Pass the arguments by name, or at their new places."
    if change.kind is ChangeKind.KEYWORD_ONLY:
        return f"Write `{name}=...` where it was given by position."
    taken = _arguments_taken_up(item, candidate)
    if change.kind is ChangeKind.DEFAULT_CHANGED and is_replaced_by_arguments(item, candidate):
        return f"Pass {listed(taken)} instead of `{name}`."
    if change.kind is ChangeKind.DEFAULT_CHANGED and can_be_passed(change.old_value):
        return f"Pass `{name}={change.old_value}` to get what the old version gave by default."
    if change.kind in (ChangeKind.PARAMETER_REMOVED, ChangeKind.DEPRECATED):
        if taken:
            return f"Pass {listed(taken)} instead of `{name}`."
        if not leaves_out(item, candidate):
            return ""
        default = _old_default(change)
        was_that = default is not None and _values_of(item, candidate.old_code) == {default}
        return f"Leave it out of the call{f'; its default was `{default}`' if was_that else ''}."
    if change.kind is ChangeKind.PARAMETER_ADDED_REQUIRED:
        given = _values_of(item, candidate.new_code)
        value = f"={given.pop()}" if len(given) == 1 else ""
        shown = f"{name}{value}" if len(value) <= LONGEST_EXPRESSION else name
        return f"Pass `{shown}` in every call."
    return ""


def _is_for_a_value(item: FurtherChange, candidate: Candidate) -> bool:
    """Whether a method stands where one value of the parameter was passed."""
    replacement = item.replacement
    if replacement is None or replacement.new_api not in methods_for_values(item.change):
        return False
    return leaf_of(replacement.new_api) in members(candidate.new_code)


def _arguments_taken_up(item: FurtherChange, candidate: Candidate) -> list[str]:
    """Keywords that calls of the API have in the new code, and that no call has in the old one."""
    old = all_keywords(candidate.old_code)
    if item.change.parameter not in old:
        return []
    calls = _calls_of(item, candidate.new_code)
    return sorted({keyword_text(one) for call in calls for one in call.keywords} - old)


def leaves_out(item: FurtherChange, candidate: Candidate) -> bool:
    """Whether the new code calls the API with less, and passes nothing in place of that."""
    if _is_for_a_value(item, candidate) or _arguments_taken_up(item, candidate):
        return False
    before, after = (
        [len(call.args) + len(call.keywords) for call in _calls_of(item, code)]
        for code in (candidate.old_code, candidate.new_code)
    )
    return len(after) >= len(before) and sum(after) < sum(before)  # a call that is gone has no less


def _values_of(item: FurtherChange, code: str) -> set[str]:
    """What calls of the API pass for the parameter by keyword, as source text."""
    return {
        text_of(one.value)
        for call in _calls_of(item, code)
        for one in call.keywords
        if one.arg == item.change.parameter
    }


def _calls_of(item: FurtherChange, code: str) -> list[ast.Call]:
    """Calls by the API's name, or by that of what takes its place."""
    paths = {item.change.old_api, item.replacement.new_api if item.replacement else ""}
    return [call for name in {*map(leaf_of, paths)} for call in calls_by_name(code, name)]


def is_about_position(change: ApiChange) -> bool:
    """Whether a parameter is deprecated where it is passed by position: it is its own successor."""
    return (
        change.kind is ChangeKind.DEPRECATED
        and change.parameter is not None
        and change.new_value == change.parameter
    )


def is_replaced_by_arguments(item: FurtherChange, candidate: Candidate) -> bool:
    """Whether the new code passes others where the old code passed the parameter."""
    return item.change.parameter not in all_keywords(candidate.new_code) and bool(
        _arguments_taken_up(item, candidate)
    )


def new_parameter_of(item: FurtherChange) -> str | None:
    """What the parameter is called now; where authors wrote the new code, by the best evidence."""
    if item.replacement is not None:
        return item.replacement.new_parameter
    if item.change.kind is not ChangeKind.PARAMETER_RENAMED:
        return None
    return next((known.new_parameter for known in item.change.replacements), None)


def _old_default(change: ApiChange) -> str | None:
    """Source text of what the parameter was where a call left it out; None where not known."""
    parameters = change.old_signature.parameters if change.old_signature else ()
    default = next((item.default for item in parameters if item.name == change.parameter), None)
    return default if default and len(default) <= LONGEST_EXPRESSION else None


def _called_or_read(change: ApiChange, new_code: str) -> str:
    """Empty where the new code does neither: numpy 2.0 shows `newbyteorder` as a property that only
    raises."""
    leaf = change.old_api.rpartition(".")[2]
    if change.old_value == ObjectKind.METHOD.value and change.new_value in _READ:
        is_read = re.search(rf"\.{leaf}\b(?!\s*\()", new_code)
        return f"Read `.{leaf}` without calling it." if is_read else ""
    if change.old_value in _READ and change.new_value == ObjectKind.METHOD.value:
        is_called = re.search(rf"\.{leaf}\s*\(", new_code)
        return f"Call it: `.{leaf}()`." if is_called else ""
    return ""


def _takes_the_place(new_api: str, change: ApiChange, candidate: Candidate) -> bool:
    """Whether another API stands where the old one stood; not where the old one goes on being used."""
    if new_api == change.old_api:
        return False
    old, new = (uses(change.old_api, code) for code in (candidate.old_code, candidate.new_code))
    return not new or new < old


def goes_on_in(change: ApiChange, candidate: Candidate) -> bool:
    """Whether the new code uses the changed thing still, so that it is about a way of using it: pandas
    deprecates `freq="M"`, and not `date_range`."""
    return uses_of(change, candidate.new_code) > 0


def uses_of(change: ApiChange, code: str) -> int:
    """How often the code names the changed thing; of members of classes, only the name is known."""
    if changes_member(change):
        return members(code).count(change.old_api.rpartition(".")[2])
    return uses(change.old_api, code)


def _other_api(change: ApiChange, new_api: str, candidate: Candidate) -> str:
    if changes_member(change) and not leads_to_member(change, new_api):
        if not _gets_the_object(change, new_api, candidate):
            return ""
        return f"Call `{new_api}` with the object as its first argument."
    if not changes_member(change) and leads_to_member(change, new_api):
        if uses(new_api, candidate.new_code):  # on the class, and on no value
            return ""
        return f"Call the method `{new_api}` of the first argument."
    if change.object_kind is ObjectKind.MODULE and is_taken_whole(new_api, candidate.new_code):
        return (
            f"What was taken from it is `{new_api}` now{_in_place_of(change, new_api, candidate)}."
        )
    leaf = re.escape(new_api.rpartition(".")[2])
    sign = "-" if re.search(rf"(?<![\w)])-(?:\w+\.)*{leaf}\b", change.message) else ""
    more = _further_arguments(change, new_api, candidate)
    shown = new_api.removeprefix("builtins.")
    return f"Write `{sign}{shown}` instead{more}."  # np.NINF: "Use `-np.inf` instead"


def _in_place_of(change: ApiChange, new_api: str, candidate: Candidate) -> str:
    """The member of the module that has the same name."""
    member = f"{change.old_api}.{leaf_of(new_api)}"
    return f", in place of `{member}`" if member in paths_in(candidate.old_code) else ""


def _gets_the_object(change: ApiChange, new_api: str, candidate: Candidate) -> bool:
    """Whether a call of the new function has what the old method was called on as an argument."""
    leaves = leaf_of(change.old_api), leaf_of(new_api)
    old, new = (
        calls_by_name(code, leaf)
        for code, leaf in zip((candidate.old_code, candidate.new_code), leaves, strict=True)
    )
    objects = {text_of(call.func.value) for call in old if isinstance(call.func, ast.Attribute)}
    return any(objects.intersection(map(text_of, call.args)) for call in new)


def _are_called_alike(new_api: str, candidate: Candidate) -> bool:
    """Whether calls of the successor pass by position what calls of the old one passed so."""
    old_name, name = leaf_of(candidate.change.old_api), leaf_of(new_api)
    old_calls = calls_by_name(candidate.old_code, old_name)
    calls = calls_by_name(candidate.new_code, name)
    old = [[text_of(one).replace(old_name, name) for one in call.args] for call in old_calls]
    new = [[text_of(one) for one in call.args] for call in calls]
    return len(old) != len(new) or sorted(old) == sorted(new)


def _further_arguments(change: ApiChange, new_api: str, candidate: Candidate) -> str:
    """What every call of the new API gets by keyword and no call of the old one got:
    `pandas.UInt64Index` became `pandas.Index` with a `dtype`."""
    new = keywords_of(candidate.new_code, new_api)
    given = {name for call in keywords_of(candidate.old_code, change.old_api) for name, _ in call}
    if not new:
        return ""
    shared = set(new[0]).intersection(*new[1:])
    further = sorted(f"{name}={value}" for name, value in shared if name not in given)
    if not further or len(", ".join(further)) > LONGEST_EXPRESSION:
        return ""
    return f", with `{', '.join(further)}`"


def _other_expression(candidate: Candidate) -> str:
    """What became of the expression that uses the API, where one edit tells it all."""
    change = candidate.change
    rules = set(
        learn(
            candidate.old_code,
            candidate.new_code,
            change.old_api,
            is_member=changes_member(change),
        )
    )
    if len(rules) != 1:
        return ""
    old, new = next(iter(rules)).in_words()
    if max(len(old), len(new)) > LONGEST_EXPRESSION:
        return ""
    return f"Where it was `{old}`, write `{new}`."


def _taken_up(candidate: Candidate) -> str:
    """What the library's own example uses now, or more often, and what it uses less, where that is
    little enough to name."""
    paths, left = paths_taken_up(candidate)
    if not 0 < len(paths) <= MOST_PATHS:
        return ""
    place = f" in place of {listed(left)}" if 0 < len(left) <= MOST_PATHS else ""
    return f"The new way uses {listed(paths)}{place}."


def _of(library: str, found: Iterable[str]) -> list[str]:
    paths = {*found}
    parts = [path for path in paths if "." in path and not _is_prefix(path, paths)]
    own = [path for path in parts if path.partition(".")[0] == library]
    return sorted(own or parts)


def _is_prefix(path: str, paths: Iterable[str]) -> bool:
    return any(other.startswith(f"{path}.") for other in paths)


def listed(paths: Sequence[str]) -> str:
    """Names in a sentence, as code."""
    return " and ".join(f"`{path}`" for path in paths)

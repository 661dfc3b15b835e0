"""Which rewrite a change calls for, in order of priority."""

from __future__ import annotations

from collections.abc import Callable

from recode_data.records import ApiChange, ObjectKind, Replacement
from recode_data.rewrites.attribute_call import rename_member
from recode_data.rewrites.called import called, uncalled
from recode_data.rewrites.from_builtin import from_builtin
from recode_data.rewrites.function_to_method import function_to_method
from recode_data.rewrites.keyword import rewrite_parameter, unwrite_parameter
from recode_data.rewrites.members import changes_kind_of_member, changes_member, leads_to_member
from recode_data.rewrites.method_of_value import (
    methods_for_values,
    rewrite_to_method,
    unwrite_to_method,
)
from recode_data.rewrites.method_to_function import method_to_function
from recode_data.rewrites.rename import rename_path
from recode_data.rewrites.value import rewrite_value, unwrite_value
from recode_data.syntax_trees import tree_of

_READ = (ObjectKind.PROPERTY.value, ObjectKind.ATTRIBUTE.value)

Rewrite = Callable[[str, ApiChange, Replacement], "str | None"]


def rewrite(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    """Forward: the old way becomes the new way.

    Returns:
        Code that parses and differs, or None where no rewrite applies.
    """
    if not _mentions(code, change.old_api):
        return None
    return _first(REWRITES, code, change, replacement)


def unwrite(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    """Backward: the new way becomes the old way; otherwise as `rewrite`."""
    if not _mentions(code, replacement.new_api):
        return None
    return _first(UNWRITES, code, change, replacement)


def _mentions(code: str, path: str) -> bool:
    """Whether the code can refer to the path at all (cheap: most snippets are never parsed)."""
    return path.removesuffix(".__init__").rpartition(".")[2] in code


def _first(
    rewrites: tuple[Rewrite, ...], code: str, change: ApiChange, replacement: Replacement
) -> str | None:
    if replacement.new_api in methods_for_values(change):  # or the argument would just go
        rewrites = tuple(
            each for each in rewrites if each in (rewrite_to_method, unwrite_to_method)
        )
    for apply in rewrites:
        new_code = apply(code, change, replacement)
        if new_code is not None and new_code != code and _parses(new_code):
            return new_code
    return None


def _parses(code: str) -> bool:
    try:
        tree_of(code)
    except SyntaxError:
        return False
    return True


def _rename(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if change.parameter is not None:
        return None
    return rename_path(code, change.old_api, replacement.new_api)


def _unrename(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if change.parameter is not None or _is_member_to_function(change, replacement):
        return None
    return rename_path(code, replacement.new_api, change.old_api)


def _from_builtin(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if change.parameter is not None or replacement.new_api != f"builtins.{_leaf(change.old_api)}":
        return None  # nobody wrote `GraphML.long` for `int`
    return from_builtin(code, replacement.new_api, change.old_api)


def _change_kind(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    return _as_kind(code, change, replacement, change.old_value, change.new_value)


def _unchange_kind(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    return _as_kind(code, change, replacement, change.new_value, change.old_value)


def _as_kind(
    code: str, change: ApiChange, replacement: Replacement, kind: str | None, other: str | None
) -> str | None:
    """The member as another kind of thing: called or read."""
    if replacement.new_api != change.old_api or not changes_kind_of_member(change):
        return None
    if kind == ObjectKind.METHOD.value and other in _READ:
        return uncalled(code, _leaf(change.old_api))
    if kind in _READ and other == ObjectKind.METHOD.value:
        return called(code, _leaf(change.old_api))
    return None


def _rename_member(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if not _is_member_to_member(change, replacement):
        return None
    return _member_renamed(code, change.old_api, replacement.new_api)


def _unrename_member(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if not _is_member_to_member(change, replacement):
        return None
    return _member_renamed(code, replacement.new_api, change.old_api)


def _member_renamed(code: str, old: str, new: str) -> str | None:
    """On values by name, and on the class by path: `Frame.load(x)` as well as `x.load()`."""
    by_name = rename_member(code, _leaf(old), _leaf(new))
    return rename_path(code if by_name is None else by_name, old, new) or by_name


def _method_to_function(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if not _is_member_to_function(change, replacement):
        return None
    new_code = method_to_function(code, _leaf(change.old_api), replacement.new_api)
    if new_code is None:
        return None
    return rename_path(new_code, change.old_api, replacement.new_api) or new_code


def _function_from_method(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if not _is_member_to_function(change, replacement):
        return None
    return function_to_method(code, replacement.new_api, _leaf(change.old_api))


def _function_to_method(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if not _is_function_to_member(change, replacement):
        return None
    return function_to_method(code, change.old_api, _leaf(replacement.new_api))


def _method_from_function(code: str, change: ApiChange, replacement: Replacement) -> str | None:
    if not _is_function_to_member(change, replacement):
        return None
    return method_to_function(code, _leaf(replacement.new_api), change.old_api)


def _is_member_to_member(change: ApiChange, replacement: Replacement) -> bool:
    return (
        change.parameter is None
        and changes_member(change)
        and leads_to_member(change, replacement.new_api)
    )


def _is_member_to_function(change: ApiChange, replacement: Replacement) -> bool:
    return (
        change.parameter is None
        and changes_member(change)
        and not leads_to_member(change, replacement.new_api)
    )


def _is_function_to_member(change: ApiChange, replacement: Replacement) -> bool:
    return (
        change.parameter is None
        and not changes_member(change)
        and leads_to_member(change, replacement.new_api)
    )


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]


REWRITES: tuple[Rewrite, ...] = (
    rewrite_to_method,
    rewrite_parameter,
    rewrite_value,
    _change_kind,
    _rename_member,
    _method_to_function,
    _function_to_method,
    _rename,
)
UNWRITES: tuple[Rewrite, ...] = (
    unwrite_to_method,
    unwrite_parameter,
    unwrite_value,
    _unchange_kind,
    _unrename_member,
    _function_from_method,
    _method_from_function,
    _from_builtin,
    _unrename,
)

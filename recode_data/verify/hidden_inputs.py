"""Other inputs for a proved pair: its literals changed, what old code then shows recorded.

A completion that prints what the shown inputs give, instead of computing it, fails on these. Only
literals that old and new code have in common are inputs; which changes make sense is for execution
to say: the old code must still run, and must show something else.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from recode_data.verify.compare import differences
from recode_data.verify.copied import is_copied
from recode_data.verify.literals import key_of, literals_in
from recode_data.verify.observed import Observed

Substitutions: TypeAlias = "tuple[tuple[str, str], ...]"
Change: TypeAlias = "Callable[[object], object]"

WANTED = 3
"""Changed inputs per row: fewer are not kept, since one alone may be met by chance."""
TRIED = 12
"""Variants tried per pair: about one in two breaks a shape or changes nothing."""
TRIED_TOGETHER = 6
"""In one job; most pairs need no second one."""
LONGEST_CPU_SECONDS = 0.7
"""Snippets that take longer get none: all variants share the limits of one job."""
MOST_CHARACTERS = 400
"""Of one literal: longer ones are data files in disguise."""

_TOO_COMMON = frozenset({"-2", "-1", "0", "1", "2", "0.0", "1.0", "-1.0"})
"""Numbers that also mean an axis, a step or a flag; alone they are no inputs."""


@dataclass(frozen=True, slots=True)
class HiddenCheck:
    """Literals to replace, and what the code must show then."""

    substitutions: Substitutions
    expected: Observed


def variants_of(old_code: str, new_code: str) -> tuple[Substitutions, ...]:
    """Substitutions to try, best first: all data at once, then one literal after the other."""
    inputs = _inputs(old_code, new_code)
    found: dict[Substitutions, None] = {}
    for change in _CHANGES:
        together = [item for item in inputs if isinstance(item, (list, tuple))]
        if len(together) > 1:
            found.setdefault(_substitutions(together, change))
    for item in inputs:
        for change in _CHANGES:
            found.setdefault(_substitutions([item], change))
    return tuple(item for item in found if item)[:TRIED]


def which_tell(
    variants: Sequence[Substitutions], visible: Observed, ran_old: Sequence[Observed]
) -> list[HiddenCheck]:
    """Checks of the variants on which old code shows something that one cannot write down.

    Args:
        variants: what was substituted.
        visible: what is shown for the shown inputs.
        ran_old: old code on the old version, one run per variant.
    """
    found: list[HiddenCheck] = []
    for variant, old in zip(variants, ran_old, strict=False):
        if old.succeeded and next(differences(visible, old), None):
            expected = replace(old, warnings=())
            if not is_copied(visible, expected, variant):
                found.append(HiddenCheck(variant, expected))
    return found


def which_hold(
    checks: Sequence[HiddenCheck],
    ran_new: Sequence[Observed],
    allowed: frozenset[tuple[str, str]],
) -> list[HiddenCheck]:
    """The checks that new code passes on the new version.

    Args:
        checks: what to show.
        ran_new: new code on the new version, one run per check.
        allowed: keys of the deprecations that are not the migration's business.
    """
    return [
        check
        for check, new in zip(checks, ran_new, strict=False)
        if new.succeeded
        and next(differences(check.expected, new), None) is None
        and all(warning.key in allowed for warning in new.deprecations)
    ]


def first_unlike(checks: Sequence[HiddenCheck], ran_new: Sequence[Observed]) -> tuple[int, str]:
    """How many checks the new code runs through and shows something else; the first such, in words.

    It may agree on the shown input by chance, as one score with another on labels that are all
    right.
    """
    found = [
        f"with {_in_words(check.substitutions)}: {difference}"
        for check, new in zip(checks, ran_new, strict=False)
        if new.succeeded and (difference := next(differences(check.expected, new), None))
    ]
    return len(found), found[0] if found else ""


def _in_words(substitutions: Substitutions) -> str:
    return ", ".join(f"{new} for {old}" for old, new in substitutions)


def _inputs(old_code: str, new_code: str) -> list[object]:
    """Literals that both codes have equally often, those that look like data first."""
    try:
        old, new = (literals_in(ast.parse(code)) for code in (old_code, new_code))
    except (SyntaxError, ValueError, RecursionError):
        return []
    counts = [Counter(key_of(item) for item in items) for items in (old, new)]
    first: dict[object, object] = {}
    for item in old:
        key = key_of(item)
        if counts[0][key] == counts[1][key] and _is_input(item):
            first.setdefault(key, item)
    return sorted(first.values(), key=_rank)


def _is_input(item: object) -> bool:
    if isinstance(item, (bool, type(None), type(Ellipsis), complex)):
        return False
    if isinstance(item, (int, float)):
        return repr(item) not in _TOO_COMMON and item == item
    if isinstance(item, (str, bytes)):
        return 0 < len(item) <= MOST_CHARACTERS and len(item.strip()) > 0
    return len(repr(item)) <= MOST_CHARACTERS and any(
        isinstance(leaf, (int, float, str, bytes)) and not isinstance(leaf, bool)
        for leaf in _leaves(item)
    )


def _rank(item: object) -> int:
    if isinstance(item, (list, tuple, dict, set)):
        leaves = list(_leaves(item))
        is_numbers = all(isinstance(leaf, (int, float)) for leaf in leaves)
        return 0 if is_numbers and len(leaves) > 2 else 1
    return 2 if isinstance(item, (int, float)) else 3


def _leaves(item: object) -> Iterator[object]:
    if isinstance(item, dict):
        yield from _leaves(list(item.values()))
    elif isinstance(item, (list, tuple, set, frozenset)):
        for part in item:
            yield from _leaves(part)
    else:
        yield item


def _substitutions(items: Sequence[object], change: Change) -> Substitutions:
    pairs = [(repr(item), repr(change(item))) for item in items]
    return tuple((old, new) for old, new in pairs if old != new)


def _reversed(item: object) -> object:
    return item[::-1] if isinstance(item, (list, tuple)) else item


def _each_leaf(change: Change, item: object) -> object:
    """The literal with its leaves changed; keys of dictionaries stay."""
    if isinstance(item, dict):
        return {key: _each_leaf(change, part) for key, part in item.items()}
    if isinstance(item, list):
        return [_each_leaf(change, part) for part in item]
    if isinstance(item, tuple):
        return tuple(_each_leaf(change, part) for part in item)
    if isinstance(item, set):
        return {_each_leaf(change, part) for part in item}
    return item if isinstance(item, bool) else change(item)


def _a_little_more(leaf: object) -> object:
    if isinstance(leaf, int):
        return leaf + 1
    if isinstance(leaf, float):
        return leaf + 0.5
    return _of_text(leaf, lambda text: _next_digits(text, 1) or text + text[-1:])


def _about_twice(leaf: object) -> object:
    if isinstance(leaf, int):
        return 2 * leaf + 1
    if isinstance(leaf, float):
        return 1.5 * leaf + 0.25
    return _of_text(leaf, lambda text: _next_digits(text, len(text)) or text[::-1])


def _squared(leaf: object) -> object:
    if isinstance(leaf, int):
        return leaf * abs(leaf) + 1 if abs(leaf) < 100 else leaf + 7
    if isinstance(leaf, float):
        return leaf * leaf + 0.5 if abs(leaf) < 100 else leaf + 7.5
    return _of_text(leaf, lambda text: text[:1] + text)


def _of_text(leaf: object, change: Callable[[str], str]) -> object:
    if isinstance(leaf, bytes):
        return change(leaf.decode("latin-1")).encode("latin-1")
    return change(leaf) if isinstance(leaf, str) else leaf


def _next_digits(text: str, count: int) -> str:
    """The text with its last `count` digits each one higher (9 to 1); empty where it has none."""
    letters = list(text)
    digits = [index for index, letter in enumerate(letters) if letter in "0123456789"]
    for index in digits[-count:]:
        letters[index] = str(int(letters[index]) % 9 + 1)
    return "".join(letters) if digits else ""


_CHANGES: tuple[Change, ...] = (
    partial(_each_leaf, _a_little_more),
    _reversed,
    partial(_each_leaf, _about_twice),
    partial(_each_leaf, _squared),
)

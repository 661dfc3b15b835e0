"""Which usages touch an API, and which of them to take when there are many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from recode_data.records import Usage, UsageOrigin
from recode_data.references import attribute_names
from recode_data.rewrites.from_builtin import hands_over
from recode_data.rewrites.imports import is_builtin

_READABILITY = (UsageOrigin.DOCSTRING, UsageOrigin.DOCS, UsageOrigin.GALLERY, UsageOrigin.TEST)
"""Written for readers first."""
MOST_USAGES = 150
"""Looked at for one change: a module's or a common method's usages are thousands."""
GOOD_LENGTH = 350
"""Characters: enough to show what a call is for, short enough to read at a glance."""


class UsageIndex:
    """Usages by every path that they refer to, prefixes included, and by names of members."""

    def __init__(self, usages: Iterable[Usage]) -> None:
        self._by_path: dict[str, dict[str, Usage]] = defaultdict(dict)
        self._by_member: dict[str, dict[str, Usage]] = defaultdict(dict)
        self._touching: dict[tuple[str, bool], tuple[Usage, ...]] = {}
        self._telling: dict[tuple[str, bool, tuple[str, ...]], tuple[Usage, ...]] = {}
        self._all = tuple(usages)
        for usage in self._all:
            for path in sorted({prefix for api in usage.apis for prefix in _prefixes(api)}):
                self._by_path[path][key_of(usage)] = usage
            for name in sorted({name for name, _ in attribute_names(usage.code)}):
                self._by_member[name][key_of(usage)] = usage

    def touching(self, path: str, *, is_member: bool = False) -> tuple[Usage, ...]:
        """Usages that refer to the path or under it; a member is also found by name on values, and a
        builtin where it is handed over."""
        key = (path, is_member)
        if key not in self._touching:
            found = self._by_path.get(path, {})
            if is_builtin(path) and path.count(".") == 1:
                hands_over_it = hands_over(path.rpartition(".")[2]).search
                found = {key_of(usage): usage for usage in self._all if hands_over_it(usage.code)}
            if is_member:
                found = {**found, **self._by_member.get(path.rpartition(".")[2], {})}
            self._touching[key] = tuple(found.values())
        return self._touching[key]

    def telling(
        self, path: str, *, is_member: bool = False, any_of: tuple[str, ...] = ()
    ) -> tuple[Usage, ...]:
        """Of the usages that touch the path, the most telling ones, best first.

        Args:
            path: of an API.
            is_member: whether it is one of a class.
            any_of: texts of which the code must have one, if any are given.
        """
        key = (path, is_member, any_of)
        if key not in self._telling:
            found = self.touching(path, is_member=is_member)
            if any_of:
                found = tuple(usage for usage in found if any(one in usage.code for one in any_of))
            self._telling[key] = diverse(found)
        return self._telling[key]


@lru_cache(maxsize=65536)
def key_of(usage: Usage) -> str:
    """The usage's key, hashed once: every change asks for those of all its usages."""
    return usage.key


@lru_cache(maxsize=4)
def index_of(usages: tuple[Usage, ...]) -> UsageIndex:
    """The index of these usages; made once, since it reads all of their code."""
    return UsageIndex(usages)


def diverse(usages: Sequence[Usage]) -> tuple[Usage, ...]:
    """Usages, one of each source file first, then a second of each, and so on.

    Within a file, and among files, readable ones lead, and of these the ones of a good length. Of
    very many, the first `MOST_USAGES` are given.
    """
    ordered = sorted(
        usages,
        key=lambda usage: (
            _READABILITY.index(usage.origin),
            abs(len(usage.code) - GOOD_LENGTH),
            key_of(usage),
        ),
    )
    seen: dict[str, int] = defaultdict(int)
    ranked: list[tuple[int, int, Usage]] = []
    for position, usage in enumerate(ordered):
        ranked.append((seen[usage.source_file], position, usage))
        seen[usage.source_file] += 1
    ranked.sort(key=lambda item: item[:2])
    return tuple(usage for _, _, usage in ranked[:MOST_USAGES])


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]

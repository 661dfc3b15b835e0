"""Which usages touch an API, and which of them to take when there are many."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

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
_AFTER_A_DOT = re.compile(r"\.[\s\\]*(?:#[^\r\n]*[\r\n][\s\\]*)*([^\W\d]\w*)")
"""What may be a member's name; between brackets a dot may end a line, with a comment."""


class Telling:
    """Usages, best first, looked for only as far as somebody asks."""

    def __init__(self, found: Iterable[Usage]) -> None:
        self._left = islice(found, MOST_USAGES)
        self._known: list[Usage] = []

    def first(self, count: int) -> Sequence[Usage]:
        """The best ones, as many as that if there are so many."""
        self._known += islice(self._left, max(0, count - len(self._known)))
        return self._known[:count]


class UsageIndex:
    """Usages by every path that they refer to, prefixes included, and by names of members.

    What has a member's name after a dot is read only where a change is about that name and takes that
    usage: to read all of them took a third of the search for candidates, and each of pandas' 4,000
    changes takes eight.
    """

    def __init__(self, usages: Iterable[Usage]) -> None:
        self._all = _readable_first({key_of(usage): usage for usage in usages}.values())
        self._by_path: dict[str, list[int]] = defaultdict(list)
        """Places among all of them."""
        self._by_name: dict[str, list[int]] = defaultdict(list)
        """The same, by what `names_after_dots` gives."""
        self._members: dict[str, frozenset[str]] = {}
        """Names of members, by code that somebody asked about."""
        self._telling: dict[tuple[str, bool, tuple[str, ...]], Telling] = {}
        for place, usage in enumerate(self._all):
            for path in {prefix for api in usage.apis for prefix in _prefixes(api)}:
                self._by_path[path].append(place)
            for name in names_after_dots(usage.code):
                self._by_name[name].append(place)

    def touching(self, path: str, *, is_member: bool = False) -> tuple[Usage, ...]:
        """Usages that refer to the path or under it; a member is also found by name on values, and a
        builtin where it is handed over."""
        near, touches = self._near(path, is_member=is_member)
        return tuple(self._all[place] for place in near if touches(place))

    def telling(
        self, path: str, *, is_member: bool = False, any_of: tuple[str, ...] = ()
    ) -> Telling:
        """Of the usages that touch the path, the most telling ones, best first.

        Args:
            path: of an API.
            is_member: whether it is one of a class.
            any_of: texts of which the code must have one, if any are given.
        """
        key = (path, is_member, any_of)
        if key not in self._telling:
            self._telling[key] = Telling(self._find_telling(*key))
        return self._telling[key]

    def has_member(self, code: str, name: str) -> bool:
        """Whether the code, of one of the usages, has the name on a value."""
        known = self._members.get(code)
        if known is None:
            known = self._members[code] = frozenset(name for name, _ in attribute_names(code))
        return name in known

    def _find_telling(self, path: str, is_member: bool, any_of: tuple[str, ...]) -> Iterator[Usage]:
        near, touches = self._near(path, is_member=is_member)
        if any_of:
            near = [at for at in near if any(one in self._all[at].code for one in any_of)]
        source_file = [self._all[place].source_file for place in near]
        for index in _in_turn(source_file, lambda index: touches(near[index])):
            yield self._all[near[index]]

    def _near(self, path: str, *, is_member: bool) -> tuple[list[int], Callable[[int], bool]]:
        """Places of usages that may touch the path, in order, and what tells whether one does."""
        name = path.rpartition(".")[2]
        certain = self._by_path.get(path, [])
        if is_builtin(path) and path.count(".") == 1:
            hands_over_it = hands_over(name).search
            certain = [at for at, usage in enumerate(self._all) if hands_over_it(usage.code)]
        if not is_member:
            return certain, lambda place: True
        known = frozenset(certain)
        near = sorted(known.union(self._by_name.get(name, ())))
        return near, lambda at: at in known or self.has_member(self._all[at].code, name)


def names_after_dots(code: str) -> frozenset[str]:
    """All names of members in the code, and some that are none (cheap: most code is never parsed)."""
    if code.isascii():
        return frozenset(_AFTER_A_DOT.findall(code))
    return frozenset(name for name, _ in attribute_names(code))  # letters have several spellings


@lru_cache(maxsize=65536)
def key_of(usage: Usage) -> str:
    """The usage's key, hashed once: every change asks for those of all its usages."""
    return usage.key


@lru_cache(maxsize=4)
def index_of(usages: tuple[Usage, ...]) -> UsageIndex:
    """The index of these usages; made once, since it goes through all of their code."""
    return UsageIndex(usages)


def diverse(usages: Iterable[Usage]) -> tuple[Usage, ...]:
    """Usages, one of each source file first, then a second of each, and so on.

    Within a file, and among files, readable ones lead, and of these the ones of a good length. Of
    very many, the first `MOST_USAGES` are given.
    """
    ordered = _readable_first(usages)
    files = [usage.source_file for usage in ordered]
    return tuple(ordered[index] for index in islice(_in_turn(files), MOST_USAGES))


def _readable_first(usages: Iterable[Usage]) -> tuple[Usage, ...]:
    return tuple(
        sorted(
            usages,
            key=lambda usage: (
                _READABILITY.index(usage.origin),
                abs(len(usage.code) - GOOD_LENGTH),
                key_of(usage),
            ),
        )
    )


def _in_turn(
    files: Sequence[str], is_meant: Callable[[int], bool] = lambda index: True
) -> Iterator[int]:
    """Indices of what is meant: the first one of each file, then the second one of each, and so on."""
    waiting: Sequence[int] = range(len(files))
    while waiting:
        given: set[str] = set()
        later: list[int] = []
        for index in waiting:
            if files[index] in given:
                later.append(index)
            elif is_meant(index):
                given.add(files[index])
                yield index
        waiting = later


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]

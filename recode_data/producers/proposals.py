"""What a change lets one write instead: its replacements, or the same API with other arguments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from recode_data.producers.paths import SAID, at_and_above
from recode_data.producers.touching import MOST_USAGES, Telling, index_of, key_of
from recode_data.records import (
    ApiChange,
    ChangeKind,
    EvidenceKind,
    Replacement,
    Usage,
    UsageOrigin,
)
from recode_data.rewrites.members import changes_kind_of_member
from recode_data.rewrites.method_of_value import methods_for_values
from recode_data.rewrites.value import value_pairs

SIMILARITY = 60.0
"""Least share of common text, in percent; below it two examples are about different things."""
TOP = 3
"""Replacements tried per change: evidence that ranks lower hardly ever verified."""

TOLD = frozenset(
    {EvidenceKind.DEPRECATION, EvidenceKind.ERROR_MESSAGE, EvidenceKind.WARNING_MESSAGE}
)
"""Evidence of what the library tells whoever uses the old way."""

_PASSED = frozenset(
    {ChangeKind.PARAMETER_REMOVED, ChangeKind.PARAMETER_RENAMED, ChangeKind.DEPRECATED}
)
"""Parameter changes that only calls which pass the parameter meet."""
_NO_OLD_WAY = frozenset({ChangeKind.ADDED, ChangeKind.PARAMETER_ADDED, ChangeKind.UNDEPRECATED})
_SAME_API = frozenset(
    {
        ChangeKind.PARAMETER_REMOVED,
        ChangeKind.PARAMETER_ADDED_REQUIRED,
        ChangeKind.PARAMETER_REORDERED,
        ChangeKind.KEYWORD_ONLY,
        ChangeKind.DEFAULT_CHANGED,
        ChangeKind.DEPRECATED,
    }
)
"""Parameter changes that can be met by other arguments without naming another API."""


class StepUsages:
    """Indexed usages of both versions of a step."""

    def __init__(self, old: Sequence[Usage], new: Sequence[Usage]) -> None:
        self.old = index_of(tuple(old))
        self.new = index_of(tuple(new))
        self._new_codes = frozenset(usage.code for usage in new)
        self._new_by_file: dict[str, list[Usage]] = defaultdict(list)
        for usage in new:
            self._new_by_file[_file_name(usage)].append(usage)
        self.documented = frozenset(
            path
            for usage in (*old, *new)
            if usage.origin is not UsageOrigin.TEST
            for api in usage.apis
            for path in at_and_above(api)
        )
        """Paths that documentation writes, and those above them."""
        self.gone: Mapping[str, ApiChange] = {}
        """What the step takes away, by path: see `completing.py`."""
        self.parameters: Mapping[str, Sequence[ApiChange]] = {}
        """Parameters that it takes away, by API."""
        self._later: dict[str, Usage | None] = {}
        self.most = MOST_USAGES
        """Usages looked at for the present change."""
        self.looked_at = 0
        """Usages looked at so far."""

    def some(self, usages: Telling) -> Sequence[Usage]:
        """The first of the usages, as many as one change may take."""
        chosen = usages.first(self.most)
        self.looked_at += len(chosen)
        return chosen

    def later(self, usage: Usage) -> Usage | None:
        """What an old usage became in the new version; None where it is the same or gone."""
        key = key_of(usage)
        if key not in self._later:
            self._later[key] = self._find_later(usage)
        return self._later[key]

    def _find_later(self, usage: Usage) -> Usage | None:
        if usage.code in self._new_codes:
            return None
        candidates = self._new_by_file[_file_name(usage)]
        codes = [item.code for item in candidates]
        best = process.extractOne(usage.code, codes, scorer=fuzz.ratio, score_cutoff=SIMILARITY)
        return None if best is None else candidates[best[2]]


@lru_cache(maxsize=2)
def step_usages(old: tuple[Usage, ...], new: tuple[Usage, ...]) -> StepUsages:
    """Usages of a step; made once, since finding what each became compares many texts."""
    return StepUsages(old, new)


def _file_name(usage: Usage) -> str:
    """Kind and name of the file; private modules keep their name when they move behind a `_`."""
    return f"{usage.origin.value}:{usage.source_file.rpartition('/')[2].lstrip('_')}"


def proposals(change: ApiChange) -> tuple[Replacement, ...]:
    """Best replacements first; empty where the change has no old way or nothing is known.

    Where nothing else is known, the same API with other arguments, with another value of one, or
    called instead of read.
    """
    if change.kind in _NO_OLD_WAY:
        return ()
    same = (Replacement(change.old_api, change.evidence, 0.5),)
    methods = tuple(Replacement(path, change.evidence, 0.5) for path in methods_for_values(change))
    if methods:  # each for another value
        return (*methods[:TOP], *advised(change)[:TOP], *same)
    if is_a_choice(change):
        return ()
    if change.replacements:
        further = same if any(value_pairs(change.message)) else ()
        return (*advised(change)[:TOP], *further)
    if (
        (change.parameter is not None and change.kind in _SAME_API)
        or changes_kind_of_member(change)
        or any(value_pairs(change.message))
    ):
        return same
    return ()


def shown_before(change: ApiChange) -> tuple[str, ...]:
    """Texts of which a program has one where it meets the change; empty: any may meet it.

    Of a common method few usages pass one parameter or one value, and only some are looked at.
    """
    if change.parameter is not None:
        passed = _quoted(old for old, _ in _values(change))  # it may stand in its place
        return (change.parameter, *passed) if change.kind in _PASSED else ()
    return _quoted(old for old, _ in _values(change))


def shown_after(change: ApiChange, replacement: Replacement) -> tuple[str, ...]:
    """Texts of which a program has one where it does what is to be written instead."""
    if change.parameter is not None:
        return (replacement.new_parameter,) if replacement.new_parameter else ()
    if replacement.new_api != change.old_api:
        return ()
    return _quoted(new for _, new in _values(change))


def _values(change: ApiChange) -> Iterator[tuple[str, str]]:
    """Values, and no names: "`load` is deprecated, use `read`" reads as a pair as well."""
    names = {*change.old_api.split(".")}
    for old, new in value_pairs(change.message):
        if old.rpartition(".")[2] not in names:
            yield old, new


def _quoted(values: Iterable[str]) -> tuple[str, ...]:
    """The ends of literals that such a value ends: `'2M'`."""
    return tuple(f"{value}{quote}" for value in dict.fromkeys(values) for quote in "'\"")


def advised(change: ApiChange) -> tuple[Replacement, ...]:
    """The replacements, without those that the library's own word speaks against: it names others.

    Another path of a named one is no other one. Django says `gettext_noop` for `ugettext_noop`, and
    `gettext_lazy` gives the same in a short example.
    """
    told = [
        item
        for item in change.replacements
        if any(evidence.kind in TOLD for evidence in item.evidence)
    ]
    names = {_short(item, change) for item in told}
    return tuple(item for item in change.replacements if not told or _short(item, change) in names)


def _short(replacement: Replacement, change: ApiChange) -> str | None:
    if change.parameter is not None:
        return replacement.new_parameter
    return replacement.new_api.rpartition(".")[2]


def is_a_choice(change: ApiChange) -> bool:
    """Whether the library names several successors side by side, for different uses: "Use `Integer`,
    `Float` or `Decimal`". Which one a program needs, its results seldom tell.

    What speaks for one of them alone, the body of the old API for one, decides.
    """
    if len(change.replacements) < 2:
        return False
    first, second = change.replacements[:2]
    kinds = [sorted(one.kind.value for one in item.evidence) for item in (first, second)]
    owners = [item.new_api.rpartition(".")[0] for item in (first, second)]
    is_said = any(one.kind in SAID for one in first.evidence)
    return (
        is_said and kinds[0] == kinds[1] and owners[0] == owners[1] and first.new_parameter is None
    )

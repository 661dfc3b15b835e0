from __future__ import annotations

import random

from recode_data.producers.composed import GROUP, SHARE, composed
from recode_data.records import FurtherChange, Producer, Replacement, Verified
from tests.making import make_candidate, make_change, make_usage, make_verified

BODY = "numbers = [1, 2, 3, 4]\ntable = toy.{name}(numbers, 'a long enough name')\nprint(table)\n"


def proved(number: int, **fields: object) -> Verified:
    old, new = (f"import toy\n\n{BODY.format(name=name)}" for name in (f"f{number}", f"g{number}"))
    change = make_change(f"toy.f{number}")
    replacement = Replacement(f"toy.g{number}", (), 0.9)
    return make_verified(make_candidate(old, new, change=change, replacement=replacement, **fields))


PROVED = [proved(number) for number in range(2 * SHARE)]


def test_two_changes_meet_in_one_program() -> None:
    found = list(composed(PROVED))
    assert len(found) == len(PROVED) // SHARE
    for candidate in found:
        (further,) = candidate.further
        names = [change.old_api for change in (candidate.change, further.change)]
        assert len(set(names)) == 2
        assert all(name in candidate.old_code for name in names)
        assert not any(name in candidate.new_code for name in names)
        assert isinstance(further, FurtherChange)
        assert further.replacement is not None
        assert further.replacement.new_api in candidate.new_code
        assert candidate.producer is Producer.COMPOSED


def test_order_of_the_pairs_does_not_matter() -> None:
    shuffled = PROVED[:]
    random.Random(1).shuffle(shuffled)
    assert list(composed(shuffled)) == list(composed(PROVED))


def test_changes_meet_within_small_groups_only() -> None:
    partners: dict[str, set[str]] = {}
    for candidate in composed([proved(number) for number in range(100)]):
        names = {candidate.change.old_api, candidate.further[0].change.old_api}
        for name in names:
            partners.setdefault(name, set()).update(names)
    grown = True
    while grown:
        grown = False
        for name, known in partners.items():
            wider = set().union(*(partners[other] for other in known))
            grown = grown or wider != known
            partners[name] = wider
    assert max(map(len, partners.values())) <= GROUP


def test_snippets_of_two_releases_do_not_meet() -> None:
    mixed = [
        proved(number, usage=make_usage(release=f"toy=={number % 2 + 1}.0")) for number in range(40)
    ]
    for candidate in composed(mixed):
        numbers = [
            int(change.old_api.removeprefix("toy.f")) % 2
            for change in (candidate.change, candidate.further[0].change)
        ]
        assert numbers[0] == numbers[1]


def test_one_change_alone_composes_nothing() -> None:
    assert list(composed([PROVED[0]] * 50)) == []

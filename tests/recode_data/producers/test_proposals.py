from __future__ import annotations

import pytest

from recode_data.producers.proposals import advised, is_a_choice, proposals
from recode_data.records import ChangeKind, Evidence, EvidenceKind, Replacement
from tests.making import make_change

SAYS = Evidence(EvidenceKind.WARNING_MESSAGE, "Use `Integer` or `Float` instead.")
CALLS = Evidence(EvidenceKind.FORWARDING, "its body calls toy.Float")
ALIKE = Evidence(EvidenceKind.SIMILARITY, "alike")
INTEGER, FLOAT = Replacement("toy.Integer", (SAYS,), 0.9), Replacement("toy.Float", (SAYS,), 0.9)


@pytest.mark.parametrize(
    ("replacements", "expected"),
    [
        ((INTEGER, FLOAT), True),
        ((INTEGER,), False),
        ((Replacement("toy.Float", (SAYS, CALLS), 0.99), INTEGER), False),
        ((INTEGER, Replacement("toy.other.Float", (SAYS,), 0.9)), False),
        ((Replacement("toy.Integer", (ALIKE,), 0.6), Replacement("toy.Float", (ALIKE,), 0.5)), False),
        ((), False),
    ],
    ids=["side by side", "one", "its body decides", "two places", "nobody says so", "none"],
)  # fmt: skip
def test_a_choice_is_left_to_the_reader(
    replacements: tuple[Replacement, ...], expected: bool
) -> None:
    change = make_change("toy.Number", replacements=replacements)
    assert is_a_choice(change) is expected
    assert (proposals(change) == ()) is (expected or not replacements)


OTHER = Replacement("toy.Whole", (ALIKE, CALLS), 0.7)


@pytest.mark.parametrize(
    ("replacements", "expected"),
    [
        ((INTEGER, OTHER), ["toy.Integer"]),
        ((OTHER, INTEGER), ["toy.Integer"]),
        ((INTEGER, Replacement("toy.numbers.Integer", (ALIKE,), 0.5)), ["toy.Integer", "toy.numbers.Integer"]),
        ((OTHER, Replacement("toy.Digits", (ALIKE,), 0.6)), ["toy.Whole", "toy.Digits"]),
        ((), []),
    ],
    ids=["another", "ranked higher", "other path", "nothing is said", "none"],
)  # fmt: skip
def test_the_library_s_own_word_counts(
    replacements: tuple[Replacement, ...], expected: list[str]
) -> None:
    change = make_change("toy.Number", replacements=replacements)
    assert [item.new_api for item in advised(change)] == expected


def test_of_a_parameter_the_name_of_the_new_one_counts() -> None:
    named, other = (
        Replacement("toy.load", (evidence,), 0.9, new_parameter=name)
        for evidence, name in ((SAYS, "proxy"), (ALIKE, "mounts"))
    )
    change = make_change(
        kind=ChangeKind.PARAMETER_RENAMED, parameter="proxies", replacements=(other, named)
    )
    assert advised(change) == (named,)

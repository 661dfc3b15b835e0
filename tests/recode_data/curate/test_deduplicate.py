from __future__ import annotations

import random

from recode_data.curate import deduplicate, not_seen_before
from recode_data.curate.deduplicate import TokenAlphabet
from recode_data.records import Candidate, DropReason, Verified
from tests.making import make_candidate, make_change, make_verified

WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lamda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
]


def distinct(number: int, api: str = "toy.load") -> Verified:
    """Snippets that differ in more than a literal."""
    words = random.Random(number).sample(WORDS, 8)
    lines = "".join(
        f"{word} = [{index}] * {word!r}.__len__()\n" for index, word in enumerate(words)
    )
    candidate: Candidate = make_candidate(
        f"import toy\n{lines}x = toy.load({number})\n",
        f"import toy\n{lines}x = toy.read({number})\n",
        change=make_change(api),
    )
    return make_verified(candidate)


def reasons(dropped: object) -> list[DropReason]:
    return [item.reason for item in dropped]  # type: ignore[attr-defined]


def test_snippets_that_differ_by_a_literal_are_one() -> None:
    twins = [
        make_verified(
            make_candidate(
                f"import toy\nvalue = toy.load({n}, 2, 3, 4, 5, 6, 7)\n",
                f"import toy\nvalue = toy.read({n}, 2, 3, 4, 5, 6, 7)\n",
            )
        )
        for n in (1, 2, 3)
    ]
    kept, dropped = deduplicate(twins)
    assert len(kept) == 1
    assert reasons(dropped) == [DropReason.NEAR_DUPLICATE] * 2


def test_different_snippets_stay() -> None:
    kept, dropped = deduplicate([distinct(number) for number in range(8)])
    assert (len(kept), dropped) == (8, [])


def test_comments_and_layout_make_no_difference() -> None:
    plain = make_verified(make_candidate())
    spaced = make_verified(
        make_candidate(
            "import toy\n\n# load\nx = toy.load( 1 )\n", "import toy\nx = toy.read( 1 )\n"
        )
    )
    kept, dropped = deduplicate([plain, spaced])
    assert (len(kept), reasons(dropped)) == (1, [DropReason.NEAR_DUPLICATE])


def test_same_codes_for_two_changes_count_once() -> None:
    first = distinct(1, "toy.load")
    second = distinct(1, "toy.Table.load")
    kept, dropped = deduplicate([first, second])
    assert (len(kept), reasons(dropped)) == (1, [DropReason.DUPLICATE])


def test_cap_is_per_change_and_nothing_is_lost() -> None:
    items = [distinct(n) for n in range(7)] + [distinct(n + 50, "toy.other") for n in range(3)]
    kept, dropped = deduplicate(items, cap=5)
    assert (len(kept), reasons(dropped)) == (8, [DropReason.OVER_CAP] * 2)


def test_result_does_not_depend_on_order() -> None:
    items = [distinct(number) for number in range(12)]
    shuffled = random.Random(5).sample(items, len(items))
    assert deduplicate(items, cap=6) == deduplicate(shuffled, cap=6)


def test_a_later_step_does_not_repeat_an_earlier_one() -> None:
    first = make_verified(make_candidate(), new_version="2.0")
    later = make_verified(make_candidate(), old_version="2.0", new_version="3.0")
    other = make_verified(make_candidate(), dependency="other", new_version="3.0")
    seen: dict[tuple[str, str, str], str] = {}
    assert not_seen_before([first], seen) == ([first], [])
    kept, dropped = not_seen_before([later, other], seen)
    assert (kept, reasons(dropped)) == ([other], [DropReason.DUPLICATE])
    assert dropped[0].detail == "the step 1.0 to 2.0 has it already"


def test_tokens_become_characters_one_to_one() -> None:
    alphabet = TokenAlphabet()
    written = alphabet.write(f"name{n}" for n in range(70_000))
    assert len(set(written)) == len(written) == 70_000
    assert written.encode("utf-8").decode("utf-8") == written  # no surrogates
    assert alphabet.write(["name7", "name69999", "new"])[:2] == written[7] + written[-1]

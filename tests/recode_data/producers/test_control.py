from __future__ import annotations

import json

from recode_data.producers.control import SHARE, control
from recode_data.producers.proposals import StepUsages
from recode_data.records import Producer, Replacement, Usage, Verified
from tests.making import make_candidate, make_change, make_usage, make_verified

PROOF = {
    "effect": "break",
    "error_type": "AttributeError",
    "warning_category": None,
    "message": "gone",
    "line": 2,
    "observed": 1,
}


def proved(number: int) -> Verified:
    candidate = make_candidate(
        f"import toy\nx = toy.f{number}(1)\n",
        change=make_change(f"toy.f{number}"),
        replacement=Replacement(f"toy.g{number}", (), 0.9),
    )
    return make_verified(candidate, evidence=json.dumps({"proof": PROOF}))


PROVED = [proved(number) for number in range(2 * SHARE)]


def usage(name: str, number: int = 0) -> Usage:
    code = f"import toy\n\n# A comment that makes this snippet long enough.\ny = toy.{name}({number})\n"
    return make_usage(code, apis=("toy", f"toy.{name}"), source_line=number)


def controls(usages: list[Usage]) -> list[tuple[str, str]]:
    found = list(control(PROVED, StepUsages(usages, ())))
    assert {item.producer for item in found} <= {Producer.CONTROL}
    assert all(item.old_code == item.new_code for item in found)
    return [(item.change.old_api, item.old_code) for item in found]


def test_code_that_uses_the_successor_comes_first() -> None:
    successors = [usage(f"g{number}") for number in range(len(PROVED))]
    found = controls([usage("other", number) for number in range(9)] + successors)
    assert len(found) == 2
    assert all(
        code == usage(api.removeprefix("toy.").replace("f", "g")).code for api, code in found
    )


def test_changes_give_more_than_one_where_there_are_few() -> None:
    few = [proved(0)] * (4 * SHARE)
    found = list(control(few, StepUsages([usage("other", number) for number in range(50)], ())))
    assert len(found) == 4


def test_code_that_a_change_concerns_is_none() -> None:
    assert controls([usage(f"f{number}") for number in range(2 * SHARE)]) == []


def test_each_usage_once_and_no_more_than_a_share() -> None:
    found = controls([usage("other", number) for number in range(50)])
    assert len(found) == len({code for _, code in found}) == len(PROVED) // SHARE
    assert len(controls([usage("other")])) == 1

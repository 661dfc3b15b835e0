"""Which pairs an overview shows."""

from __future__ import annotations

import re

from recode_data.explorer import Markup, featured_pairs
from recode_data.records import Effect, MigrationPair
from tests.making import make_pair


def shown(*pairs: MigrationPair) -> list[str]:
    return re.findall(r'href="#([^"]*)">Proof', featured_pairs(pairs) or "")


def pair(id: str, old_api: str = "toy.load", lines: int = 4, **fields: object) -> MigrationPair:
    code = "import toy\n" * lines
    return make_pair(id=id, old_api=old_api, old_code=code, new_code=f"{code}x\n", **fields)


def test_no_pairs_no_section() -> None:
    assert featured_pairs([]) is None


def test_an_api_is_shown_once_and_two_of_an_effect() -> None:
    found = shown(pair("a"), pair("b"), pair("c", "toy.other"), pair("d", "toy.third"))
    assert found == ["a", "c"]


def test_a_glance_comes_before_a_one_liner_and_a_long_read() -> None:
    assert shown(pair("long", lines=50), pair("tiny", lines=1), pair("good")) == ["good"]


def test_effects_stand_in_order_and_controls_not_at_all() -> None:
    found = shown(
        pair("none", effect=Effect.NONE),
        pair("drift", effect=Effect.DRIFT),
        pair("break", effect=Effect.BREAK),
    )
    assert found == ["break", "drift"]


def test_what_belongs_to_a_pair_is_shown_with_it() -> None:
    made = featured_pairs([pair("a"), pair("b", "toy.other")], {"b": Markup("<i>models</i>")})
    assert made is not None
    assert made.count("<i>models</i>") == 1
    assert made.index("<i>models</i>") > made.index('href="#a"')

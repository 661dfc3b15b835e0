"""Some pairs of a dataset in short, for its overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recode_data.explorer.articles import badge, pair_diff, same_values, what_happened
from recode_data.explorer.markup import Child, Markup, arrow, section, tag
from recode_data.explorer.words import counted
from recode_data.records import Effect, MigrationPair

FEATURED_PER_EFFECT = 2
FEATURED_LINES = range(3, 15)
"""Lengths of old code that fit an overview."""


def featured_pairs(
    pairs: Sequence[MigrationPair], more: Mapping[str, Markup] | None = None
) -> Markup | None:
    """Some pairs of each effect with diff and proof; `more` is shown below, by pair id."""
    chosen = _featured(pairs)
    if not chosen:
        return None
    return section(
        "Pairs, for example",
        (featured_pair(pair, (more or {}).get(pair.id)) for pair in chosen),
        tag("p", {}, tag("a", {"href": "#pairs"}, f"All {counted(len(pairs), 'pair')}")),
    )


def featured_pair(pair: MigrationPair, more: Child = None) -> Markup:
    """A pair in short, with a link to all that is known."""
    return tag(
        "article",
        {"class": "card"},
        tag("h3", {}, badge(pair.effect), " ", arrow(pair.old_api, pair.parameter, pair.new_api)),
        tag(
            "p",
            {"class": "happened"},
            f"On {pair.dependency} {pair.new_version} the old code ",
            what_happened(pair),
            f". The new code runs there, with {same_values(pair)}.",
        ),
        pair_diff(pair),
        more,
        tag(
            "p",
            {"class": "quiet"},
            tag("a", {"href": f"#{pair.id}"}, "Proof and provenance"),
            f" · {pair.source_release}, {pair.source_file}:{pair.source_line}",
        ),
    )


def _featured(pairs: Sequence[MigrationPair]) -> list[MigrationPair]:
    """Short ones, with as little beside the change as can be; no two of the same API."""
    chosen: list[MigrationPair] = []
    for effect in (Effect.BREAK, Effect.WARN, Effect.DRIFT):
        plainest: dict[str, MigrationPair] = {}
        for pair in sorted((pair for pair in pairs if pair.effect is effect), key=_plainness):
            plainest.setdefault(pair.old_api, pair)
        chosen += list(plainest.values())[:FEATURED_PER_EFFECT]
    return chosen


def _plainness(pair: MigrationPair) -> tuple[bool, bool, int, str]:
    lines = pair.old_code.count("\n")
    return (
        lines not in FEATURED_LINES,
        pair.new_api is None or pair.new_api == pair.old_api,
        len(pair.old_code),
        pair.id,
    )

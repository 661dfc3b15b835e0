"""What a page shows of one change, one pair and one dropped candidate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from recode_data.explorer.code_views import diff_table, listing
from recode_data.explorer.dataset import DropRow
from recode_data.explorer.markup import Child, Markup, dotted, fragment, prose, tag
from recode_data.explorer.observed_words import observed_in_words
from recode_data.explorer.words import (
    EFFECTS,
    EVIDENCE,
    PRODUCERS,
    counted,
    drop_reason_words,
    plain,
)
from recode_data.records import ApiChange, Effect, Evidence, JsonValue, MigrationPair

Link = tuple[str, str]
"""Address within the page, and its words."""


def badge(effect: Effect) -> Markup:
    """The effect as a coloured word."""
    word, sentence = EFFECTS[effect]
    return tag("span", {"class": f"badge {effect.value}", "title": sentence}, word)


def facts(rows: Iterable[tuple[str, Child]]) -> Markup:
    """Names with their values; empty values are left out."""
    return tag(
        "dl",
        {"class": "facts"},
        (fragment(tag("dt", {}, name), tag("dd", {}, value)) for name, value in rows if value),
    )


# --- pairs ----------------------------------------------------------------------------------------


def pair_article(
    pair: MigrationPair, links: Sequence[Link], more: Child = None, source: str | None = None
) -> Markup:
    """Everything about one pair but its heading.

    Args:
        pair: the row.
        links: where else in the page something is said about it.
        more: shown after the proof, e.g. what models made of it.
        source: address of the line that it was taken from.
    """
    evidence = _document(pair.evidence)
    return fragment(
        tag("p", {"class": "note"}, _lines(pair.update_info or pair.description)),
        proof_table(pair),
        pair_diff(pair),
        more,
        _section("What was observed", _observed(pair)),
        _section("Evidence", _pair_evidence(evidence)),
        _section("Where it comes from", _provenance(pair, evidence, links, source)),
    )


def pair_diff(pair: MigrationPair) -> Markup:
    """Old and new code side by side, the line marked at which the old one fails."""
    line = proof_of(pair).get("line")
    return diff_table(
        pair.old_code,
        pair.new_code,
        f"Old: {pair.dependency} {pair.old_version}",
        f"New: {pair.dependency} {pair.new_version}",
        fault_line=line if isinstance(line, int) else None,
    )


def proof_table(pair: MigrationPair) -> Markup:
    """The four runs, and what each gave."""
    old, new = (f"{pair.dependency} {version}" for version in (pair.old_version, pair.new_version))
    if pair.effect is Effect.NONE:
        runs: list[tuple[str, str, str, Child]] = [
            ("Code", old, "ok", "runs"),
            ("Code", new, "ok", ["runs, with ", same_values(pair)]),
        ]
    else:
        runs = [
            ("Old code", old, "ok", "runs"),
            ("Old code", new, "bad", what_happened(pair)),
            ("New code", new, "ok", ["runs, with ", same_values(pair)]),
            (
                "New code",
                old,
                "ok" if pair.works_on_old else "either",
                "runs too" if pair.works_on_old else "does not run, or gives something else",
            ),
        ]
    return tag(
        "table",
        {"class": "proof"},
        tag("caption", {}, "Proof: what was run, and what it gave"),
        tag(
            "tbody",
            {},
            (
                tag(
                    "tr",
                    {"class": state},
                    tag("th", {"scope": "row"}, code, tag("span", {"class": "on"}, " on ", where)),
                    tag("td", {}, _mark(state), result),
                )
                for code, where, state, result in runs
            ),
        ),
    )


def _mark(state: str) -> Markup:
    sign = {"ok": "✓", "bad": "✗", "either": "·"}[state]  # the last is no fault of the pair
    return tag("span", {"class": "mark", "aria-hidden": "true"}, f"{sign} ")


def same_values(pair: MigrationPair) -> str:
    """What the new code was compared by."""
    observed = proof_of(pair).get("observed")
    if isinstance(observed, int):
        return f"{counted(observed, 'observed value')} equal to the old code's on the old version"
    return "what was observed equal to the old code's on the old version"


def what_happened(pair: MigrationPair) -> Markup:
    """What the old code does under the new version, with the library's own words."""
    proof = proof_of(pair)
    line = f", line {proof['line']}" if isinstance(proof.get("line"), int) else ""
    message = str(proof.get("message") or "").strip()
    name = str(proof.get("error_type") or proof.get("warning_category") or "")
    verb = {Effect.BREAK: "raises ", Effect.WARN: "warns, "}.get(pair.effect)
    if verb is None:
        word = "runs, and gives something else"
        return fragment(word, [": ", tag("q", {}, message)] if message else None)
    return fragment(
        verb, tag("strong", {}, name), line, [": ", tag("q", {}, message)] if message else None
    )


def proof_of(pair: MigrationPair) -> Mapping[str, JsonValue]:
    """The proof in the row's evidence; empty where there is none to read."""
    proof = _document(pair.evidence).get("proof")
    return proof if isinstance(proof, dict) else {}


def _document(text: str) -> Mapping[str, JsonValue]:
    try:
        document = json.loads(text)
    except (RecursionError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _observed(pair: MigrationPair) -> Child:
    seen = observed_in_words(pair.checks)
    if seen is None or not (seen.names or seen.output):
        return None
    return fragment(
        tag("p", {}, "Equal for the old code on the old version and the new code on the new one:"),
        tag(
            "dl",
            {"class": "values"},
            (
                fragment(
                    tag("dt", {}, tag("code", {}, name)), tag("dd", {}, tag("code", {}, value))
                )
                for name, value in [*seen.names, *(("output", value) for value in seen.output)]
            ),
        ),
        tag("p", {}, f"and {counted(seen.more, 'further value')}") if seen.more else None,
    )


def _pair_evidence(document: Mapping[str, JsonValue]) -> Child:
    items: list[tuple[str, str]] = []
    for source in ("change", "replacement"):
        part = document.get(source)
        found = part.get("evidence") if isinstance(part, dict) else None
        for item in found if isinstance(found, list) else []:
            if isinstance(item, dict):
                items.append((str(item.get("kind", "")), str(item.get("detail", ""))))
    return _evidence_list(dict.fromkeys(items))


def _evidence_list(items: Iterable[tuple[str, str]]) -> Child:
    names = {kind.value: words for kind, words in EVIDENCE.items()}
    rows = [
        tag("li", {}, tag("strong", {}, names.get(kind, plain(kind))), ": ", prose(detail))
        for kind, detail in items
    ]
    return tag("ul", {"class": "evidence"}, rows) if rows else None


def _provenance(
    pair: MigrationPair,
    document: Mapping[str, JsonValue],
    links: Sequence[Link],
    source: str | None,
) -> Markup:
    origin = document.get("origin")
    place = tag("code", {}, f"{pair.source_file}:{pair.source_line}")
    return facts(
        [
            ("Made as", PRODUCERS[pair.producer]),
            (
                "Taken from",
                f"{plain(str(origin))} of {pair.source_release}" if origin else pair.source_release,
            ),
            ("File", tag("a", {"href": source, "rel": "noreferrer"}, place) if source else place),
            ("Licence", pair.licence or "the release does not say"),
            ("Released", _dates(pair)),
            ("Python", _pythons(pair)),
            ("Split", pair.split),
            ("Row", tag("code", {}, pair.id)),
            (
                "See also",
                [
                    [" · " if n else None, tag("a", {"href": to}, words)]
                    for n, (to, words) in enumerate(links)
                ],
            ),
        ]
    )


def _dates(pair: MigrationPair) -> str:
    dates = [(pair.old_version, pair.old_release_date), (pair.new_version, pair.new_release_date)]
    return ", ".join(f"{version} on {date}" for version, date in dates if date)


def _pythons(pair: MigrationPair) -> str:
    if pair.old_python == pair.new_python:
        return pair.old_python
    return f"{pair.old_python} for the old version, {pair.new_python} for the new one"


def _lines(text: str) -> list[Child]:
    return [[tag("br") if n else None, prose(line)] for n, line in enumerate(text.splitlines())]


def _section(title: str, content: Child) -> Markup | None:
    if not content:
        return None
    return tag("section", {}, tag("h3", {}, title), content)


# --- changes and drops ----------------------------------------------------------------------------


def change_article(change: ApiChange, pairs: int | None, pairs_address: str) -> Markup:
    """Everything about one change but its heading; `pairs` is None where none were looked for."""
    return fragment(
        tag("p", {"class": "note"}, "The library says: ", tag("q", {}, prose(change.message)))
        if change.message
        else None,
        _section("Write instead", _replacements(change)),
        _section("Evidence for the change", _evidence_list(_items(change.evidence))),
        facts(
            [
                ("Object", change.object_kind.value if change.object_kind else None),
                ("Old signature", _signature(change.old_signature)),
                ("New signature", _signature(change.new_signature)),
                ("Old value", tag("code", {}, change.old_value) if change.old_value else None),
                ("New value", tag("code", {}, change.new_value) if change.new_value else None),
                ("Another path of", dotted(change.alias_of) if change.alias_of else None),
                ("Proved by", _proved_by(pairs, pairs_address)),
            ]
        ),
    )


def _proved_by(pairs: int | None, address: str) -> Child:
    if not pairs:
        return None if pairs is None else "no pair"
    return tag("a", {"href": address}, counted(pairs, "pair"))


def _signature(signature: object) -> Markup | None:
    return None if signature is None else tag("code", {}, str(signature))


def _items(evidence: Iterable[Evidence]) -> list[tuple[str, str]]:
    return [(item.kind.value, item.detail) for item in evidence]


def _replacements(change: ApiChange) -> Child:
    rows = [
        tag(
            "li",
            {},
            dotted(item.new_api),
            [", parameter ", tag("code", {}, item.new_parameter)] if item.new_parameter else None,
            tag("span", {"class": "quiet"}, f" · confidence {item.score:.2f}"),
            _evidence_list(_items(item.evidence)),
        )
        for item in change.replacements
    ]
    return tag("ol", {"class": "replacements"}, rows) if rows else None


def drop_article(row: DropRow) -> Markup:
    """Everything about one dropped candidate but its heading."""
    release, file, line = row.source
    codes = (
        diff_table(row.old_code, row.new_code, "Old code", "New code, as proposed")
        if row.old_code != row.new_code
        else listing(row.old_code, "Code")
    )
    return fragment(
        tag(
            "p",
            {"class": "note"},
            tag("strong", {}, plain(row.reason)),
            ": ",
            drop_reason_words(row.reason),
        ),
        tag("p", {}, "What happened: ", tag("q", {}, row.detail)) if row.detail else None,
        codes,
        facts(
            [
                ("Made as", plain(row.producer)),
                ("Taken from", release),
                ("File", tag("code", {}, f"{file}:{line}")),
            ]
        ),
    )

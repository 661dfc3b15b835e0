"""The first view of a dataset: counts, what changed, some pairs, why candidates were dropped.

Plain HTML, so that it is there at once however large the dataset is, and without scripts too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from recode_data.explorer.articles import badge
from recode_data.explorer.dataset import BuiltDataset, ChangeRow
from recode_data.explorer.featured import featured_pairs
from recode_data.explorer.listings import new_name, pairs_address, step_of, step_words
from recode_data.explorer.markup import Markup, arrow, dotted, fragment, prose, section, tag
from recode_data.explorer.words import (
    CHANGE_KINDS,
    EFFECTS,
    counted,
    drop_reason_words,
    percent,
    plain,
)
from recode_data.records import ApiChange, ChangeKind, Effect, MigrationPair, VersionStep

CHANGES_SHOWN = 5
"""Of each kind; the list of changes has all."""

_LESS_TELLING = (ChangeKind.ADDED, ChangeKind.PARAMETER_ADDED)
"""Nothing to migrate: shown last."""


def steps_of(dataset: BuiltDataset) -> list[VersionStep]:
    """The version steps of the build, in its order.

    Steps of the manifest whose spelling is not `LIB:OLD:NEW` are left out; their rows name them.
    """
    steps = dataset.manifest["steps"]
    texts = [str(step).split(":") for step in steps] if isinstance(steps, list) else []
    found = [VersionStep(*parts) for parts in texts if len(parts) == 3]
    rows = [*(row.step for row in dataset.changes), *(step_of(pair) for pair in dataset.pairs)]
    return list(dict.fromkeys([*found, *rows]))


def title_of(dataset: BuiltDataset) -> str:
    """Heading of a dataset's page."""
    steps = steps_of(dataset)
    if len(steps) == 1:
        return step_words(steps[0])
    libraries = list(dict.fromkeys(step.library for step in steps))
    if len(libraries) <= 3:
        return ", ".join(libraries) or "Empty dataset"
    return f"{len(steps)} version steps of {len(libraries)} libraries"


def overview(dataset: BuiltDataset) -> Markup:
    """The whole view but its heading."""
    return fragment(
        glance(dataset),
        what_changed(dataset),
        featured_pairs(dataset.pairs),
        why_dropped(dataset),
    )


def bar(count: int, most: int, name: str = "") -> Markup:
    """A horizontal bar of `count / most` of the width that is there; decoration of a number."""
    width = f"{100 * count / most:.2f}%" if most else "0"
    return tag(
        "svg",
        {"class": f"bar {name}".rstrip(), "aria-hidden": "true", "focusable": "false"},
        tag("rect", {"width": width, "height": "100%", "rx": 2}),
    )


# --- at a glance ----------------------------------------------------------------------------------


def glance(dataset: BuiltDataset) -> Markup:
    """Counts: every candidate is either verified or dropped."""
    verified, dropped = len(dataset.pairs), len(dataset.drops)
    with_pairs = sum(row.pairs > 0 for row in dataset.changes)
    return section(
        "At a glance",
        tag(
            "p",
            {"class": "equation"},
            _term(verified + dropped, "candidates", None),
            tag("span", {"class": "sign"}, " = "),
            _term(verified, "proved pairs", "#pairs"),
            tag("span", {"class": "sign"}, " + "),
            _term(dropped, "dropped", "#drops"),
        ),
        _miscounted(dataset),
        tag(
            "p",
            {},
            tag("a", {"href": "#changes"}, counted(len(dataset.changes), "API change")),
            f" in {_steps_words(steps_of(dataset))}; {with_pairs:,} of them have pairs.",
        ),
        _effects(dataset.pairs),
    )


def _term(count: int, noun: str, address: str | None) -> Markup:
    content = fragment(tag("strong", {}, count), " ", tag("span", {}, noun))
    if address is None:
        return tag("span", {"class": "term"}, content)
    return tag("a", {"class": "term", "href": address}, content)


def _miscounted(dataset: BuiltDataset) -> Markup | None:
    """Say so where the manifest tells another story than the files."""
    counts = dataset.manifest.get("counts")
    candidates = counts.get("candidates") if isinstance(counts, dict) else None
    found = len(dataset.pairs) + len(dataset.drops)
    if candidates is None or candidates == found:
        return None
    return tag(
        "p",
        {"class": "warning", "role": "note"},
        f"The manifest counts {candidates} candidates, the files hold {found}: "
        "some rows were lost or added after the build.",
    )


def _steps_words(steps: Sequence[VersionStep]) -> str:
    if len(steps) <= 3:
        return ", ".join(step_words(step) for step in steps)
    return f"{len(steps):,} version steps"


def _effects(pairs: Sequence[MigrationPair]) -> Markup | None:
    counts = Counter(pair.effect for pair in pairs)
    if not counts:
        return None
    most = max(counts.values())
    return tag(
        "table",
        {"class": "bars"},
        tag("caption", {}, "What the old code does on the new version"),
        tag(
            "tbody",
            {},
            (
                tag(
                    "tr",
                    {},
                    tag(
                        "th",
                        {"scope": "row"},
                        tag("a", {"href": f"#pairs&effect={effect.value}"}, badge(effect)),
                    ),
                    tag("td", {"class": "words"}, EFFECTS[effect][1]),
                    tag("td", {"class": "count"}, counts[effect]),
                    tag("td", {"class": "drawn"}, bar(counts[effect], most, effect.value)),
                )
                for effect in Effect
                if counts[effect]
            ),
        ),
    )


# --- what changed ---------------------------------------------------------------------------------


def what_changed(dataset: BuiltDataset) -> Markup:
    """Changes by kind, with what to write instead."""
    by_kind: defaultdict[ChangeKind, list[ChangeRow]] = defaultdict(list)
    for row in dataset.changes:
        by_kind[row.change.kind].append(row)
    kinds = sorted(
        by_kind, key=lambda kind: (kind in _LESS_TELLING, list(CHANGE_KINDS).index(kind))
    )
    libraries = {step.library for step in steps_of(dataset)}
    return section(
        "What changed in the library" if len(libraries) == 1 else "What changed in the libraries",
        (_kind_group(kind, by_kind[kind], len(steps_of(dataset)) > 1) for kind in kinds)
        if kinds
        else tag("p", {}, "No change of the public API was found."),
    )


def _kind_group(kind: ChangeKind, rows: Sequence[ChangeRow], show_steps: bool) -> Markup:
    shown = sorted(rows, key=lambda row: (-row.pairs, not new_name(row.change), row.change.old_api))
    shown = shown[:CHANGES_SHOWN]
    title = CHANGE_KINDS[kind]
    return tag(
        "details",
        {"class": "kind", "open": kind not in _LESS_TELLING},
        tag(
            "summary",
            {},
            tag("h3", {}, title[0].upper() + title[1:]),
            tag("span", {"class": "count"}, " ", len(rows)),
        ),
        tag("ul", {"class": "changes"}, (_change_item(row, show_steps) for row in shown)),
        tag(
            "p",
            {},
            tag(
                "a", {"href": f"#changes&kind={kind.value}"}, f"All {len(rows):,} changes: {title}"
            ),
        )
        if len(rows) > len(shown)
        else None,
    )


def _change_item(row: ChangeRow, show_step: bool) -> Markup:
    change = row.change
    instead = new_name(change)
    address = pairs_address(row.step, change.kind.value, change.old_api)
    return tag(
        "li",
        {},
        arrow(change.old_api, change.parameter, None),
        [tag("span", {"class": "arrow"}, " → write "), dotted(instead)] if instead else None,
        tag("span", {"class": "quiet"}, f" · {step_words(row.step)}") if show_step else None,
        [" · ", tag("a", {"href": address}, counted(row.pairs, "pair"))] if row.pairs else None,
        _reason(change),
    )


def _reason(change: ApiChange) -> Markup | None:
    """The strongest thing that can be said for the change or its replacement."""
    if change.message:
        return tag("span", {"class": "because"}, tag("q", {}, prose(_shortened(change.message))))
    evidence = change.replacements[0].evidence if change.replacements else change.evidence
    if not evidence:
        return None
    return tag("span", {"class": "because"}, prose(_shortened(evidence[0].detail)))


def _shortened(text: str, limit: int = 240) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


# --- why candidates were dropped ------------------------------------------------------------------


def why_dropped(dataset: BuiltDataset) -> Markup:
    """Every reason with its count; they sum to the dropped ones of the equation above."""
    counts = Counter(row.reason for row in dataset.drops)
    if not counts:
        return section("Why candidates were dropped", tag("p", {}, "None was."))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return section(
        "Why candidates were dropped",
        tag(
            "table",
            {"class": "bars"},
            tag("caption", {}, f"{len(dataset.drops):,} dropped candidates by reason"),
            tag(
                "thead",
                {},
                tag(
                    "tr",
                    {},
                    tag("th", {"scope": "col"}, "Reason"),
                    tag("th", {"scope": "col"}, "Meaning"),
                    tag("th", {"scope": "col", "class": "count"}, "Count"),
                    tag("th", {"scope": "col"}, "Share"),
                ),
            ),
            tag(
                "tbody",
                {},
                (
                    tag(
                        "tr",
                        {},
                        tag(
                            "th",
                            {"scope": "row"},
                            tag("a", {"href": f"#drops&reason={reason}"}, plain(reason)),
                        ),
                        tag("td", {"class": "words"}, drop_reason_words(reason)),
                        tag("td", {"class": "count"}, count),
                        tag(
                            "td",
                            {"class": "drawn"},
                            bar(count, ordered[0][1]),
                            tag("span", {"class": "share"}, percent(count / len(dataset.drops))),
                        ),
                    )
                    for reason, count in ordered
                ),
            ),
        ),
    )

"""The three lists of a dataset's page: changes, pairs and dropped candidates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from recode_data.explorer.articles import change_article, drop_article, pair_article, proof_of
from recode_data.explorer.collection import Collection, Detail
from recode_data.explorer.dataset import BuiltDataset, ChangeRow, DropRow
from recode_data.explorer.markup import Markup
from recode_data.explorer.source_links import source_address
from recode_data.explorer.words import CHANGE_KINDS
from recode_data.records import (
    ApiChange,
    ChangeKind,
    JsonValue,
    MigrationPair,
    VersionStep,
)

DROPS_PER_REASON = 60
"""Dropped candidates that the page shows of each reason; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; `kind` says how its values are drawn."""

    label: str
    name: str
    kind: str = "text"
    """`link` (to the row: its API), `badge`, `code`, `number`, `verdict` or `text`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with filters; its rows open."""

    name: str
    label: str
    noun: str
    """Of one row."""
    introduction: Markup
    collection: Collection
    columns: tuple[Column, ...]
    filters: tuple[tuple[str, str], ...]
    """(column, label) of what can be chosen."""
    group: str | None = None
    """Column whose values head the rows; the rows are ordered by it."""

    def document(self) -> JsonValue:
        """What the page's scripts must know of it."""
        return {
            "noun": self.noun,
            "columns": [[column.label, column.name, column.kind] for column in self.columns],
            "filters": [list(pair) for pair in self.filters],
            "group": self.group,
        }


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """A further column of the pairs that can be filtered, e.g. a model's verdict."""

    label: str
    name: str
    by_pair: Mapping[str, str]
    """Value by pair id; a pair that is missing has none."""


def pairs_address(step: VersionStep, kind: str, old_api: str) -> str:
    """Address of the pairs of one change."""
    filters = {"library": step.library, "kind": kind, "q": old_api}
    return f"#pairs&{urlencode(filters)}"


def step_words(step: VersionStep) -> str:
    """`numpy 1.26.4 → 2.0.0`."""
    return f"{step.library} {step.old} → {step.new}"


def step_of(pair: MigrationPair) -> VersionStep:
    """The version step of a row."""
    return VersionStep(pair.dependency, pair.old_version, pair.new_version)


def _change_key(step: VersionStep, about: ApiChange | MigrationPair) -> tuple[str, ...]:
    return (str(step), about.kind.value, about.old_api, about.parameter or "")


# --- pairs ----------------------------------------------------------------------------------------


def pairs_listing(
    dataset: BuiltDataset,
    extra: Sequence[ExtraColumn] = (),
    more: Mapping[str, Markup] | None = None,
    source_links: Mapping[str, str] | None = None,
) -> Listing:
    """The pairs; `more` is shown with a pair, by its id; `source_links` are templates by library."""
    pairs = dataset.pairs
    numbers = {_change_key(row.step, row.change): n for n, row in enumerate(dataset.changes)}
    columns: dict[str, Sequence[JsonValue]] = {
        "id": [pair.id for pair in pairs],
        "library": [pair.dependency for pair in pairs],
        "step": [step_words(step_of(pair)) for pair in pairs],
        "kind": [pair.kind.value for pair in pairs],
        "effect": [pair.effect.value for pair in pairs],
        "producer": [pair.producer.value for pair in pairs],
        "split": [pair.split for pair in pairs],
        "old_api": [pair.old_api for pair in pairs],
        "new_api": [pair.new_api for pair in pairs],
        "parameter": [pair.parameter for pair in pairs],
        **{item.name: [item.by_pair.get(pair.id) for pair in pairs] for item in extra},
    }
    details = [
        _pair_detail(
            pair,
            numbers.get(_change_key(step_of(pair), pair)),
            (more or {}).get(pair.id),
            source_address(pair, source_links or {}),
        )
        for pair in pairs
    ]
    return Listing(
        name="pairs",
        label="Pairs",
        noun="pair",
        introduction=Markup(
            "Old code and its migration, each proved by running both on both versions."
        ),
        collection=Collection("pairs", columns, details),
        columns=(
            Column("API", "old_api", "link"),
            Column("Effect", "effect", "badge"),
            Column("Change", "kind"),
            Column("Versions", "step"),
            Column("Split", "split"),
            *(Column(item.label, item.name, "verdict") for item in extra),
        ),
        filters=(
            ("library", "Library"),
            ("step", "Versions"),
            ("kind", "Change"),
            ("effect", "Effect"),
            ("producer", "Made as"),
            ("split", "Split"),
            *((item.name, item.label) for item in extra),
        ),
    )


def _pair_detail(
    pair: MigrationPair, change: int | None, more: Markup | None, source: str | None
) -> Detail:
    links = [("#sources", "environments with all versions")]
    if change is not None:
        links.insert(0, (f"#change-{change}", "the change in the library"))
    words = [pair.update_info, str(proof_of(pair).get("message") or ""), pair.source_file]
    return Detail(
        pair_article(pair, links, more, source), "\n".join(words), pair.old_code, pair.new_code
    )


# --- changes --------------------------------------------------------------------------------------


def changes_listing(dataset: BuiltDataset) -> Listing:
    """The API changes, grouped by kind, those with pairs first."""
    order = list(CHANGE_KINDS)
    numbered = sorted(
        enumerate(dataset.changes),
        key=lambda item: (order.index(item[1].change.kind), item[1].pairs == 0, item[0]),
    )
    rows = [row for _, row in numbered]
    changes = [row.change for row in rows]
    columns: dict[str, Sequence[JsonValue]] = {
        "id": [f"change-{number}" for number, _ in numbered],
        "library": [row.step.library for row in rows],
        "step": [step_words(row.step) for row in rows],
        "kind": [change.kind.value for change in changes],
        "old_api": [change.old_api for change in changes],
        "parameter": [change.parameter for change in changes],
        "instead": [new_name(change) for change in changes],
        "evidence": [_evidence_kinds(change) for change in changes],
        "pairs": [row.pairs for row in rows],
        "proved": ["with pairs" if row.pairs else "without pairs" for row in rows],
        "path": [
            "another path of one listed" if change.alias_of else "first path" for change in changes
        ],
    }
    return Listing(
        name="changes",
        label="Changes",
        noun="change",
        introduction=Markup(
            "What changed in the public API between the two versions, and what to write instead."
        ),
        collection=Collection("changes", columns, [_change_detail(row) for row in rows]),
        columns=(
            Column("API", "old_api", "link"),
            Column("Write instead", "instead", "code"),
            Column("Evidence", "evidence"),
            Column("Versions", "step"),
            Column("Pairs", "pairs", "number"),
        ),
        filters=(
            ("library", "Library"),
            ("step", "Versions"),
            ("kind", "Change"),
            ("proved", "Pairs"),
            ("path", "Path"),
        ),
        group="kind",
    )


def _change_detail(row: ChangeRow) -> Detail:
    change = row.change
    address = pairs_address(row.step, change.kind.value, change.old_api)
    words = [change.message, *(item.detail for item in change.evidence)]
    words += [item.new_api for item in change.replacements]
    return Detail(change_article(change, row.pairs, address), "\n".join(words), "", "")


def new_name(change: ApiChange) -> str | None:
    """What to write instead; for parameters, their new name."""
    best = change.replacements[0] if change.replacements else None
    if best is not None and best.new_parameter and change.parameter:
        return best.new_parameter
    name = change.new_api or (best.new_api if best is not None else None)
    return None if name == change.old_api or change.kind is ChangeKind.ADDED else name


def _evidence_kinds(change: ApiChange) -> str:
    """Kinds of evidence for the best replacement, or else for the change, strongest first."""
    items = change.replacements[0].evidence if change.replacements else change.evidence
    return ", ".join(dict.fromkeys(item.kind.value.replace("_", " ") for item in items))


# --- drops ----------------------------------------------------------------------------------------


def drops_listing(dataset: BuiltDataset) -> Listing:
    """Examples of dropped candidates."""
    shown = _examples(dataset.drops)
    columns: dict[str, Sequence[JsonValue]] = {
        "id": [f"drop-{number}" for number in range(len(shown))],
        "library": [row.step.library for row in shown],
        "step": [step_words(row.step) for row in shown],
        "reason": [row.reason for row in shown],
        "kind": [row.kind for row in shown],
        "producer": [row.producer for row in shown],
        "old_api": [row.old_api for row in shown],
        "new_api": [row.new_api for row in shown],
        "parameter": [row.parameter for row in shown],
        "detail": [row.detail.strip().partition("\n")[0][:160] for row in shown],
    }
    details = [
        Detail(drop_article(row), f"{row.detail}\n{row.source[1]}", row.old_code, row.new_code)
        for row in shown
    ]
    some = len(shown) < len(dataset.drops)
    return Listing(
        name="drops",
        label="Dropped",
        noun="dropped candidate",
        introduction=Markup(
            f"Up to {DROPS_PER_REASON} examples of each reason; the dataset's "
            f"dropped.parquet has all {len(dataset.drops):,}."
            if some
            else "Every candidate that was not admitted, with its reason."
        ),
        collection=Collection("drops", columns, details),
        columns=(
            Column("API", "old_api", "link"),
            Column("Reason", "reason"),
            Column("What happened", "detail"),
            Column("Versions", "step"),
        ),
        filters=(
            ("library", "Library"),
            ("step", "Versions"),
            ("reason", "Reason"),
            ("kind", "Change"),
            ("producer", "Made as"),
        ),
    )


def _examples(rows: Sequence[DropRow]) -> list[DropRow]:
    """Some of each reason, spread over as many changes as there are."""
    turns: Counter[tuple[str, ...]] = Counter()
    by_reason: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, row in enumerate(rows):
        key = (row.reason, str(row.step), row.kind, row.old_api, row.parameter or "")
        by_reason[row.reason].append((turns[key], number))
        turns[key] += 1
    chosen = [
        number for found in by_reason.values() for _, number in sorted(found)[:DROPS_PER_REASON]
    ]
    return [rows[number] for number in sorted(chosen)]

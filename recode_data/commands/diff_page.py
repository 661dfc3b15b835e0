"""The HTML page of `recode-data diff --html`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from recode_data.changes import is_breaking
from recode_data.changes.mentions import uses_of
from recode_data.explorer import Listing, Markup, Page, write_page
from recode_data.explorer.articles import change_article
from recode_data.explorer.collection import Collection, Detail
from recode_data.explorer.listings import Column, new_name, step_words
from recode_data.explorer.words import counted
from recode_data.records import ApiChange, ChangeKind, JsonValue, VersionStep


def write_diff_page(
    step: VersionStep, changes: Sequence[ApiChange], mentions: Mapping[str, int], out: Path
) -> None:
    """Write one HTML file with every change, grouped by kind, most-used first."""
    breaking = sum(is_breaking(change) for change in changes)
    page = Page(
        title=f"API changes: {step_words(step)}",
        summary=f"{counted(len(changes), 'API change')}, of which {breaking:,} can break code.",
        views=[_listing(changes, mentions)],
    )
    write_page(page, out)


def _listing(changes: Sequence[ApiChange], mentions: Mapping[str, int]) -> Listing:
    order = list(ChangeKind)
    rows = sorted(
        changes,
        key=lambda change: (
            order.index(change.kind),
            change.alias_of is not None,
            -uses_of(change, mentions),
            change.old_api,
        ),
    )
    columns: dict[str, Sequence[JsonValue]] = {
        "id": [f"change-{number}" for number in range(len(rows))],
        "kind": [change.kind.value for change in rows],
        "old_api": [change.old_api for change in rows],
        "parameter": [change.parameter for change in rows],
        "instead": [new_name(change) for change in rows],
        "uses": [uses_of(change, mentions) for change in rows],
        "breaking": [
            "can break code" if is_breaking(change) else "breaks nothing" for change in rows
        ],
        "path": [
            "another path of one listed" if change.alias_of else "first path" for change in rows
        ],
    }
    return Listing(
        name="changes",
        label="Changes",
        noun="change",
        introduction=Markup(
            "What changed in the public API, and what to write instead. "
            "Uses are counted in the old release's own documentation, examples and tests."
        ),
        collection=Collection("changes", columns, [_detail(change) for change in rows]),
        columns=(
            Column("API", "old_api", "link"),
            Column("Write instead", "instead", "code"),
            Column("Effect", "breaking"),
            Column("Uses", "uses", "number"),
        ),
        filters=(("kind", "Change"), ("breaking", "Effect"), ("path", "Path")),
        group="kind",
    )


def _detail(change: ApiChange) -> Detail:
    words = [change.message, *(item.detail for item in change.evidence)]
    words += [item.new_api for item in change.replacements]
    return Detail(change_article(change, None, ""), "\n".join(words), "", "")

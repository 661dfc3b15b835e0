"""The page of one built dataset."""

from __future__ import annotations

from pathlib import Path

from recode_data.explorer.dataset import BuiltDataset, read_dataset
from recode_data.explorer.page import Page, asset, write_page
from recode_data.explorer.sections import DatasetBlocks, steps_of, title_of

DATASET_VIEWS = ("dataset.js", "changes.js", "pairs.js", "drops.js", "sources.js")
"""Scripts of the views that a page with a dataset has."""


def dataset_views() -> list[str]:
    """Texts of those scripts, in their order."""
    return [asset("recode_data.explorer", name) for name in DATASET_VIEWS]


def dataset_page(dataset: BuiltDataset) -> Page:
    """The page of a dataset."""
    blocks = DatasetBlocks(dataset)
    steps = steps_of(dataset)
    return Page(
        title=f"{title_of(steps)}: migration pairs",
        summary=(
            f"{len(dataset.changes):,} API changes; {len(dataset.pairs):,} migration pairs, each "
            "proved by running it on both versions."
        ),
        first_blocks={"views": ["overview", "changes", "pairs", "drops", "sources"], **blocks.first},
        later_blocks=blocks.later,
        views=dataset_views(),
    )


def write_explorer(folder: Path, out: Path) -> BuiltDataset:
    """Write one HTML file that shows a built dataset; returns what was read.

    The file needs nothing else: no network, no file beside it. Same dataset, same bytes.

    Raises:
        UsageError: no finished dataset lies in the folder.
        MalformedInputError: one of its files is torn or has another schema.
    """
    dataset = read_dataset(folder)
    write_page(dataset_page(dataset), out)
    return dataset

"""The page of one built dataset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from recode_data.explorer.dataset import BuiltDataset, read_dataset
from recode_data.explorer.listings import changes_listing, drops_listing, pairs_listing
from recode_data.explorer.overview import overview, title_of
from recode_data.explorer.page import Page, Section, write_page
from recode_data.explorer.sources import sources


def dataset_page(dataset: BuiltDataset, source_links: Mapping[str, str] | None = None) -> Page:
    """The page of a dataset; `source_links` are templates by library, see `source_links.py`."""
    return Page(
        title=title_of(dataset),
        summary=(
            f"{len(dataset.changes):,} API changes; {len(dataset.pairs):,} migration pairs, each "
            "proved by running it on both versions."
        ),
        views=[
            Section("overview", "Overview", overview(dataset)),
            changes_listing(dataset),
            pairs_listing(dataset, source_links=source_links),
            drops_listing(dataset),
            Section("sources", "Sources", sources(dataset)),
        ],
    )


def write_explorer(
    folder: Path, out: Path, source_links: Mapping[str, str] | None = None
) -> BuiltDataset:
    """Write one HTML file that shows a built dataset; returns what was read.

    The file needs nothing else: no network, no file beside it. Same dataset, same bytes.

    Raises:
        UsageError: no finished dataset lies in the folder.
        MalformedInputError: one of its files is torn or has another schema.
    """
    dataset = read_dataset(folder)
    write_page(dataset_page(dataset, source_links), out)
    return dataset

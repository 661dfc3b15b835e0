from recode_data.explorer.dataset import BuiltDataset, ChangeRow, DropRow, read_dataset
from recode_data.explorer.explore import dataset_page, write_explorer
from recode_data.explorer.featured import featured_pairs
from recode_data.explorer.listings import (
    ExtraColumn,
    Listing,
    changes_listing,
    drops_listing,
    pairs_listing,
)
from recode_data.explorer.markup import Markup, arrow, dotted, fragment, prose, section, tag
from recode_data.explorer.overview import (
    bar,
    glance,
    overview,
    title_of,
    what_changed,
    why_dropped,
)
from recode_data.explorer.page import Page, Section, asset, render, write_page
from recode_data.explorer.sources import sources

__all__ = [
    "BuiltDataset",
    "ChangeRow",
    "DropRow",
    "ExtraColumn",
    "Listing",
    "Markup",
    "Page",
    "Section",
    "arrow",
    "asset",
    "bar",
    "changes_listing",
    "dataset_page",
    "dotted",
    "drops_listing",
    "featured_pairs",
    "fragment",
    "glance",
    "overview",
    "pairs_listing",
    "prose",
    "read_dataset",
    "render",
    "section",
    "sources",
    "tag",
    "title_of",
    "what_changed",
    "why_dropped",
    "write_explorer",
    "write_page",
]

from recode_data.explorer.collection import Collection
from recode_data.explorer.dataset import BuiltDataset, ChangeRow, DropRow, read_dataset
from recode_data.explorer.explore import dataset_page, dataset_views, write_explorer
from recode_data.explorer.page import Page, asset, pack, render, write_page
from recode_data.explorer.sections import DatasetBlocks, steps_of, title_of

__all__ = [
    "BuiltDataset",
    "ChangeRow",
    "Collection",
    "DatasetBlocks",
    "DropRow",
    "Page",
    "asset",
    "dataset_page",
    "dataset_views",
    "pack",
    "read_dataset",
    "render",
    "steps_of",
    "title_of",
    "write_explorer",
    "write_page",
]

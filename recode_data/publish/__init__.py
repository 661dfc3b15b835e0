from recode_data.publish.card import render_card
from recode_data.publish.dataset import write_dataset
from recode_data.publish.manifest import read_manifest
from recode_data.publish.tables import (
    CHANGE_SCHEMA,
    DROPPED_SCHEMA,
    PAIR_SCHEMA,
    pair_row,
    read_changes,
    read_pairs,
    write_changes,
    write_dropped,
    write_pairs,
)

__all__ = [
    "CHANGE_SCHEMA",
    "DROPPED_SCHEMA",
    "PAIR_SCHEMA",
    "pair_row",
    "read_changes",
    "read_manifest",
    "read_pairs",
    "render_card",
    "write_changes",
    "write_dataset",
    "write_dropped",
    "write_pairs",
]

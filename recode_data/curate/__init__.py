from recode_data.curate.deduplicate import MAX_PAIRS_PER_CHANGE, deduplicate
from recode_data.curate.describe import describe, update_note
from recode_data.curate.split import SPLITS, split_by_change

__all__ = [
    "MAX_PAIRS_PER_CHANGE",
    "SPLITS",
    "deduplicate",
    "describe",
    "split_by_change",
    "update_note",
]

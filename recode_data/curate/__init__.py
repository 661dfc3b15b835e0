from recode_data.curate.alternatives import best_of_each_snippet
from recode_data.curate.deduplicate import MAX_PAIRS_PER_CHANGE, deduplicate, not_seen_before
from recode_data.curate.screening import screen, trained_on
from recode_data.curate.shares import within_shares
from recode_data.curate.split import SPLITS, split_by_change, split_by_library

__all__ = [
    "MAX_PAIRS_PER_CHANGE",
    "SPLITS",
    "best_of_each_snippet",
    "deduplicate",
    "not_seen_before",
    "screen",
    "split_by_change",
    "split_by_library",
    "trained_on",
    "within_shares",
]

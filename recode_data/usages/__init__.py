from recode_data.usages.find import distinct, find_usages, usages_in
from recode_data.usages.interest import Interest, interest_in
from recode_data.usages.sources import ReleaseSources, SourceFile, files_of, is_module

__all__ = [
    "Interest",
    "ReleaseSources",
    "SourceFile",
    "distinct",
    "files_of",
    "find_usages",
    "interest_in",
    "is_module",
    "usages_in",
]

from recode_data.changes.find import BREAKING, FINDERS, find_changes

__all__ = ["BREAKING", "FINDERS", "find_changes"]

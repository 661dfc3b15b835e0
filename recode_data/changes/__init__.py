from recode_data.changes.find import BREAKING, FINDERS, find_changes, is_breaking

__all__ = ["BREAKING", "FINDERS", "find_changes", "is_breaking"]

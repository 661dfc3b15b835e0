from recode_data.replacements.notes import read_notes
from recode_data.replacements.rank import with_replacements

__all__ = ["read_notes", "with_replacements"]

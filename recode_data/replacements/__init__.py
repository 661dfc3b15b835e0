from recode_data.replacements.notes import read_notes
from recode_data.replacements.rank import with_replacements
from recode_data.replacements.release_notes import texts_in_notes

__all__ = ["read_notes", "texts_in_notes", "with_replacements"]

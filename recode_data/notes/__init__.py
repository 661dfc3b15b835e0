from recode_data.notes.describe import describe, update_note
from recode_data.notes.faithful import misleads_alone
from recode_data.notes.noting import noted

__all__ = ["describe", "misleads_alone", "noted", "update_note"]

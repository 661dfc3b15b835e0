from recode_data.notes.describe import describe, update_note
from recode_data.notes.noting import noted

__all__ = ["describe", "noted", "update_note"]

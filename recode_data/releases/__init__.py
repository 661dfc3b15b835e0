from recode_data.releases.index import IndexSettings, read_index_settings

__all__ = ["IndexSettings", "read_index_settings"]

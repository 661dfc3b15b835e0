from recode_data.catalog.entries import (
    FULL,
    CatalogEntry,
    catalog_entries,
    catalog_names,
    catalog_steps,
    companions_of,
    entry_of,
    load_catalog,
)

__all__ = [
    "FULL",
    "CatalogEntry",
    "catalog_entries",
    "catalog_names",
    "catalog_steps",
    "companions_of",
    "entry_of",
    "load_catalog",
]

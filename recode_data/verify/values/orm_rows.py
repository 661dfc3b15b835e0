"""SQLAlchemy and Django: rows as tuples, mapped objects by their columns, statements as SQL."""

import sys


def read(value, kind, inner):
    """A row, a mapped object, or a statement."""
    if isinstance(value, type):
        return None
    if "sqlalchemy" in sys.modules:
        found = _of_sqlalchemy(value, kind, inner)
        if found is not None:
            return found
    meta = getattr(kind, "_meta", None)
    if "django.db.models" in sys.modules and hasattr(meta, "concrete_fields"):
        names = [field.attname for field in meta.concrete_fields]
        return ["o", kind.__name__, [[name, inner(vars(value).get(name))] for name in names]]
    return None


def _of_sqlalchemy(value, kind, inner):
    module = kind.__module__
    if module.startswith("sqlalchemy.") and kind.__name__ in ("Row", "RowProxy", "LegacyRow"):
        return ["u", [inner(item) for item in value]]
    if module.startswith("sqlalchemy.") and kind.__name__ == "RowMapping":
        return inner(dict(value))
    mapper = getattr(kind, "__mapper__", None)
    if mapper is not None and hasattr(mapper, "column_attrs"):
        loaded = vars(value)  # what is not loaded would ask the database
        names = sorted(attribute.key for attribute in mapper.column_attrs)
        return [
            "o",
            kind.__name__,
            [[name, inner(loaded[name])] for name in names if name in loaded],
        ]
    elements = sys.modules.get("sqlalchemy.sql.elements")
    clause = getattr(elements, "ClauseElement", None)
    if clause is not None and isinstance(value, clause):
        return ["s", " ".join(str(value).split())]
    return None

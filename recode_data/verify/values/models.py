"""Pydantic and attrs: models by their fields; secrets by their text."""

import sys


def read(value, kind, inner):
    """An instance of a model class."""
    if isinstance(value, type):
        return None
    fields = _pydantic_fields(kind)
    if fields is None:
        marks = getattr(kind, "__attrs_attrs__", None)
        fields = [mark.name for mark in marks] if marks is not None else None
    if fields is None:
        return None
    parts = []
    for name in sorted(fields):
        if name[:1] != "_" and hasattr(value, name):
            parts.append([name, inner(getattr(value, name))])
    extra = getattr(value, "__pydantic_extra__", None)
    if isinstance(extra, dict):
        parts += [[str(name), inner(item)] for name, item in sorted(extra.items())]
    return ["o", kind.__name__, parts]


def _pydantic_fields(kind):
    pydantic = sys.modules.get("pydantic")
    base = getattr(pydantic, "BaseModel", None)
    if base is None or not issubclass(kind, base):
        return None
    return list(getattr(kind, "model_fields", None) or getattr(kind, "__fields__", None) or {})

"""Django: texts that are translated when they are read."""

import sys


def read(value, kind, inner):
    """A lazy text, by what it says; no plain string, which it is not."""
    functional = sys.modules.get("django.utils.functional")
    promise = getattr(functional, "Promise", None)
    if promise is None or not isinstance(value, promise):
        return None
    return ["o", "LazyText", [["text", inner(str(value))]]]

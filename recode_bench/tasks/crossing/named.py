"""Things that both sides know by name."""

import sys
import types

LIMIT_DETAIL = 500


class Unreadable(Exception):
    """What came over is no value."""


def public_name(value):
    """(module, dotted name) under which the very object is found; None where it is not."""
    if isinstance(value, types.ModuleType):
        return (value.__name__, "") if sys.modules.get(value.__name__) is value else None
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if module is None and getattr(value, "__self__", None) is not None:
        module = getattr(value.__self__, "__name__", None)
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    found = find_named(module, name)
    return (module, name) if found is value else None


def find_named(module, name):
    """What a loaded module has under a dotted name; None where there is no such thing."""
    found = sys.modules.get(module)
    for part in name.split(".") if name else []:
        found = getattr(found, part, None)
    return found


def short(error):
    """An exception in a line."""
    try:
        return ("%s: %s" % (type(error).__name__, error))[:LIMIT_DETAIL]
    except BaseException:
        return type(error).__name__

"""Python's search for garbage that refers to itself, held back where there is hardly any."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Do without the search: for work that makes many objects and keeps most of them.

    Each search goes through what was kept so far: a fourth of the time in which Django's sources are
    parsed. Safe in several threads at once: whoever found it switched on switches it on again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()

"""Python's search for garbage that refers to itself, held back where there is hardly any."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 100_000
"""Objects more than before, at which Python looks for cycles."""


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


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Look for cycles of garbage seldom: trees are made by the hundred thousand nodes, and hold none.

    With Python's own 700, the search took a third of the time that candidates take.
    """
    usual = gc.get_threshold()
    gc.set_threshold(max(SELDOM, usual[0]) if usual[0] else 0, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)

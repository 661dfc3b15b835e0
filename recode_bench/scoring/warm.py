"""The sandboxes of this process, kept warm from one completion to the next."""

from __future__ import annotations

import atexit
import functools

from recode_data.sandbox import SandboxPool

IDLE_SERVERS = 8
"""Servers kept per process; a run on more environments than that restarts the rarely used ones."""


def warm_sandboxes(allow_weak: bool = False) -> SandboxPool:
    """This process's pool.

    Model output runs in it, so resource limits alone are refused unless `allow_weak`.
    """
    return _pool(allow_weak)  # behind a function, since a cache tells f() from f(False)


@functools.lru_cache(maxsize=2)
def _pool(allow_weak: bool) -> SandboxPool:
    pool = SandboxPool(size=IDLE_SERVERS, allow_weak=allow_weak)
    atexit.register(pool.close)
    return pool

"""Sandboxes that stay warm, found again by what they were made for."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from pathlib import Path
from types import TracebackType

from recode_data.records import Environment, JsonValue
from recode_data.sandbox.client import DEFAULT_LIMITS, Leading, Sandbox
from recode_data.sandbox.limits import JobResult, Level, Limits

Key = tuple[str, Path, str, tuple[str, ...], int]


class SandboxPool:
    """Keeps up to `size` idle servers; the least recently used are closed beyond that.

    Safe to use from several threads: each job has a server to itself, so that threads which want
    the same one at the same time get as many as they need.

    Args:
        size: Idle servers to keep (each holds its imports in memory).
        level: Insist on this level of isolation; by default the strongest that works.
        allow_weak: Accept resource limits alone.
        readable: Further paths that jobs may read.
    """

    def __init__(
        self,
        *,
        size: int = 8,
        level: Level | None = None,
        allow_weak: bool = False,
        readable: tuple[Path, ...] = (),
    ) -> None:
        self._size = size
        self._level = level
        self._allow_weak = allow_weak
        self._readable = readable
        self._lock = threading.Lock()
        self._idle: OrderedDict[int, tuple[Key, Sandbox]] = OrderedDict()

    def __enter__(self) -> SandboxPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def run(
        self,
        environment: Environment,
        driver: Path,
        payload: JsonValue,
        *,
        setup: JsonValue = None,
        imports: tuple[str, ...] = (),
        hash_seed: int = 0,
        secret: JsonValue = None,
        limits: Limits = DEFAULT_LIMITS,
        leading: Leading = (),
    ) -> JobResult:
        """As `Sandbox.run`, in a server made for these arguments.

        Raises:
            WeakSandboxError: there is no isolation good enough.
        """
        key = (environment.key, driver, json.dumps(setup), imports, hash_seed)
        sandbox = self._take(key) or Sandbox(
            environment,
            driver,
            setup=setup,
            imports=imports,
            hash_seed=hash_seed,
            level=self._level,
            allow_weak=self._allow_weak,
            readable=self._readable,
        )
        try:
            return sandbox.run(payload, secret=secret, limits=limits, leading=leading)
        finally:
            self._give_back(key, sandbox)

    def _take(self, key: Key) -> Sandbox | None:
        with self._lock:
            for number, (known, sandbox) in reversed(self._idle.items()):
                if known == key:
                    del self._idle[number]
                    return sandbox
        return None

    def _give_back(self, key: Key, sandbox: Sandbox) -> None:
        surplus: list[Sandbox] = []
        with self._lock:
            self._idle[id(sandbox)] = (key, sandbox)
            while len(self._idle) > self._size:
                surplus.append(self._idle.popitem(last=False)[1][1])
        for old in surplus:
            old.close()

    def close(self) -> None:
        """End every idle server."""
        with self._lock:
            idle = [sandbox for _, sandbox in self._idle.values()]
            self._idle.clear()
        for sandbox in idle:
            sandbox.close()

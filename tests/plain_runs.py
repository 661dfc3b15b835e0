"""The verifier on two versions of a module that a test writes down, in plain processes.

What sandboxes add is tested with them; here only what the verifier makes of the runs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from recode_data.records import Environment, JsonValue
from recode_data.sandbox import JobResult, JobStatus, Level
from recode_data.verify import Verifier

SERVER = """
import importlib.util, json, os, sys
folder, driver_file = sys.argv[1:]
sys.path.insert(0, folder)
spec = importlib.util.spec_from_file_location("driver", driver_file)
driver = importlib.util.module_from_spec(spec)
spec.loader.exec_module(driver)
setup = json.loads(sys.stdin.readline())
if hasattr(driver, "prepare"):
    driver.prepare(setup)
out = sys.stdout
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        sent = []
        class Channel:
            def loaded(self): return None
            def send(self, value): sent.append(value)
        driver.run(json.loads(line), Channel())
        out.write(json.dumps(sent) + "\\n")
        out.flush()
        os._exit(0)
    os.waitpid(pid, 0)
"""


class PlainPool:
    """Runs drivers as a sandbox pool does, in forks of warm servers, without any isolation."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, int], subprocess.Popen[str]] = {}

    def run(
        self,
        environment: Environment,
        driver: Path,
        payload: JsonValue,
        *,
        setup: JsonValue = None,
        hash_seed: int = 0,
        **_: Any,
    ) -> JobResult:
        """One job in a process of its own."""
        key = (environment.root, hash_seed)
        if key not in self._servers:
            self._servers[key] = subprocess.Popen(
                [sys.executable, "-s", "-B", "-c", SERVER, environment.root, str(driver)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={"PYTHONHASHSEED": str(hash_seed)},
            )
            self._ask(key, setup)
        start = time.perf_counter()
        self._ask(key, payload)
        stdout = self._servers[key].stdout
        assert stdout is not None
        messages = tuple(json.loads(stdout.readline()))
        seconds = time.perf_counter() - start
        return JobResult(JobStatus.DONE, messages, "", 0.01, seconds, Level.LIMITS)

    def _ask(self, key: tuple[str, int], value: JsonValue) -> None:
        stdin = self._servers[key].stdin
        assert stdin is not None
        stdin.write(json.dumps(value) + "\n")
        stdin.flush()

    def close(self) -> None:
        """End the servers."""
        for server in self._servers.values():
            server.communicate()


def environment_of(folder: Path, source: str) -> Environment:
    """A folder that holds `toy.py`."""
    folder.mkdir()
    (folder / "toy.py").write_text(source, "utf-8")
    return Environment(folder.name, sys.executable, str(folder), "3.11.7", (f"toy=={folder.name}",))


def verifier(
    folder: Path, old: str, new: str, pool: PlainPool, patience: float | None = None
) -> Verifier:
    """For two versions of `toy.py`."""
    environments = [
        environment_of(folder / name, source) for name, source in (("1.0", old), ("2.0", new))
    ]
    return Verifier(*environments, pool, patience=patience)  # type: ignore[arg-type]  # runs as a pool does

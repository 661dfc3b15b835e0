"""The verifier on two versions of a module that a test writes down, in plain processes.

What sandboxes add is tested with them; here only what the verifier makes of the runs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from recode_data.records import Environment, JsonValue
from recode_data.sandbox import JobResult, JobStatus, Level
from recode_data.verify import Verifier

RUNNER = """
import importlib.util, json, sys
folder, driver_file = sys.argv[1:]
sys.path.insert(0, folder)
spec = importlib.util.spec_from_file_location("driver", driver_file)
driver = importlib.util.module_from_spec(spec)
spec.loader.exec_module(driver)
sent = []
class Channel:
    def loaded(self): return None
    def send(self, value): sent.append(value)
out = sys.stdout
request = json.load(sys.stdin)
driver.prepare(request["setup"])
driver.run(request["payload"], Channel())
out.write(json.dumps(sent))
"""


class PlainPool:
    """Runs drivers as a sandbox pool does, without any isolation."""

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
        done = subprocess.run(
            [sys.executable, "-s", "-B", "-c", RUNNER, environment.root, str(driver)],
            input=json.dumps({"payload": payload, "setup": setup}),
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": str(hash_seed)},
        )
        return JobResult(
            JobStatus.DONE, tuple(json.loads(done.stdout)), "", 0.01, 0.01, Level.LIMITS
        )


def environment_of(folder: Path, source: str) -> Environment:
    """A folder that holds `toy.py`."""
    folder.mkdir()
    (folder / "toy.py").write_text(source, "utf-8")
    return Environment(folder.name, sys.executable, str(folder), "3.11.7", (f"toy=={folder.name}",))


def verifier(folder: Path, old: str, new: str) -> Verifier:
    """For two versions of `toy.py`."""
    environments = [
        environment_of(folder / name, source) for name, source in (("1.0", old), ("2.0", new))
    ]
    return Verifier(*environments, PlainPool())  # type: ignore[arg-type]  # runs as a pool does

"""Rows that can be run: about modules of the standard library, in an environment without packages.

No network and no index is needed: an interpreter alone is the environment.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

from recode_data.records import Effect, MigrationPair
from recode_data.sandbox import SandboxPool
from recode_data.verify import observe
from recode_data.workspace import Workspace
from tests.making import make_pair

PYTHON = platform.python_version()


def runnable_pair(
    workspace: Workspace, new_code: str, old_code: str = "", **fields: Any
) -> MigrationPair:
    """A row whose checks expect what `new_code` shows when it is run."""
    environment = workspace.environment((), python=PYTHON)
    with SandboxPool() as sandboxes:
        observed = observe(new_code, environment, sandboxes, imports=("math",))
    assert observed.succeeded, observed
    checks = {
        "version": 1,
        "expected": {"events": list(observed.events), "names": dict(observed.names)},
        "allowed_warnings": [],
        "hidden": [],
    }
    return make_pair(
        old_api="math.gone",
        old_code=old_code or "import math\nx = math.gone(17)\n",
        new_code=new_code,
        checks=json.dumps(checks),
        old_python=PYTHON,
        new_python=PYTHON,
        old_requirements=(),
        new_requirements=(),
        **fields,
    )


def square_root_pair(workspace: Workspace) -> MigrationPair:
    """`math.gone(17)` became `math.isqrt(17)`."""
    return runnable_pair(workspace, "import math\nx = math.isqrt(17)\n")


def control_pair(workspace: Workspace) -> MigrationPair:
    """Needs no edit."""
    code = "import math\ny = math.floor(2.5)\n"
    return runnable_pair(workspace, code, code, effect=Effect.NONE)


def empty_workspace(folder: Path) -> Workspace:
    """A workspace of its own, whose environments have no packages."""
    return Workspace(folder)

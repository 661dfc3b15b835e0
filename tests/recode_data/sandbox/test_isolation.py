from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from recode_data.errors import WeakSandboxError
from recode_data.sandbox import Level, best_level, describe_isolation, isolation
from recode_data.sandbox.isolation import Plan, attempt, choose, plans
from tests.recode_data.sandbox import hostile

PLAIN_USER = 4321
SYSTEM_PYTHON = Path("/usr/bin") / f"python3.{sys.version_info[1]}"


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "plan", plans(), ids=lambda plan: f"{plan.level.value}-{plan.container}-{plan.jobs}"
)
def test_attacks_fail(plan: Plan) -> None:
    why = attempt(plan)
    if why is not None:
        pytest.skip(f"this machine has no {plan.words}: {why}")
    assert hostile.failures(plan) == []


@pytest.mark.sandbox
def test_attacks_fail_under_a_plain_user() -> None:
    if os.geteuid() != 0:
        pytest.skip("the tests run as a plain user already")
    if not SYSTEM_PYTHON.exists():
        pytest.skip(f"no {SYSTEM_PYTHON}, which another user could run")
    # Not pytest's own folder, which every session of pytest closes to other users again.
    with tempfile.TemporaryDirectory(prefix="recode-plain-user-") as folder:
        Path(folder).chmod(0o755)
        found = attack_as_plain_user(Path(folder))
    assert len(found) >= 4
    assert {plan: lines for plan, lines in found.items() if lines} == {}


def attack_as_plain_user(folder: Path) -> dict[str, list[str]]:
    """Attacks that succeed, by plan, where a plain user runs a copy of the toolkit."""
    root = Path(__file__).parents[3]
    copy, packages = folder / "checkout", folder / "packages"
    shutil.copytree(root / "recode_data", copy / "recode_data")
    shutil.copytree(Path(hostile.__file__).parent, copy / "tests/recode_data/sandbox")
    shutil.copytree(Path(__import__("msgspec").__file__).parent, packages / "msgspec")
    done = subprocess.run(
        [SYSTEM_PYTHON, copy / "tests/recode_data/sandbox/hostile.py"],
        env={"PYTHONPATH": f"{copy}:{packages}", "PATH": os.environ["PATH"], "HOME": "/tmp"},
        user=PLAIN_USER,
        group=PLAIN_USER,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_the_strongest_that_works_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {"own", "bwrap"}
    monkeypatch.setattr(
        isolation, "attempt", lambda plan: "refused" if plan.container in refused else None
    )
    choose.cache_clear()
    try:
        assert best_level() is not Level.NAMESPACES
        refused.add("none")
        choose.cache_clear()
        assert best_level() is Level.LIMITS
        with pytest.raises(WeakSandboxError, match="--allow-weak-sandbox") as caught:
            choose(None, False)
        assert caught.value.exit_code == 3
    finally:
        choose.cache_clear()


def test_description_names_every_plan() -> None:
    described = describe_isolation()
    assert described["level"] == best_level().value
    assert len(described["tried"]) == len(plans())

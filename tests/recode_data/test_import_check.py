from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from recode_data import import_check
from recode_data.errors import EnvironmentLacksError
from recode_data.import_check import check_imports, check_lives
from recode_data.records import Environment, Release
from recode_data.sandbox import SandboxPool
from tests.recode_data.sandbox.test_client import environment_with

pytestmark = pytest.mark.sandbox

MODULES = {
    "fine__py": "x = 1\n",
    "raises__py": "raise RuntimeError('needs a licence\\nand more')\n",
    "leaves__py": "raise SystemExit(0)\n",
    "aborts__py": "import os\nos.abort()\n",
    "loops__py": "while True: pass\n",
    "sleeps__py": "import time\ntime.sleep(60)\n",
    "hungry__py": "x = bytearray(1 << 40)\n",
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return environment_with(tmp_path_factory.mktemp("modules") / "env", **MODULES)


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[SandboxPool]:
    with SandboxPool(size=1) as pool:
        yield pool


@pytest.fixture(autouse=True)
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    little = replace(import_check.LIMITS, cpu_seconds=1.0, wall_seconds=3.0)
    monkeypatch.setattr(import_check, "LIMITS", little)


def release(*names: str) -> Release:
    return Release("toy", "1.0", names, None, None, "MIT", None, None)


@pytest.mark.parametrize("names", [("fine",), ("raises", "fine"), ("aborts", "fine")], ids=str)
def test_one_name_that_can_be_imported_is_enough(
    names: tuple[str, ...], environment: Environment, sandboxes: SandboxPool
) -> None:
    check_imports(release(*names), environment, sandboxes)


@pytest.mark.parametrize(
    ("name", "words", "lives"),
    [
        ("raises", "cannot be imported as raises: RuntimeError: needs a licence\n", True),
        ("leaves", "SystemExit", True),
        ("missing", "ModuleNotFoundError: No module named 'missing'", True),
        ("hungry", "its import takes all memory", False),
        ("aborts", "its import crashes (signal", False),
        ("loops", "its import does not end", False),
        ("sleeps", "its import does not end (wall clock: 3 s)", False),
    ],
)
def test_what_cannot_be_imported_is_told(
    name: str, words: str, lives: bool, environment: Environment, sandboxes: SandboxPool
) -> None:
    with pytest.raises(EnvironmentLacksError) as caught:
        check_imports(release(name), environment, sandboxes)
    assert words in str(caught.value)
    assert caught.value.exit_code == 3
    if lives:
        assert check_lives(release(name), environment, sandboxes).error is not None

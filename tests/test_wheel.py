"""The wheel holds what the checkout holds, and works in an empty environment outside of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from tests.conftest import CHECKOUT
from tests.project_sources import PACKAGE_FOLDERS

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]


def run(*command: str | Path, status: int = 0, **variables: str) -> str:
    """The program's stdout; outside the checkout, without the variables that tests may set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, command)),
        cwd="/",
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build_wheel(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, CHECKOUT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def packaged_files() -> set[str]:
    """Tracked files of the packages, as paths inside a wheel."""
    found = set()
    for package, folder in PACKAGE_FOLDERS.items():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "."], cwd=folder, capture_output=True, text=True, check=True
        )
        found |= {f"{package}/{name}" for name in listed.stdout.split("\0") if name}
    return found


def test_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    """Also what is no Python: the catalog, page assets, prompts, typing marks."""
    names = set(zipfile.ZipFile(build_wheel(tmp_path)).namelist())
    assert packaged_files() - names == set()
    assert "recode_data/catalog/libraries.toml" in names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "adapters/"))]


def test_wheel_works_in_an_empty_environment(tmp_path: Path, toy_index: Path) -> None:
    """Only the core dependencies: nothing that tests or training bring may be needed."""
    wheel = build_wheel(tmp_path)
    run(sys.executable, "-m", "venv", tmp_path / "empty")
    programs = tmp_path / "empty" / "bin"
    constraints = CHECKOUT / "constraints.txt"
    run(programs / "python", "-m", "pip", "install", "-q", "-c", constraints, wheel)

    project = msgspec.toml.decode((CHECKOUT / "pyproject.toml").read_bytes())["project"]
    for name in project["scripts"]:
        assert "Commands:" in run(programs / name, "--help")
        assert run(programs / name, "--version").split()[-1] == project["version"]
    where = run(programs / "python", "-c", "import recode_data; print(recode_data.__file__)")
    assert where.startswith(str(tmp_path))
    run(programs / "python", "-c", "import recode_bench, recode_trl, recode_verl")
    assert json.loads(run(programs / "recode-data", "libraries", "--json"))["libraries"]

    found = json.loads(
        run(
            *(programs / "recode-data", "diff", "toylib:1.0:2.0", "--json"),
            status=1,  # there are breaking changes
            PIP_NO_INDEX="1",
            PIP_FIND_LINKS=str(toy_index),
            RECODE_CACHE=str(tmp_path / "cache"),
        )
    )
    reported = {(change["kind"], change["old_api"]) for change in found["changes"]}
    assert ("removed", "toylib.total") in reported
    assert ("moved", "toylib.stats.to_kelvin") in reported

"""The fixture library keeps its promises: two working versions, every change kind once."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from recode_data.records import ChangeKind
from tests.toy_index import (
    VERSIONS,
    build_toy_index,
    expected_changes,
    expected_decoys,
    toylib_source,
)

# Our own code, not a mined library: it may run outside the sandbox.
RUN = [sys.executable, "-B", "-W", "default", "-c"]


def run_python(version: str, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, code], cwd=toylib_source(version), capture_output=True, text=True, check=False
    )


def test_every_change_kind_occurs_once() -> None:
    counts = Counter(change.kind for change in expected_changes())
    assert counts == Counter(kind.value for kind in ChangeKind)


@pytest.mark.parametrize("version", VERSIONS)
def test_doctests_documentation_and_tests_pass_on_their_own_version(version: str) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"),
            *("--rootdir=.", "--doctest-modules", "--doctest-glob=*.rst", "toylib", "docs"),
            "tests",
        ],
        cwd=toylib_source(version),
        env={"PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


CASES = {
    "removed": ("import toylib; toylib.total([1.0])", "was removed in the toylib 2.0 release"),
    "renamed": ("from toylib import stats; stats.spread([1.0, 2.0])", "no attribute 'spread'"),
    "moved": ("from toylib import stats; stats.to_kelvin(1.0)", "no attribute 'to_kelvin'"),
    "parameter_removed": (
        "import toylib; toylib.read_rows('1', engine='python')",
        "unexpected keyword argument 'engine'",
    ),
    "parameter_renamed": (
        "from toylib import stats; stats.quantile([1.0], 0.5, interpolation='lower')",
        "FutureWarning: the keyword 'interpolation'",
    ),
    "parameter_added_required": (
        "import toylib; toylib.convert(1.0, 'm')",
        "missing 1 required positional argument: 'target'",
    ),
    "keyword_only": (
        "import toylib; toylib.Table({'t': [1]}).sorted_by('t', True)",
        "takes 2 positional arguments but 3 were given",
    ),
    "kind_changed": ("import toylib; toylib.Table({}).shape()", "'tuple' object is not callable"),
    "deprecated": ("from toylib import stats; stats.average([1.0])", "DeprecationWarning"),
}


@pytest.mark.parametrize(("code", "complaint"), CASES.values(), ids=CASES)
def test_old_way_is_silent_on_old_and_complains_on_new(code: str, complaint: str) -> None:
    on_old, on_new = run_python("1.0", code), run_python("2.0", code)
    assert (on_old.returncode, on_old.stderr) == (0, "")
    assert complaint in on_new.stderr


DRIFTS = {
    "parameter_reordered": "import toylib; print(toylib.clamp(0, 10, 5))",
    "default_changed": "from toylib import stats; print(stats.variance([1.0, 3.0]))",
    "return_changed": "from toylib import stats; print(stats.extremes([1.0, 3.0]))",
    "behaviour": "from toylib import stats; print(stats.rounded([0.5]))",
}


@pytest.mark.parametrize("code", DRIFTS.values(), ids=DRIFTS)
def test_old_way_gives_another_result_on_new(code: str) -> None:
    on_old, on_new = run_python("1.0", code), run_python("2.0", code)
    assert on_old.stderr == on_new.stderr == ""
    assert on_old.stdout != on_new.stdout


@pytest.mark.parametrize("path", [path for path in sorted(expected_decoys()) if "._" not in path])
def test_decoys_are_there_in_both_versions(path: str) -> None:
    code = f"import toylib; print(toylib.{path.removeprefix('toylib.')})"
    assert run_python("1.0", code).returncode == run_python("2.0", code).returncode == 0


def test_same_tree_gives_the_same_archives(tmp_path: Path) -> None:
    first, second = build_toy_index(tmp_path / "a"), build_toy_index(tmp_path / "b")
    names = sorted(path.name for path in first.iterdir())
    assert names == [
        "toylib-1.0-py3-none-any.whl",
        "toylib-1.0.tar.gz",
        "toylib-2.0-py3-none-any.whl",
        "toylib-2.0.tar.gz",
    ]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_wheel_holds_the_package_only(toy_index: Path) -> None:
    names = zipfile.ZipFile(toy_index / "toylib-1.0-py3-none-any.whl").namelist()
    assert "toylib/stats.py" in names
    assert not [name for name in names if name.startswith(("docs", "tests"))]

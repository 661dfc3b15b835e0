from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recode_data import companions
from recode_data.companions import find_companions
from recode_data.records import Artifact, Release
from recode_data.surface import Access
from tests.clues import fails, resolves

RELEASE = Release("toy", "1.0", ("toy",), None, None, "MIT", Artifact("w", "0", 1), None)
METADATA = """Name: toy
Requires-Dist: numpy>=1
Requires-Dist: engine-lib==1.0; extra == 'cpu'
Requires-Dist: not a requirement
"""


def found(access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    info = tmp_path / "toy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA)
    monkeypatch.setattr(companions, "access_paths", lambda *_: {"toy": access})
    workspace: Any = SimpleNamespace(unpacked=lambda _: tmp_path)
    nothing: Any = None
    return find_companions(workspace, RELEASE, nothing, nothing)


MISSING = "ModuleNotFoundError"


@pytest.mark.parametrize(
    ("access", "names"),
    [
        (resolves("toy"), ()),
        (fails("toy", "toy requires toylib to be installed.", MISSING), ("toylib",)),
        (fails("toy", "No module named 'engine_lib'", MISSING), ("engine-lib",)),
        (fails("toy", "No module named 'numpy'", MISSING), ("numpy",)),
        (fails("toy", "No module named 'pkg_resources'", MISSING), ("setuptools",)),
        (fails("toy", "No module named 'matplotlib.pyplot'", MISSING), ("matplotlib",)),
        (fails("toy", "No module named 'numpy_typo'", MISSING), ()),
        (fails("toy", "numpy is too old", MISSING), ()),
        (fails("toy", "No module named 'anything'", MISSING), ()),
        (fails("toy", "toylib is too old", "RuntimeError"), ()),
    ],
    ids=[
        "imports",
        "own-prefix",
        "optional",
        "undeclared",
        "brought-by-another",
        "its-submodule",
        "like-a-known-one",
        "known-but-not-missing",
        "any-name",
        "other-error",
    ],
)
def test_only_what_the_error_asks_for_and_the_release_knows(
    access: Access, names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(access, tmp_path, monkeypatch) == names


def test_release_without_a_wheel_has_no_optional_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    access = fails("toy", "No module named 'engine_lib'", MISSING)
    monkeypatch.setattr(companions, "access_paths", lambda *_: {"toy": access})
    nothing: Any = None
    assert find_companions(nothing, replace(RELEASE, wheel=None), nothing, nothing) == ()

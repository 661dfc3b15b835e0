"""What is installed is compiled, once and for all who import it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from recode_data.bytecode import compile_bytecode
from tests.recode_data.test_environments import OWN

TAG = f"cpython-{sys.version_info.major}{sys.version_info.minor}"


def compiled(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("__pycache__/*"))


def test_many_sources_are_compiled_side_by_side(tmp_path: Path) -> None:
    """More than one process's share, and the one that is no Python spoils no other."""
    folder = tmp_path / "lib/alpha"
    folder.mkdir(parents=True)
    for number in range(100):
        (folder / f"m{number}.py").write_text(f"x = {number}\n" if number else "no {{ python }}")
    compile_bytecode(OWN, tmp_path, os.environ)
    expected = sorted(f"m{number}.{TAG}.pyc" for number in range(1, 100))
    assert compiled(folder) == expected

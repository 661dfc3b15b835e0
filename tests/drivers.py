"""Sandbox drivers in a plain fresh interpreter: for code that the tests themselves bring."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from recode_data.records import JsonValue, Surface
from recode_data.surface import inspect_driver, touch_driver
from recode_data.surface.assemble import assemble
from recode_data.surface.runtime import inspection_payload, overlay
from recode_data.surface.static import read_package
from recode_data.surface.touch import Toucher
from tests.toy_index import toylib_source

_RUNNER = """
import importlib.util, json, sys
sys.path.insert(0, sys.argv[2])
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("driver", sys.argv[1])
driver = importlib.util.module_from_spec(spec)
spec.loader.exec_module(driver)
out, sent = sys.stdout, []
class Channel:
    def loaded(self): return None
    def send(self, value): sent.append(value)
driver.run(json.load(sys.stdin), Channel())
out.write(json.dumps(sent))
"""

LACKING_A_LIBRARY = {
    "toy/__init__.py": """
import ctypes.util
looked = []
def look_up(name):
    looked.append(name)
ctypes.util._findLib_gcc = look_up
""",
    "toy/a.py": "import ctypes.util\nif not ctypes.util.find_library('toy-absent'): raise OSError",
    "toy/b.py": "from toy import a",
    "toy/c.py": "from toy import a",
    "toy/z.py": "from toy import looked\nassert len(looked) == 2",
}
"""Three modules that cannot be imported, and one that can where what the first one lacks is looked up once more."""


def run_driver(driver: str, payload: JsonValue, root: Path) -> list[JsonValue]:
    """What a driver sends when it runs on the packages in `root`."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", _RUNNER, driver, str(root)],
        input=json.dumps(payload),
        capture_output=True,
        text=True,
        check=True,
    )
    messages: list[JsonValue] = json.loads(done.stdout)
    return messages


def running_surface(root: Path, library: str, version: str) -> Surface:
    """A package's surface as source and run show it together."""
    package, files = read_package(root, (library,), jobs=1)
    payload = inspection_payload(package, (library,), files.extensions)
    failures = overlay(package, run_driver(inspect_driver.__file__, payload, root))
    return assemble(package, library, version, failures)


def running_surface_of(files: dict[str, str], version: str = "1.0") -> Surface:
    """The same of a package called `toy`, given as texts by path."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return running_surface(Path(folder), "toy", version)


def toylib_toucher(version: str) -> Toucher:
    """Accesses paths of the fixture library."""

    def touch(paths: Sequence[str]) -> Sequence[JsonValue]:
        return run_driver(touch_driver.__file__, {"paths": list(paths)}, toylib_source(version))

    return touch

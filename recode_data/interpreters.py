"""The Python interpreters of this machine, in the order in which a release may choose them.

Order (fixed, so that the same machine always chooses the same):

1. interpreters of the minor version that runs the toolkit,
2. then the newest minor version first,
3. within a minor version the toolkit's own interpreter, then the newest patch release, then the
   path.

Only final CPython builds with the GIL count: prereleases, PyPy and free-threaded builds run few
published wheels. Interpreters come from uv (managed and on PATH), from pyenv's folder, whose other
versions its shims hide, and from the running process.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag
from packaging.version import Version
from unearth import TargetPython

from recode_data.errors import EnvironmentLacksError, UsageError
from recode_data.records import JsonValue
from recode_data.uv_runner import UvError, UvRunner, run_program

OLDEST_MINOR = (3, 7)
"""The drivers in the sandbox run from here on."""
NEWEST_MINOR = (3, 15)
"""Where the search for a missing interpreter's remedy starts."""
PROBE_TIMEOUT_S = 20.0
PROBES_AT_ONCE = 4

PROBE = """
import json, platform, sys, sysconfig
print(json.dumps({
    "executable": getattr(sys, "_base_executable", None) or sys.executable,
    "version": platform.python_version(),
    "implementation": platform.python_implementation(),
    "platform": sysconfig.get_platform(),
    "prefix": sys.base_prefix,
    "threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "final": sys.version_info.releaselevel == "final",
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """One interpreter, outside any virtual environment."""

    executable: str
    """Absolute path."""
    version: str
    """Full version, e.g. `3.11.7`."""
    platform: str
    """As `sysconfig.get_platform()` says, e.g. `linux-x86_64`."""

    @property
    def minor(self) -> tuple[int, int]:
        """E.g. (3, 11)."""
        release = Version(self.version).release
        return release[0], release[1]

    def satisfies(self, requires_python: str | None) -> bool:
        """Whether a release with this `Requires-Python` may be installed; broken ones forbid
        nothing, as in pip."""
        if not requires_python:
            return True
        try:
            return SpecifierSet(requires_python).contains(self.version, prereleases=True)
        except InvalidSpecifier:
            return True


@lru_cache(maxsize=32)
def supported_tags(minor: tuple[int, int]) -> frozenset[Tag]:
    """Wheel tags that CPython of this minor version can install on this machine."""
    return frozenset(TargetPython(py_ver=minor).supported_tags())


@dataclass(frozen=True, slots=True)
class InterpreterList:
    """What was found, and what it was found from: good until one of these changes."""

    interpreters: tuple[Interpreter, ...]
    """In order of preference."""
    sources: tuple[str, ...]
    """Search path, and stamps of the folders and executables looked at."""

    def holds(self, environ: Mapping[str, str]) -> bool:
        """Whether a new search would find the same."""
        return self.sources == _sources(self.interpreters, environ)


def find_interpreters(uv: UvRunner, environ: Mapping[str, str]) -> InterpreterList:
    """All usable interpreters, in order of preference; see the module's docstring."""
    own_executable = getattr(sys, "_base_executable", None) or sys.executable
    found: dict[str, Interpreter] = {}

    def probe(executable: str) -> Interpreter | None:
        return _probe(executable, environ)

    with ThreadPoolExecutor(PROBES_AT_ONCE) as pool:
        listed = pool.submit(_listed_by_uv, uv)  # it takes as long as all probes together
        early = list(pool.map(probe, [own_executable, *_in_pyenv(environ)]))
        late = list(pool.map(probe, listed.result()))
    for interpreter in [*early, *late]:
        if interpreter is not None:
            found.setdefault(os.path.realpath(interpreter.executable), interpreter)
    own = os.path.realpath(own_executable)

    def preference(path: str) -> tuple[bool, int, bool, tuple[int, ...], str]:
        interpreter = found[path]
        patch = tuple(-part for part in Version(interpreter.version).release)
        other_minor = interpreter.minor != sys.version_info[:2]
        return other_minor, -interpreter.minor[1], path != own, patch, path

    ordered = tuple(found[path] for path in sorted(found, key=preference))
    return InterpreterList(ordered, _sources(ordered, environ))


def _sources(interpreters: Sequence[Interpreter], environ: Mapping[str, str]) -> tuple[str, ...]:
    folders = [folder for folder in environ.get("PATH", "").split(os.pathsep) if folder]
    home = Path(environ.get("HOME", "/"))
    managed = environ.get("UV_PYTHON_INSTALL_DIR") or str(
        Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "uv" / "python"
    )
    paths = [*folders, managed, str(_pyenv_versions(environ))]
    paths += [interpreter.executable for interpreter in interpreters]
    stamps = []
    for path in paths:
        try:
            stamps.append(f"{path} {Path(path).stat().st_mtime_ns}")
        except OSError:
            stamps.append(f"{path} missing")
    return (*sys.version.split()[:1], *stamps)


def _pyenv_versions(environ: Mapping[str, str]) -> Path:
    root = environ.get("PYENV_ROOT") or Path(environ.get("HOME", "/")) / ".pyenv"
    return Path(root) / "versions"


def matching(interpreters: Sequence[Interpreter], request: str) -> tuple[Interpreter, ...]:
    """Those that a user or a dataset asks for, best first.

    Args:
        interpreters: What the machine has, in order of preference.
        request: `3.11`, `3.11.7` or a path. Where the exact patch release is missing, others of
            the same minor version do: wheels and behaviour are shared within it.

    Raises:
        UsageError: the request is neither a version nor an interpreter's path.
        EnvironmentLacksError: nothing fits.
    """
    if "/" in request:
        path = os.path.realpath(request)
        exact = tuple(i for i in interpreters if os.path.realpath(i.executable) == path)
        if exact:
            return exact
        raise UsageError(f"{request} is no usable CPython interpreter")
    wanted = re.fullmatch(r"(\d+)\.(\d+)(\.\d+)?", request)
    if wanted is None:
        raise UsageError(f"{request!r} is no Python version; write for example 3.11")
    minor = (int(wanted[1]), int(wanted[2]))
    fitting = [item for item in interpreters if item.minor == minor]
    if not fitting:
        raise missing_interpreter(minor, "this environment")
    return tuple(sorted(fitting, key=lambda item: item.version != request))


def missing_interpreter(minor: tuple[int, int], purpose: str) -> EnvironmentLacksError:
    """The error for an interpreter that the machine does not have."""
    name = ".".join(map(str, minor))
    return EnvironmentLacksError(f"{purpose} needs Python {name}", f"uv python install {name}")


def _listed_by_uv(uv: UvRunner) -> list[str]:
    try:
        text = uv.run(["python", "list", "--only-installed", "--offline", "--output-format=json"])
        entries = cast("list[dict[str, JsonValue]]", json.loads(text))
    except (UvError, json.JSONDecodeError):
        return []  # an older uv: the running interpreter and pyenv's remain
    paths = [entry.get("path") for entry in entries if entry.get("implementation") == "cpython"]
    return [path for path in paths if isinstance(path, str)]


def _in_pyenv(environ: Mapping[str, str]) -> list[str]:
    versions = _pyenv_versions(environ)
    if not versions.is_dir():
        return []
    found = []
    for folder in sorted(versions.iterdir()):
        number = re.fullmatch(r"(\d+)\.(\d+)\.\d+", folder.name)
        if number and (int(number[1]), int(number[2])) >= OLDEST_MINOR:
            found.append(str(folder / "bin" / f"python{number[1]}.{number[2]}"))
    return found


def _probe(executable: str, environ: Mapping[str, str]) -> Interpreter | None:
    if not os.access(executable, os.X_OK):
        return None
    kept = {key: value for key, value in environ.items() if not key.startswith("PYTHON")}
    try:
        # -S: nothing that is installed beside it may run
        done = run_program(
            [executable, "-I", "-S", "-c", PROBE], environ=kept, timeout_s=PROBE_TIMEOUT_S
        )
        facts = cast("dict[str, JsonValue]", json.loads(done.stdout))
        own = facts["implementation"], facts["threaded"], facts["final"]
        executable, version = str(facts["executable"]), str(facts["version"])
        platform = str(facts["platform"])
    except (UvError, OSError, ValueError, KeyError, TypeError):
        return None
    if own != ("CPython", False, True) or not Path(executable).exists():
        return None
    interpreter = Interpreter(str(Path(executable).absolute()), version, platform)
    return interpreter if interpreter.minor >= OLDEST_MINOR else None

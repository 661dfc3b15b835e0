"""Wall time and peak memory of one comparison, each in a fresh process, against griffe."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recode_data.records import Release, StepContext
from recode_data.surface.read import source_root
from recode_data.workspace import Workspace

NOT_SHARED = "surface"
"""Folder of the cache that a cold run must not find; downloads and environments it may."""

_GRIFFE = """
import json, sys, time, logging
logging.disable(logging.CRITICAL)
import griffe
names, old, new = json.loads(sys.argv[1])
started = time.perf_counter()
for name in names:
    first, second = (
        griffe.load(name, search_paths=[root], try_relative_path=False, resolve_aliases=True)
        for root in (old, new)
    )
    found = sum(1 for _ in griffe.find_breaking_changes(first, second))
print(time.perf_counter() - started)
"""
_OURS = """
import json, sys, time
from pathlib import Path
from recode_data.changes import find_changes
from recode_data.surface import static_surface
names, old, new, cache = json.loads(sys.argv[1])
def kept(key):
    return Path(cache, key[:2], key)
started = time.perf_counter()
surfaces = [
    static_surface(Path(root), "x", version, names, cache=kept if cache else None)
    for root, version in ((old, "1"), (new, "2"))
]
found = len(find_changes(*surfaces))
print(time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, and the largest resident set of the process and its children in MB."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Times:
    """One version step, measured in the order of the fields."""

    griffe: Measured
    static_cold: Measured
    static_warm: Measured
    whole_cold: Measured
    whole_warm: Measured


def measure(context: StepContext, workspace: Workspace) -> Times:
    """Times of one step.

    `static_*` leave the start of the interpreter out, as griffe's do; `whole_*` are the command
    line from start to end, downloads and environments apart.
    """
    roots = [str(_root(workspace, release)) for release in (context.old, context.new)]
    names = [name.split(".")[0] for name in context.new.import_names]
    with tempfile.TemporaryDirectory() as folder:
        kept = str(Path(folder, "facts"))
        cache = _cache_without_surfaces(workspace.cache, Path(folder, "cache"))
        griffe = _inner(_GRIFFE, [names[:1], *roots])
        cold = _inner(_OURS, [names, *roots, None])
        _inner(_OURS, [names, *roots, kept])
        warm = _inner(_OURS, [names, *roots, kept])
        whole = [_command(str(context.step), cache) for _ in range(2)]
    return Times(griffe, cold, warm, *whole)


def _root(workspace: Workspace, release: Release) -> Path:
    artifact = release.wheel or release.sdist
    assert artifact is not None
    return source_root(workspace.unpacked(artifact), release)


def _cache_without_surfaces(cache: Path, folder: Path) -> Path:
    folder.mkdir()
    for path in cache.iterdir():
        if path.name != NOT_SHARED:
            (folder / path.name).symlink_to(path)
    return folder


def _inner(program: str, arguments: Sequence[object]) -> Measured:
    done, peak = _run([sys.executable, "-c", program, json.dumps(arguments)])
    return Measured(float(done.stdout.split()[-1]), peak)


def _command(step: str, cache: Path) -> Measured:
    program = "from recode_data.cli import main; main()"
    started = time.perf_counter()
    command = [sys.executable, "-c", program, "diff", step, "--json", "--cache", str(cache)]
    _, peak = _run(command, codes=(0, 1))
    return Measured(time.perf_counter() - started, peak)


def _run(
    command: Sequence[str], codes: Sequence[int] = (0,)
) -> tuple[subprocess.CompletedProcess[str], float]:
    """The finished process, and its peak memory; one process at a time, as `wait4` counts."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, text=True)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        done = subprocess.CompletedProcess(command, process.returncode, out.read(), err.read())
    if done.returncode not in codes:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr[-800:]}")
    return done, _megabytes(usage)


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024

"""Wall time and peak memory of one comparison, each in a fresh process, against griffe."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from recode_data.records import Release, StepContext
from recode_data.surface.read import source_root
from recode_data.workspace import Workspace

NOT_SHARED = frozenset({"surface", "changes", "companions"})
"""Folders of the cache that a cold run must not find; downloads and environments it may."""

SAMPLE_S = 0.05
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
_STATIC = """
import json, sys, time
from pathlib import Path
from recode_data.changes import find_changes
from recode_data.surface import static_surface
names, old, new = json.loads(sys.argv[1])
started = time.perf_counter()
surfaces = [
    static_surface(Path(root), "x", version, names) for root, version in ((old, "1"), (new, "2"))
]
found = len(find_changes(*surfaces))
print(time.perf_counter() - started)
"""
_WARM = """
import json, sys, time
from pathlib import Path
from recode_data.sandbox import SandboxPool
from recode_data.step_changes import read_context, step_changes
from recode_data.steps import parse_step
from recode_data.workspace import Workspace
step, cache = json.loads(sys.argv[1])
workspace = Workspace.default(Path(cache))
with SandboxPool(size=1) as sandboxes:
    started = time.perf_counter()
    context = read_context(parse_step(step), workspace)
    found = len(step_changes(context, workspace, sandboxes).changes)
print(time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, and the largest resident sets of the process and its children together in MB."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Times:
    """One version step, measured in the order of the fields."""

    griffe: Measured
    static_cold: Measured
    """The source of both releases, read and compared; nothing cached."""
    whole_cold: Measured
    """The command line from start to end, run-time surface included; downloads apart."""
    whole_warm: Measured
    """The same command once more."""
    warm: Measured
    """As `whole_warm`, without the start of the interpreter, as griffe is measured."""


def measure(context: StepContext, workspace: Workspace) -> Times:
    """Times of one step.

    griffe loads both releases as its users have it do, and lists the breakages. Its start, that
    of the static part and that of `warm` are left out.
    """
    roots = [str(_root(workspace, release)) for release in (context.old, context.new)]
    names = [name.split(".")[0] for name in context.new.import_names]
    with tempfile.TemporaryDirectory() as folder:
        cache = _cache_without_surfaces(workspace.cache, Path(folder, "cache"))
        griffe = _inner(_GRIFFE, [names[:1], *roots])
        static = _inner(_STATIC, [names, *roots])
        whole = [_command(str(context.step), cache) for _ in range(2)]
        warm = _inner(_WARM, [str(context.step), str(cache)])
    return Times(griffe, static, *whole, warm)


def _root(workspace: Workspace, release: Release) -> Path:
    artifact = release.wheel or release.sdist
    assert artifact is not None
    return source_root(workspace.unpacked(artifact), release)


def _cache_without_surfaces(cache: Path, folder: Path) -> Path:
    folder.mkdir()
    for path in cache.iterdir():
        if path.name not in NOT_SHARED:
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
    """The finished process, and the most memory that it and its children held at one time.

    Sampled, pages that processes share counted in each: rather too much than too little.
    """
    peak = 0.0
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, text=True)
        while process.poll() is None:
            peak = max(peak, _megabytes(process.pid))
            time.sleep(SAMPLE_S)
        out.seek(0)
        err.seek(0)
        done = subprocess.CompletedProcess(command, process.returncode, out.read(), err.read())
    if done.returncode not in codes:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr[-800:]}")
    return done, peak


def _megabytes(pid: int) -> float:
    total = 0
    try:
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                total += one.memory_info().rss
    except psutil.Error:  # it has just ended
        pass
    return total / 2**20

"""Compiles what is installed in an environment, but nothing that another one has compiled already.

The sandbox sees an environment read-only and could never write bytecode: without this, every start
of pandas would cost a second more. Compiled files are hard-linked back into uv's unpacked wheels,
whose sources the environment shares by hard links as well: uv then installs them along with the
wheel. They need no broom of their own, since unpacked wheels go with the last environment that has
a file of theirs.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from recode_data.interpreters import Interpreter
from recode_data.uv_runner import TIMEOUT_S, run_program

PROGRAM = """
import compileall, functools, multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor

CHUNK = 16
sources = []
for folder, folders, names in os.walk(sys.argv[1]):
    folders[:] = [name for name in folders if name not in ("test", "tests", "__pycache__")]
    sources += [os.path.join(folder, name) for name in names if name.endswith(".py")]
compiled = functools.partial(compileall.compile_file, quiet=2)
workers = min(len(os.sched_getaffinity(0)), len(sources) // CHUNK)
if workers > 1:
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        list(pool.map(compiled, sources, chunksize=CHUNK))
else:
    list(map(compiled, sources))
"""
"""As `compileall -j 0`, which hands out one file at a time: a third of its time went there."""


def compile_bytecode(
    interpreter: Interpreter,
    root: Path,
    environ: Mapping[str, str],
    inherited: Sequence[int] = (),
) -> None:
    """Compile what is installed but for tests, which are four tenths of it and seldom imported.

    Sources that do not compile (templates) are left, and so are those that came with bytecode of
    this interpreter and of their own time.
    """
    kept = {key: value for key, value in environ.items() if not key.startswith("PYTHON")}
    command = [interpreter.executable, "-I", "-S", "-c", PROGRAM, str(root / "lib")]
    run_program(command, environ=kept, inherited=inherited, timeout_s=TIMEOUT_S)


def share_bytecode(interpreter: Interpreter, root: Path, archives: Path) -> None:
    """Let later environments have what was compiled for this one.

    Only what was compiled from the very file (the same inode) that the unpacked wheel holds goes
    there, so nothing is shared between copies, nor of a file that two wheels bring. Python reads
    bytecode from wherever it was compiled: it checks the source's time and size, and puts the new
    path in.

    Args:
        interpreter: which compiled it.
        root: of the environment.
        archives: folder of uv's unpacked wheels; one that vanishes meanwhile is left.
    """
    tag = "cpython-{}{}".format(*interpreter.minor)
    for site in (root / "lib").glob("python3*/site-packages"):
        for archive in _unpacked_wheels(site, archives):
            for folder, folders, _ in os.walk(archive):
                folders[:] = [name for name in folders if name != "__pycache__"]
                # what another has shared at the same moment is as good; what cannot be shared
                # costs the next environment its compilation, and nothing else
                with contextlib.suppress(OSError):
                    _share_folder(site / os.path.relpath(folder, archive), Path(folder), tag)


def _unpacked_wheels(site: Path, archives: Path) -> Iterator[Path]:
    """Those whose files are installed here, known by a file that each wheel has and nobody edits."""
    installed = {path.stat().st_ino for path in site.glob("*.dist-info/WHEEL")}
    for path in archives.glob("*/*.dist-info/WHEEL"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_ino in installed:
                yield path.parent.parent


def _share_folder(installed: Path, archived: Path, tag: str) -> None:
    compiled = _inodes(installed / "__pycache__").keys()
    shared = _inodes(archived / "__pycache__").keys()
    sources = _inodes(installed)
    for name, inode in _inodes(archived).items():
        bytecode = f"{name[:-3]}.{tag}.pyc"
        if not (sources.get(name) == inode and bytecode in compiled - shared):
            continue
        path = installed / "__pycache__" / bytecode
        if path.lstat().st_nlink == 1:  # made here: what another wheel brought may be anything
            (archived / "__pycache__").mkdir(exist_ok=True)
            os.link(path, archived / "__pycache__" / bytecode)


def _inodes(folder: Path) -> dict[str, int]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.inode() for entry in entries}
    except FileNotFoundError:
        return {}

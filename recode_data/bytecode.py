"""Compiles what is installed in an environment.

The sandbox sees an environment read-only and could never write bytecode: without this, every start
of pandas would cost a second more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

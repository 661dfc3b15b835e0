"""The way in which CodeUpdateArena's published harness runs tests, written anew to compare with.

Run by the pinned environment's interpreter, standard library only: reads JSON lines {"programs"}
from stdin, answers each with {"verdicts", "seconds", "cpu", "own"}, the last being the seconds in
which the programs themselves ran, which no harness can save. As published: one test after another, for
each a manager and a process; in the process a temporary folder, captured output, functions of
`os`, `shutil` and `subprocess` taken away, 15 s on the clock, and the verdict written by the very
process that ran the code. The libraries are imported by the parent.
"""

import contextlib
import importlib
import io
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LIMIT_S = 15.0
GUARDED = {
    os: "kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename "
    "renames truncate replace unlink fchmod fchown chmod chown chroot lchown getcwd chdir",
    shutil: "rmtree move chown",
    subprocess: "Popen",
}


class OutOfTime(Exception):
    """Fifteen seconds are over."""


def guard():
    """Take away what a program could do harm with; returns what puts it back."""
    kept = []
    for module, names in GUARDED.items():
        for name in names.split():
            if hasattr(module, name):
                kept.append((module, name, getattr(module, name)))
                setattr(module, name, None)
    for name in ("joblib", "psutil", "resource"):
        sys.modules.setdefault(name, None)
    __builtins__.__dict__.update(exit=None, quit=None) if hasattr(
        __builtins__, "__dict__"
    ) else __builtins__.update(exit=None, quit=None)
    return kept


def execute(program, result):
    """In a process of its own: run the program, then say how it went."""
    folder = tempfile.mkdtemp()
    os.chdir(folder)

    def stop(number, frame):
        raise OutOfTime()

    kept = guard()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            signal.signal(signal.SIGALRM, stop)
            signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
            started = time.monotonic()
            try:
                exec(program, {})
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                own = time.monotonic() - started
        result.append("passed")
        result.append(own)
    except OutOfTime:
        result.append("timeout")
    except BaseException as error:  # noqa: BLE001 - whatever the program raises, it failed
        result.append("failed: " + type(error).__name__)
    for module, name, value in kept:
        setattr(module, name, value)
    os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)


def verdict_of(program):
    """One test: a manager, a process, a second more than the limit; the verdict, its seconds."""
    with multiprocessing.Manager() as manager:
        result = manager.list()
        process = multiprocessing.Process(target=execute, args=(program, result))
        process.start()
        process.join(LIMIT_S + 1)
        if process.is_alive():
            process.kill()
            process.join()
        return [*result] or ["timeout"]


def main():
    """Answer line by line."""
    for name in sys.argv[1:]:
        importlib.import_module(name)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        programs = json.loads(line)["programs"]
        started, used = time.monotonic(), sum(os.times()[:4])
        results = [verdict_of(program) for program in programs]
        answer = {
            "verdicts": [result[0] for result in results],
            "own": sum(sum(result[1:]) for result in results),
            "seconds": time.monotonic() - started,
            "cpu": sum(os.times()[:4]) - used,
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

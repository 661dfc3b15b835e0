"""Sandbox driver: one program and one test script after it, in one process.

For tests whose objects cannot cross between processes: figures, web applications, fitted models.
The test is told only after the program has loaded, but it shares a process with it: a program made
to find the test in memory, or to patch what the test compares with, can pass. Runs inside an
environment's interpreter (Python 3.7 and later), standard library only.

Payload: {"solution", "module"}: the code, and the name under which a test may import it. Secret:
{"test": source, "pytest": whether to hand it to pytest}. Message: {"passed", "reason", "detail"}.
"""

import io
import pathlib
import sys
import types


def short(error):
    """An exception in a line."""
    try:
        return ("%s: %s" % (type(error).__name__, error))[:500]
    except BaseException:
        return type(error).__name__


def _verdict(error, otherwise):
    if isinstance(error, MemoryError):
        otherwise = "out_of_memory"
    elif isinstance(error, AssertionError):
        otherwise = "wrong_result"
    return {"passed": False, "reason": otherwise, "detail": short(error)}


def _with_pytest(name, solution, test):
    """Write both as files and let pytest judge."""
    import pytest

    folder = pathlib.Path.cwd()
    (folder / (name + ".py")).write_text(solution, encoding="utf-8")
    (folder / ("test_%s.py" % name)).write_text(test, encoding="utf-8")
    sys.path.insert(0, str(folder))
    sys.modules.pop(name, None)
    code = pytest.main(["-q", "-x", "-p", "no:cacheprovider", "test_%s.py" % name])
    if int(code) != 0:
        raise AssertionError("pytest ends with %d" % int(code))


def run(payload, channel):
    """Run the program, then the test; see the module docstring."""
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    name = payload["module"]
    module = types.ModuleType(name)
    sys.modules[name] = module
    try:
        compiled = compile(payload["solution"], name + ".py", "exec", dont_inherit=True)
    except Exception as error:
        channel.send({"passed": False, "reason": "syntax_error", "detail": short(error)})
        return
    try:
        exec(compiled, module.__dict__)
    except BaseException as error:
        channel.send(_verdict(error, "error"))
        return
    secret = channel.loaded()
    try:
        if secret["pytest"]:
            _with_pytest(name, payload["solution"], secret["test"])
        else:
            exec(compile(secret["test"], "<test>", "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        channel.send(_verdict(error, "error"))
        return
    channel.send({"passed": True, "reason": "ok", "detail": ""})

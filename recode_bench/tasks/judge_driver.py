"""Sandbox driver: tests in one process, the untrusted solution in another, and calls between them.

Runs inside an environment's interpreter (Python 3.7 and later), standard library only. What tests
compare are values that were read out of the answers of the other process (`crossing/`),
so nothing that the solution does to its own process can change a verdict: not an exit, not a
patched builtin, not an `__eq__` that lies. And it never sees a test: only arguments of its calls.

Setup: names and sources of the modules in `crossing/`. Payload:

- imports: executed first, on both sides;
- setup: texts to execute then, in the same namespace: the update;
- solution: the untrusted code, executed after them on its own side only, with their names;
- hidden: names of the setup that the solution does not see;
- entries: names that the solution may define and that tests call;
- borrowed: import statements whose names a test may use where the solution has imported the same;
- seeded: whether tests may set the state of the random generators, which then crosses as well;
- cpu_seconds: limit of the job.

Secret, told after the solution was loaded: {"tests": [[source, name of the test]...]}. Messages:
{"setup": text} where the setup fails, {"load": {"reason", "detail"}} where the solution does not
load, else {"loaded": true} and then {"passed", "reason", "detail", "cpu"} for each test in order, `cpu`
being the seconds used so far, up to the first that does not pass: those after it belong into a process in which nothing has gone wrong.
"""

import io
import os
import select
import signal
import socket
import sys
import time
import types

from recode_inside import kernel

HIGHEST_DESCRIPTOR = 4096
_crossing = types.ModuleType("recode_crossing")


def prepare(setup):
    """Once per server, before jobs are forked from it."""
    _crossing.__path__ = []
    names = [_crossing.__name__]
    sys.modules[_crossing.__name__] = _crossing
    for name, source in setup.items():
        names.append("recode_crossing." + name)
        module = sys.modules[names[-1]] = types.ModuleType(names[-1])
        setattr(_crossing, name, module)
        exec(compile(source, "<%s>" % name, "exec"), module.__dict__)
    for name in names:  # nothing that crosses is looked up in them
        del sys.modules[name]


# --- the side of the solution ---------------------------------------------------------------------


def _solve(sock, payload, scope, libraries):
    """Load the solution and answer calls until the judge hangs up."""
    peer = _crossing.peer.Peer(sock, libraries, judges=False, seeded=payload["seeded"])
    peer.printed = sys.stdout = _crossing.side_effects.Printed()
    sys.stderr = io.StringIO()
    failure = None
    try:
        exec(compile(payload["solution"], "<solution>", "exec", dont_inherit=True), scope)
    except BaseException as error:
        failure = error
    if failure is not None:
        unread = failure.__traceback__.tb_next is None  # compiling failed, not running
        reason = "syntax_error" if unread else _reason(failure, "error")
        peer.wire.send({"load": {"reason": reason, "detail": _crossing.named.short(failure)}})
        return
    peer.functions = {name: scope[name] for name in payload["entries"] if callable(scope.get(name))}
    borrowed = _borrowed(payload)
    same = [name for name in borrowed if scope.get(name) is borrowed[name]]
    peer.wire.send({"functions": sorted(peer.functions), "same": same})
    while True:
        peer.serve(*peer.wire.receive())


def _reason(error, otherwise):
    return "out_of_memory" if isinstance(error, MemoryError) else otherwise


def _start(payload, scope, libraries):
    """Fork the solution's process; returns its id and the judge's end of the connection."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid:
        theirs.close()
        return pid, ours
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        descriptor = theirs.fileno()
        os.closerange(3, descriptor)
        os.closerange(descriptor + 1, HIGHEST_DESCRIPTOR)
        seen = {name: value for name, value in scope.items() if name not in payload["hidden"]}
        _solve(theirs, payload, seen, libraries)
    except (EOFError, OSError):
        pass
    finally:
        os._exit(7)


# --- the side of the tests ------------------------------------------------------------------------


def run(payload, channel):
    """Judge one solution; see the module docstring."""
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # or the solution could read this process's memory
    scope = {}
    try:
        exec(compile(payload["imports"], "<imports>", "exec", dont_inherit=True), scope)
        libraries = _crossing.writing_libraries.Libraries()
        for text in payload["setup"]:
            exec(compile(text, "<setup>", "exec", dont_inherit=True), scope)
    except Exception as error:
        channel.send({"setup": _crossing.named.short(error)})
        return
    pid, sock = _start(payload, scope, libraries)
    peer = _crossing.peer.Peer(sock, libraries, judges=True, seeded=payload["seeded"])
    try:
        loaded = peer.wire.receive()[0]
        failure = loaded.get("load")
    except (OSError, EOFError, ValueError, RecursionError, AttributeError) as error:
        reason, detail = _ending(pid, payload, _crossing.named.short(error))
        failure = {"reason": reason, "detail": detail}
    tests = channel.loaded()["tests"]
    if failure is not None:
        reason, detail = str(failure.get("reason")), str(failure.get("detail"))
        channel.send({"load": {"reason": reason, "detail": detail[: _crossing.named.LIMIT_DETAIL]}})
        return
    _add_names(scope, payload, loaded, peer)
    channel.send({"loaded": True})
    for source, name in tests:
        reason, detail = _judge(peer, pid, payload, dict(scope), source, name)
        passed = reason == "ok"
        used = time.process_time() + _cpu_of(pid)
        channel.send({"passed": passed, "reason": reason, "detail": detail, "cpu": used})
        if not passed:
            break
    try:  # waited for, it counts in the CPU time of the job
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def _cpu_of(pid):
    """CPU seconds of another process, by the kernel's numbering of their clocks."""
    try:
        return time.clock_gettime(((~pid) << 3) | 2)
    except OSError:  # it has ended
        return 0.0


def _add_names(scope, payload, loaded, peer):
    """What a test may use of the solution: its functions, and imports that any solution needs."""
    for name, value in _borrowed(payload).items():
        if name not in scope and name in loaded["same"]:
            scope[name] = value
    for name in payload["entries"]:
        if name in loaded["functions"]:
            scope[name] = peer.function(name, name)


def _borrowed(payload):
    names = {}
    for text in payload["borrowed"]:
        try:
            exec(compile(text, "<borrowed>", "exec", dont_inherit=True), names)
        except Exception:  # noqa: S112 - a name that cannot be borrowed is not there
            continue
    names.pop("__builtins__", None)
    return names


def _judge(peer, pid, payload, scope, source, name):
    """The reason why a test does not pass, or `ok`."""
    try:
        exec(compile(source, "<test>", "exec", dont_inherit=True), scope)
        scope[name]()
        if peer.gone is None:
            return "ok", ""
    except _crossing.peer.Gone:
        pass
    except AssertionError as error:
        reason, detail = "wrong_result", _crossing.named.short(error)
    except BaseException as error:
        reason, detail = _reason(error, "error"), _crossing.named.short(error)
    if peer.gone is not None:
        if peer.gone.reason == "crash":
            return _ending(pid, payload, peer.gone.detail)
        return peer.gone.reason, peer.gone.detail
    return reason, detail


def _ending(pid, payload, detail):
    """How the process of the solution ended, if it did."""
    for _ in range(200):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            break
        select.select([], [], [], 0.005)
    else:
        return "crash", detail
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        used = os.times()
        used_up = used.children_user + used.children_system >= payload["cpu_seconds"]
        late = number == signal.SIGXCPU or (number == signal.SIGKILL and used_up)
        return "timeout" if late else "crash", "signal %d" % number
    return "crash", "ended with exit code %d" % os.WEXITSTATUS(status)

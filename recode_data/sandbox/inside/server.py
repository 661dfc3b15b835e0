"""Fork server inside the interpreter of a mined version; Python 3.7 and later, stdlib only.

Run as `python -S -s -B server.py FD`, FD being a stream socket to the toolkit. `-S` keeps the
environment's own start-up files from running before the server has locked itself in. The first
frame configures the server; each later one asks for a job and carries that job's socket, or for a
branch: a fork of this server that imports more, and serves on the socket that came along. Any frame
while a job runs means: kill it.
"""

import os
import re
import select
import signal
import socket
import sys
import time
import types

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = types.ModuleType("recode_inside")
PACKAGE.__path__ = [HERE]
sys.modules["recode_inside"] = PACKAGE
sys.path[:] = [path for path in sys.path if os.path.abspath(path) != HERE]

import site  # noqa: E402 - imported, not run: see above

from recode_inside import container, filters, frames, job, kernel, remains  # noqa: E402

SERVER_PROCESSES = 1024
"""All that a server may run at a time: its jobs have less, what it imports has this."""
COUNTS_BY_NAMESPACE = (5, 14)
"""The Linux from which on each user namespace has a count of processes of its own."""
LOOK_SECONDS = 0.5
"""Interval at which the use of a long job's whole process tree is added up."""


def main():
    """Lock in, load the driver, preload, serve until the toolkit hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    config = frames.read(control)
    try:
        _lock_in(config)
        config["alone"] = os.getpid() == 1
        for path in config["needed"]:
            os.listdir(path)  # another user may not be let in; a job would blame the library
        site.main()
        os.chdir(config["folder"])
        driver = types.ModuleType("driver")
        exec(compile(config["driver"], "<driver>", "exec"), driver.__dict__)
        if hasattr(driver, "prepare"):
            driver.prepare(config["setup"])
        if config["jobs"] == "clone":
            _try_clone(config)
        failures = _preload(config, control)
        _settle(driver)
    except Exception as error:
        frames.write(control, {"failed": "%s: %s" % (type(error).__name__, error)})
        return
    frames.write(control, {"ready": True, "failures": failures})
    try:
        _serve(control, driver, config)
    except (EOFError, ConnectionError):
        pass


def _settle(driver):
    """Let the driver see to what was imported, before jobs are forked from it."""
    if hasattr(driver, "settle"):
        driver.settle()


def _lock_in(config):
    config["shares_count"] = _shares_count(config)
    if config["shares_count"]:
        others = None if config["container"] == "bwrap" else remains.count_of_user(os.getuid())
    else:
        others = 0
    if config["container"] == "own":
        config["hidden"] = container.enter(config["visible"], config["uid"])
    elif config["level"] == "B":
        kernel.become(config["uid"])
    config["user"] = (os.getuid(), os.getgid())
    if others is not None:  # in bubblewrap it cannot be seen what else there is
        job.cap(job.resource.RLIMIT_NPROC, SERVER_PROCESSES + others)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    if config["level"] in "BC":
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        inside = [config["folder"], "/dev/null"]
        filters.confine_files(list(config["visible"]) + ["/proc", "/dev"], inside)
    # A job in namespaces of its own cannot reach this process, and its id maps are to be written
    # through /proc, which needs it dumpable; without them nothing else keeps a job from its memory.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1 if config["jobs"] == "clone" else 0)


def _shares_count(config):
    """Whether the kernel counts what the same user runs elsewhere against the limits set here."""
    if os.getuid() == 0:  # the limits are those of the user that it becomes
        return False
    release = tuple(map(int, re.findall(r"\d+", os.uname().release)[:2]))
    return config["container"] == "none" or release < COUNTS_BY_NAMESPACE


def _try_clone(config):
    """One empty job, so that a kernel which refuses says so now."""
    pid = kernel.clone(kernel.JOB_FLAGS)
    if pid == 0:
        try:
            kernel.map_ids(job.JOB_USER, *config["user"])
            kernel.mount("tmpfs", "/tmp", "tmpfs", kernel.MS_NOSUID)
            kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID)
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(pid, 0)[1] != 0:
        raise OSError("no namespaces inside namespaces")


def _preload(config, control):
    """Import what jobs will need. Returns what could not be, by name: left to the jobs.

    Tried first, all at once in a fork that goes on as the server, and, where that fails, one by one
    as jobs: a library that crashes, hangs or forks on import, or leaves threads behind that no fork
    would have, must not take the server with it.
    """
    names = config["imports"]
    together = _import_and_go_on(config, control, names) if names else 0
    failures = {}
    for name in names if together else ():
        status = together if len(names) == 1 else _try_imports(config, [name])
        if status == 0:
            __import__(name)
        elif os.WIFSIGNALED(status):
            failures[name] = "import ends with signal %d" % os.WTERMSIG(status)
        else:
            why = {2: "starts threads", 3: "warns"}
            failures[name] = why.get(os.WEXITSTATUS(status), "import fails")
    return failures


def _import_and_go_on(config, control, names):
    """Import in a fork, which is the server from now on; in it, 0. Else the wait status of the fork.

    Where that went well, this process has nothing left to do but to end together with the other.
    """
    limits = config["import_limits"]
    ours = set(os.listdir(config["folder"]))
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reader)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
            code = job.import_within(names, limits)
            if code == 0:
                os.write(writer, b"+")
                os.close(writer)
        finally:
            if code != 0:
                os._exit(code)
        return 0
    os.close(writer)
    ready = select.select([reader], [], [], limits["wall_seconds"])[0]
    came_up = bool(ready) and os.read(reader, 1) == b"+"
    os.close(reader)
    if came_up:
        control.close()  # the toolkit is to see when the other one ends
        os.waitpid(pid, 0)
        os._exit(0)
    status = _end_within(pid, 0.0 if not ready else 1.0)
    remains.end_descendants(config["alone"])
    remains.empty(config["folder"], ours)
    return status


def _try_imports(config, names):
    """Wait status of a job that imports these modules."""
    limits = config["import_limits"]
    ours = set(os.listdir(config["folder"]))
    status = _end_within(job.try_imports(config, names, limits), limits["wall_seconds"])
    if config["jobs"] == "fork":
        remains.end_descendants(config["alone"])
        remains.empty(config["folder"], ours)
    return status


def _end_within(pid, seconds):
    """Wait status of a child, which is killed when its time is over."""
    deadline, pause = time.monotonic() + seconds, 0.001
    while time.monotonic() < deadline:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        time.sleep(pause)
        pause = min(2 * pause, 0.02)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def _serve(control, driver, config):
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(writer)
    ours = set(os.listdir(config["folder"]))
    branches = set()
    while True:
        request, descriptor = frames.read_with_descriptor(control)
        branches = {pid for pid in branches if not os.waitpid(pid, os.WNOHANG)[0]}
        if "branch" in request:
            pid = _branch(control, driver, config, request["branch"], descriptor)
            branches.add(pid)
            continue
        try:
            pid = job.start(driver, config, request, descriptor)
        except OSError as error:
            frames.write(control, {"refused": str(error)})
            continue
        finally:
            os.close(descriptor)
        end = _watch(control, pid, reader, request["limits"], branches)
        if config["jobs"] == "fork":
            remains.end_descendants(config["alone"])
            remains.empty(config["folder"], ours)
        frames.write(control, end)


def _branch(control, driver, config, names, descriptor):
    """Fork a server that has imported these modules; returns its process id.

    It says whether that went well, without a warning and without a thread that no fork would have; if
    not, it is no server.
    """
    pid = os.fork()
    if pid:
        os.close(descriptor)
        return pid
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        signal.set_wakeup_fd(-1)
        control.close()  # the toolkit is to see when this process's parent ends
        control = socket.socket(fileno=descriptor)
        code = job.import_within(names, config["import_limits"], is_strict=True)
        if code == 0:
            _settle(driver)
        frames.write(control, {"ready": code == 0})
        if code == 0:
            _serve(control, driver, config)
    finally:
        os._exit(0)


def _watch(control, pid, reader, limits, branches):
    """Wait for the job's end, or bring it about; says how it went."""
    over = None
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            break
        ready, _, _ = select.select([control, reader], [], [], LOOK_SECONDS)
        if reader in ready:
            _drain(reader)
        elif control in ready:
            frames.read(control)
            over = "killed"
        else:
            over = remains.over(limits, branches)
        if over:
            os.kill(pid, signal.SIGKILL)
            found, status, usage = os.wait4(pid, 0)
            break
    return {
        "over": over,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "cpu": usage.ru_utime + usage.ru_stime,
    }


def _drain(reader):
    try:
        os.read(reader, 4096)
    except BlockingIOError:
        pass


if __name__ == "__main__":
    main()

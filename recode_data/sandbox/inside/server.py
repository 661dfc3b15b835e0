"""Fork server inside the interpreter of a mined version; Python 3.7 and later, stdlib only.

Run as `python -S -s -B server.py FD`, FD being a stream socket to the toolkit. `-S` keeps the
environment's own start-up files from running before the server has locked itself in. The first
frame configures the server; each later one asks for a job and carries that job's socket. Any frame
while a job runs means: kill it.
"""

import os
import select
import shutil
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

from recode_inside import container, filters, frames, job, kernel  # noqa: E402

SERVER_PROCESSES = 1024
"""All that a server's own user may run: its jobs have less, what it imports has this."""
LOOK_SECONDS = 0.5
"""Interval at which the use of a long job's whole process tree is added up."""
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


def main():
    """Lock in, load the driver, preload, serve until the toolkit hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    config = frames.read(control)
    try:
        _lock_in(config)
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
        failures = _preload(config)
    except Exception as error:
        frames.write(control, {"failed": "%s: %s" % (type(error).__name__, error)})
        return
    frames.write(control, {"ready": True, "failures": failures})
    try:
        _serve(control, driver, config)
    except (EOFError, ConnectionError):
        pass


def _lock_in(config):
    if config["container"] == "own":
        config["hidden"] = container.enter(config["visible"], config["uid"])
    elif config["level"] == "B":
        kernel.become(config["uid"])
    config["user"] = (os.getuid(), os.getgid())
    if os.getuid() == config["uid"]:  # nobody else's processes count
        most = (SERVER_PROCESSES, SERVER_PROCESSES)
        job.resource.setrlimit(job.resource.RLIMIT_NPROC, most)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    if config["level"] in "BC":
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        inside = [config["folder"], "/dev/null"]
        filters.confine_files(list(config["visible"]) + ["/proc", "/dev"], inside)
    # A job in namespaces of its own cannot reach this process, and its id maps are to be written
    # through /proc, which needs it dumpable; without them nothing else keeps a job from its memory.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1 if config["jobs"] == "clone" else 0)


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


def _preload(config):
    """Import what jobs will need. Returns what could not be, by name: left to the jobs.

    Tried as a job first: a library that crashes, hangs or forks on import, or leaves threads behind
    that no fork would have, must not take the server with it.
    """
    names = config["imports"]
    if len(names) > 1 and _try_imports(config, names) == 0:  # as a rule: one trial instead of many
        for name in names:
            __import__(name)
        return {}
    failures = {}
    for name in names:
        status = _try_imports(config, [name])
        if status == 0:
            __import__(name)
        elif os.WIFSIGNALED(status):
            failures[name] = "import ends with signal %d" % os.WTERMSIG(status)
        else:
            why = {2: "starts threads", 3: "warns"}
            failures[name] = why.get(os.WEXITSTATUS(status), "import fails")
    return failures


def _try_imports(config, names):
    """Wait status of a job that imports these modules."""
    limits = config["import_limits"]
    ours = set(os.listdir(config["folder"]))
    status = _end_within(job.try_imports(config, names, limits), limits["wall_seconds"])
    if config["jobs"] == "fork":
        _end_descendants()
        _empty(config["folder"], ours)
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
    while True:
        request, descriptor = frames.read_with_descriptor(control)
        try:
            pid = job.start(driver, config, request, descriptor)
        except OSError as error:
            frames.write(control, {"refused": str(error)})
            continue
        finally:
            os.close(descriptor)
        end = _watch(control, pid, reader, request["limits"])
        if config["jobs"] == "fork":
            _end_descendants()
            _empty(config["folder"], ours)
        frames.write(control, end)


def _watch(control, pid, reader, limits):
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
            over = _over(limits)
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


def _over(limits):
    """Which limit the processes of the job pass together; each alone is held by the kernel."""
    found = _descendants()
    used = sum(rss for rss, _ in found.values())
    if used + _in_memory_files(found) > limits["memory_bytes"]:
        return "memory"
    if sum(cpu for _, cpu in found.values()) > limits["cpu_seconds"] + 1:
        return "cpu"
    return None


def _in_memory_files(pids):
    """Bytes of files in memory that the processes have open, which is no memory of theirs.

    Where jobs are forks of this process's own user, it may not look.
    """
    sizes = {}
    for pid in pids:
        folder = "/proc/%d/fd/" % pid
        try:
            for name in os.listdir(folder):
                if os.readlink(folder + name).startswith("/memfd:"):
                    found = os.stat(folder + name)
                    sizes[found.st_ino] = found.st_blocks * 512
        except OSError:  # gone, or not to be seen
            continue
    return sum(sizes.values())


def _descendants():
    """Resident bytes and CPU seconds by process id of all processes that this one is above."""
    parents, used = {}, {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name, errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(name)] = int(fields[1])
        cpu = sum(int(field) for field in fields[11:15]) / TICK
        used[int(name)] = (int(fields[21]) * PAGE, cpu)
    ours = os.getpid()
    found = {}
    for pid in used:
        above = parents.get(pid)
        while above is not None and above != ours:
            above = parents.get(above)
        if above == ours:
            found[pid] = used[pid]
    return found


def _end_descendants():
    """Kill and collect every process that a job left behind; this process inherits them.

    All that is dead is collected before the next look: where each look collected one, the remains
    of a fork bomb grew faster than they were cleared.
    """
    while True:
        _kill_descendants()
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def _kill_descendants():
    """The first process of a namespace reaches all others by one signal, which no fork outruns.

    Elsewhere all are stopped before any is killed: what is stopped forks no more, and keeps
    filling the limit of processes.
    """
    if os.getpid() == 1:
        _signal(-1, signal.SIGKILL)
        return
    stopped = set()
    while True:
        fresh = _descendants().keys() - stopped
        if not fresh:
            break
        for pid in fresh:
            _signal(pid, signal.SIGSTOP)
        stopped |= fresh
    for pid in stopped:
        _signal(pid, signal.SIGKILL)


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _empty(folder, kept):
    for entry in set(os.listdir(folder)) - kept:
        path = os.path.join(folder, entry)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            try:
                os.unlink(path)
            except OSError:
                pass


if __name__ == "__main__":
    main()

"""The processes and files that jobs leave, and what they use together; Python 3.7 and later."""

import os
import shutil
import signal
import time

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


def over(limits, others):
    """Which limit the processes of the job pass together; each alone is held by the kernel.

    `others` are children of this process with jobs of their own.
    """
    found = _descendants(others)
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


def _descendants(but_of=frozenset()):
    """Resident bytes and CPU seconds by process id of all processes that this one is above, without
    these children and what is below them."""
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
        top, above = pid, parents.get(pid)
        while above is not None and above != ours:
            top, above = above, parents.get(above)
        if above == ours and top not in but_of:
            found[pid] = used[pid]
    return found


def count_of_user(uid):
    """Processes of a user that this one can see, their threads included."""
    count = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/status" % name, errors="replace") as file:
                fields = dict(line.partition(":")[::2] for line in file)
            if int(fields["Uid"].split()[0]) == uid:
                count += int(fields["Threads"])
        except (OSError, KeyError, ValueError):  # gone, or not to be seen
            continue
    return count


def end_descendants(alone):
    """Kill and collect every process that a job left behind; this process inherits them.

    `alone` says whether this process and those below it are all that it can see.

    All that is dead is collected before the next look: where each look collected one, the remains
    of a fork bomb grew faster than they were cleared.
    """
    while True:
        _kill_descendants(alone)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def _kill_descendants(alone):
    """In a namespace of its own, all others are reached by one signal, which no fork outruns.

    Elsewhere all are stopped before any is killed: what is stopped forks no more, and keeps
    filling the limit of processes.
    """
    if alone:
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


def empty(folder, kept):
    """Remove from the folder all but what is kept, as far as that goes."""
    for entry in set(os.listdir(folder)) - kept:
        path = os.path.join(folder, entry)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            try:
                os.unlink(path)
            except OSError:
                pass

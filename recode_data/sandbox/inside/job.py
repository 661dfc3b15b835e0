"""One job: a fork of the server that gives up all it can before it runs untrusted code."""

import json
import os
import resource
import signal
import socket
import struct
import sys
import types
import warnings

from recode_inside import container, filters, frames, kernel, remains

JOB_USER = 1000
HIGHEST_DESCRIPTOR = 4096
DETAIL_CHARACTERS = 2000
ANNOUNCING = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)
HARMLESS = "may indicate binary incompatibility"
"""What Cython's modules say where they were compiled for another NumPy, which itself hides it."""


def start(driver, config, request, descriptor):
    """Fork the job; returns its process id.

    Raises:
        OSError: the kernel refused the fork.
    """
    pid = _fork(config)
    if pid == 0:
        try:
            _run(driver, config, request, descriptor)
        finally:
            os._exit(9)
    return pid


def try_imports(config, names, limits):
    """Fork a job that only imports these modules; returns its process id.

    It ends with 0 where that went well and left one thread, 2 where it left more, and 3 where a part
    of a package announces its end, which is for the job that imports it to see.
    """
    pid = _fork(config)
    if pid == 0:
        code = 1
        try:
            _close_all_but(2)
            # A job with namespaces of its own has a /proc of its own, and is to have no way to another;
            # without them, it sees none once it is locked in.
            threads = _own_threads() if config["jobs"] == "fork" else None
            _isolate(config, limits)
            code = _import(names, _own_threads() if threads is None else threads)
        finally:
            os._exit(code)
    return pid


def import_within(names, limits, is_strict=False):
    """Import these modules in this process, which may use no more than that; codes as above.

    Where it is to be strict, any warning at all is for the job to see.
    """
    most = {
        resource.RLIMIT_CPU: max(1, int(limits["cpu_seconds"])),
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
    }
    before = {kind: resource.getrlimit(kind) for kind in most}
    for kind, (_, hard) in before.items():
        soft = most[kind] if hard == resource.RLIM_INFINITY else min(most[kind], hard)
        resource.setrlimit(kind, (soft, hard))
    try:
        code = _import(names, _own_threads(), is_strict)
    except BaseException:  # the import of a library may raise whatever it likes
        code = 1
    for kind, known in before.items():
        resource.setrlimit(kind, known)
    return code


def _own_threads():
    """Descriptor of a folder with an entry for each thread of this process."""
    return os.open("/proc/self/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _import(names, threads, is_strict=False):
    """As above; what the modules do to the filters of warnings, for one, stays."""
    announced = []

    def record(message, category, *rest):
        if HARMLESS not in str(message):
            announced.append(category)

    shown = warnings.showwarning
    warnings.simplefilter("always")
    seen_always = warnings.filters[0]
    warnings.showwarning = record
    for name in names:
        before = len(announced)
        __import__(name)
        if "." not in name and not is_strict:
            del announced[before:]
    if warnings.showwarning is record:
        warnings.showwarning = shown
    if seen_always in warnings.filters:
        warnings.filters.remove(seen_always)
        warnings._filters_mutated()
    code = 0 if len(os.listdir(threads)) == 1 else 2
    os.close(threads)
    if code == 0 and any(is_strict or issubclass(one, ANNOUNCING) for one in announced):
        code = 3
    return code


def _fork(config):
    if config["jobs"] == "clone":
        return kernel.clone(kernel.JOB_FLAGS)
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        except OSError:  # this process must not go on as a second server
            os._exit(9)
    return pid


def _run(driver, config, request, descriptor):
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    sock = socket.socket(fileno=descriptor)
    _close_all_but(descriptor)
    channel, finish, complain = _make_channel(sock)
    try:
        _isolate(config, request["limits"])
    except OSError as error:
        complain("isolation", str(error))
        os._exit(3)
    _reseed()
    payload = frames.read(sock)
    try:
        driver.run(payload, channel)
        finish()
    except MemoryError:
        complain("memory", "out of memory")
        os._exit(4)
    except BaseException as error:
        complain("driver", "%s: %s" % (type(error).__name__, error))
        os._exit(5)
    os._exit(0)


def _isolate(config, limits):
    folder = config["folder"]
    if config["jobs"] == "clone":
        kernel.map_ids(JOB_USER, *config["user"])
        kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
        flags = kernel.MS_NOSUID | kernel.MS_NODEV
        size = "size=%d,mode=1777" % limits["tmp_bytes"]
        kernel.mount("tmpfs", "/tmp", "tmpfs", flags, size)
        kernel.mount("tmpfs", "/dev/shm", "tmpfs", flags, size)
        for twin, path in config["hidden"]:
            container.make_place(path, os.path.isdir(twin))
            kernel.mount(twin, path, None, kernel.MS_BIND | kernel.MS_REC)
        kernel.mount("proc", "/proc", "proc", flags)
    os.chdir(folder)
    # counted for each job: what the user runs elsewhere comes and goes
    _limit(limits, remains.count_of_user(os.getuid()) if config["shares_count"] else 0)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if config["level"] == "A":
        if filters.landlock_abi():
            filters.confine_files(["/"], ["/tmp", "/dev/shm", "/dev/null", "/dev/full"])
        kernel.drop_capabilities()
    elif config["level"] != "D":
        filters.confine_files(config["visible"], [folder, "/dev/null", "/dev/full"])
    if config["level"] != "D":
        filters.filter_system_calls()


def _limit(limits, others):
    """No more than that; `others` of the same user count as the job's own processes do."""
    cpu = max(1, int(limits["cpu_seconds"] + 0.999))
    cap(resource.RLIMIT_CPU, cpu, cpu + 1)
    for kind, value in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_NPROC, limits["processes"] + others),
    ):
        cap(kind, value)


def cap(kind, soft, hard=None):
    """Limit this process, by no more than what it is held to already."""
    hard = soft if hard is None else hard
    known = resource.getrlimit(kind)[1]
    if known != resource.RLIM_INFINITY:
        soft, hard = min(soft, known), min(hard, known)
    resource.setrlimit(kind, (soft, hard))


def _close_all_but(kept):
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, kept)
    os.closerange(kept + 1, HIGHEST_DESCRIPTOR)


def _reseed():
    """Unseeded draws follow the server's hash seed: repeatable, and others under another seed."""
    seed = int(os.environ.get("PYTHONHASHSEED", "0")) % 2**32
    if "random" in sys.modules:
        sys.modules["random"].seed(seed)
    numpy_random = sys.modules.get("numpy.random")
    if hasattr(numpy_random, "seed"):
        numpy_random.seed(seed)


def _make_channel(sock):
    """The driver's end of the result channel.

    The token lives in closures and arrives only after `loaded`: code that ran before could not
    read it, and what it wrote on the socket does not count. A fork that untrusted code left running
    ends here, where it would take the token that its parent waits for.
    """
    dumps, loads, pack, read_exactly = json.dumps, json.loads, struct.pack, frames.read_exactly
    sendall = sock.sendall
    answer = []
    owner, own_id, leave = os.getpid(), os.getpid, os._exit

    def write(value):
        raw = dumps(value).encode("utf-8", "surrogatepass")
        sendall(pack(">I", len(raw)) + raw)

    def loaded():
        if own_id() != owner:
            leave(0)
        if not answer:
            write({"loaded": True})
            length = int.from_bytes(read_exactly(sock, 4), "big")
            answer.append(loads(read_exactly(sock, length).decode("utf-8", "surrogatepass")))
        return answer[0]["secret"]

    def send(value):
        loaded()
        write({"token": answer[0]["token"], "message": value})

    def finish():
        loaded()
        write({"token": answer[0]["token"], "end": True})

    def complain(kind, detail):
        write({"failure": kind, "detail": detail[:DETAIL_CHARACTERS]})

    return types.SimpleNamespace(loaded=loaded, send=send), finish, complain

"""The server's own view of the machine: what it may see, read-only, and nothing else."""

import os
import signal
import struct

from recode_inside import kernel

DEVICES = ("null", "zero", "full", "random", "urandom")
USERS = """\
root:x:0:0::/tmp:/bin/false
user:x:1000:1000::/tmp:/bin/false
nobody:x:65534:65534::/tmp:/bin/false
"""
READ_ONLY = kernel.MS_RDONLY | kernel.MS_NOSUID
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
TMP_OPTIONS = "size=256m,mode=1777"  # for jobs that get none of their own
HIDDEN_BY_JOBS = ("/tmp/", "/dev/shm/")


def enter(visible, uid):
    """Move this process into own namespaces and a root that shows only `visible`.

    Root builds the container as root and leaves it as `uid`; a plain user needs a user namespace
    to build one. The calling process stays outside, to wait; the caller goes on in its child,
    process 1 of the container.

    Returns:
        Pairs (where it is, where it belongs) of what the private /tmp of a job would hide.

    Raises:
        OSError: this kernel does not let us.
    """
    as_root = os.getuid() == 0
    outer = (os.getuid(), os.getgid())
    kernel.unshare(kernel.CONTAINER_FLAGS | (0 if as_root else kernel.CLONE_NEWUSER))
    if not as_root:
        kernel.map_ids(0, *outer)
    child = os.fork()
    if child:
        _outlive(child)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    sources = _open(visible)  # before /tmp is hidden, and in this mount namespace
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", "/tmp", "tmpfs", flags, "size=1m,mode=755")
    root = "/tmp/root"
    os.mkdir(root)
    kernel.mount("tmpfs", root, "tmpfs", flags, "size=1m,mode=755")
    for name in ("tmp", "dev/shm"):
        os.makedirs(os.path.join(root, name))
        kernel.mount("tmpfs", os.path.join(root, name), "tmpfs", flags, TMP_OPTIONS)
    hidden = _fill(root, sources)
    _system_files(root)
    kernel.syscall("pivot_root", os.fsencode(root), os.fsencode(root + "/.old"))
    os.chdir("/")
    kernel.unmount("/.old")
    os.rmdir("/.old")
    kernel.mount(None, "/", None, flags | kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY)
    if as_root:  # in a user namespace, only the one id is mapped
        kernel.become(uid)
    return hidden


def _outlive(child):
    """Outside the container only wait: its end is the end of the container, too."""
    while True:
        try:
            os.waitpid(child, 0)
        except InterruptedError:
            continue
        except ChildProcessError:
            pass
        os._exit(0)


def _open(visible):
    sources = []
    for path in visible:
        if os.path.islink(path) and path.count("/") == 1:  # /bin -> usr/bin
            sources.append((path, None, os.readlink(path)))
        elif os.path.exists(path):
            sources.append((path, os.open(path, os.O_PATH | os.O_CLOEXEC), None))
    return sources


def _fill(root, sources):
    hidden = []
    for path, descriptor, link in sources:
        if link is not None:
            if not os.path.lexists(root + path):
                os.symlink(link, root + path)
            continue
        if path.startswith(HIDDEN_BY_JOBS):
            twin = "/.visible/%d" % len(hidden)
            hidden.append((twin, path))
            _show(descriptor, root + twin)
        _show(descriptor, root + path)
        os.close(descriptor)
    return hidden


def _show(descriptor, target):
    if os.path.lexists(target):  # beneath something shown already
        return
    source = "/proc/self/fd/%d" % descriptor
    make_place(target, os.path.isdir(source))
    kernel.mount(source, target, None, kernel.MS_BIND | kernel.MS_REC)
    attributes = struct.pack("QQQQ", READ_ONLY, 0, 0, 0)
    try:
        kernel.syscall(
            "mount_setattr",
            AT_FDCWD,
            os.fsencode(target),
            AT_RECURSIVE,
            attributes,
            len(attributes),
        )
    except OSError:  # before Linux 5.12
        flags = READ_ONLY | kernel.MS_REMOUNT | kernel.MS_BIND
        kernel.mount(None, target, None, flags)


def make_place(path, is_folder):
    """An empty folder or file to mount something on."""
    os.makedirs(path if is_folder else os.path.dirname(path), exist_ok=True)
    if not is_folder:
        open(path, "a").close()


def _system_files(root):
    for name in ("proc", "etc", ".old"):
        os.makedirs(os.path.join(root, name), exist_ok=True)
    for device in DEVICES:
        make_place("%s/dev/%s" % (root, device), False)
        kernel.mount("/dev/" + device, "%s/dev/%s" % (root, device), None, kernel.MS_BIND)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink("/proc/self/fd" + target, "%s/dev/%s" % (root, name))
    with open(root + "/etc/passwd", "w") as file:
        file.write(USERS)
    kernel.mount("proc", root + "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV)

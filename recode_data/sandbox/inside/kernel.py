"""System calls by ctypes, for kernels and C libraries of any age; x86-64 and aarch64.

Everything in this folder runs inside the interpreter of a mined version: Python 3.7 and later, the
standard library alone.
"""

import ctypes
import os
import platform

MACHINE = platform.machine()

# name: (x86-64, aarch64); None where the architecture has no such call
NUMBERS = {
    "clone": (56, 220),
    "pivot_root": (155, 41),
    "mount_setattr": (442, 442),
    "capset": (126, 91),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
ALL_NAMESPACES = 0x7E020000
CONTAINER_FLAGS = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS
JOB_FLAGS = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET
SIGCHLD = 17

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
LAST_CAPABILITY = 40

if MACHINE not in ("x86_64", "aarch64"):
    raise OSError("no system call numbers for %s" % MACHINE)

# PyDLL keeps the interpreter's lock, which a clone must hold in the parent and the child alike.
_libc = ctypes.PyDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long
_mount = _libc.mount
_umount2 = _libc.umount2
_prctl = _libc.prctl
_before_fork = ctypes.pythonapi.PyOS_BeforeFork
_after_fork_parent = ctypes.pythonapi.PyOS_AfterFork_Parent
_after_fork_child = ctypes.pythonapi.PyOS_AfterFork_Child


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def _error(what):
    number = ctypes.get_errno()
    return OSError(number, "%s: %s" % (what, os.strerror(number)))


def syscall(name, *args):
    """Call by name; integers go as C longs.

    Raises:
        OSError: the kernel refused; its message names the call.
    """
    number = NUMBERS[name][MACHINE == "aarch64"]
    converted = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    result = _syscall(ctypes.c_long(number), *converted)
    if result < 0:
        raise _error(name)
    return result


def prctl(option, *args):
    """`prctl(2)`; raises OSError."""
    values = [ctypes.c_ulong(arg) if isinstance(arg, int) else arg for arg in args]
    values += [ctypes.c_ulong(0)] * (4 - len(values))
    if _prctl(ctypes.c_int(option), *values) < 0:
        raise _error("prctl %d" % option)


def mount(source, target, kind, flags, options=None):
    """`mount(2)` on text arguments, each of which may be None; raises OSError."""
    raw = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    if _mount(raw[0], raw[1], raw[2], ctypes.c_ulong(flags), raw[3]) < 0:
        raise _error("mount %s on %s" % (kind or source or "flags", target))


def unmount(target):
    """Detach what is mounted on the target; raises OSError."""
    if _umount2(os.fsencode(target), MNT_DETACH) < 0:
        raise _error("umount %s" % target)


def clone(flags):
    """Fork into new namespaces with one call; returns as `os.fork` does.

    The raw call leaves out the C library's fork handlers: the caller must be single-threaded, and
    must be process 1 of its namespace where NEWPID is asked for, since the C library goes on to
    believe the old thread id, which is then right by construction.

    Raises:
        OSError: the kernel refused.
    """
    _before_fork()
    pid = _syscall(
        ctypes.c_long(NUMBERS["clone"][MACHINE == "aarch64"]),
        ctypes.c_long(flags | SIGCHLD),
        *[ctypes.c_long(0)] * 4,
    )
    if pid == 0:
        _after_fork_child()
        return 0
    number = ctypes.get_errno()
    _after_fork_parent()
    if pid < 0:
        raise OSError(number, "clone: %s" % os.strerror(number))
    return pid


def drop_capabilities():
    """Give up all capabilities, now and for every program run later."""
    for number in range(LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, number)
        except OSError:  # no such capability here, or nothing left to drop it with
            pass
    header = _CapHeader(0x20080522, 0)
    syscall("capset", ctypes.byref(header), ctypes.byref((_CapData * 2)()))


def unshare(flags):
    """`unshare(2)`; raises OSError."""
    if _libc.unshare(ctypes.c_int(flags)) < 0:
        raise _error("unshare")


def map_ids(inner, outer_uid, outer_gid):
    """Be user and group `inner` in this user namespace, which nobody has mapped yet."""
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", "%d %d 1" % (inner, outer_uid)),
        ("gid_map", "%d %d 1" % (inner, outer_gid)),
    ):
        with open("/proc/self/" + name, "w") as file:
            file.write(content)


def become(uid):
    """As root, turn into a user that process limits hold for; anybody else stays who they are."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)

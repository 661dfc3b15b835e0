"""What a job may ask the kernel for: seccomp (system calls) and Landlock (files, signals)."""

import ctypes
import errno
import os
import struct

from recode_inside import kernel

# --- seccomp --------------------------------------------------------------------------------------

# name: (x86-64, aarch64); None where the architecture has no such call. No snippet needs any of
# these; each has been a way out of some sandbox or changes the machine.
DENIED = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),  # memory that no process is seen to have
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}
AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE = (56, 220)
CLONE3 = (435, 435)
SOCKET = (41, 198)
X32_BIT = 0x40000000

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | errno.EPERM
NOT_THERE = 0x00050000 | errno.ENOSYS  # of clone3, so that C libraries fall back to clone


def filter_program():
    """The BPF program: refuses `DENIED`, sockets that are not local ones, and new namespaces."""
    column = 1 if kernel.MACHINE == "aarch64" else 0

    def do(code, value):
        return struct.pack("HBBI", code, 0, 0, value)

    def when(code, value, yes, no):
        return struct.pack("HBBI", code, yes, no, value)

    program = [
        do(LOAD, ARCHITECTURE_AT),
        when(EQUAL, AUDIT_ARCHITECTURE[kernel.MACHINE], 1, 0),
        do(RETURN, REFUSE),
        do(LOAD, NUMBER_AT),
    ]
    if kernel.MACHINE == "x86_64":
        program += [when(AT_LEAST, X32_BIT, 0, 1), do(RETURN, REFUSE)]
    for numbers in DENIED.values():
        if numbers[column] is not None:
            program += [when(EQUAL, numbers[column], 0, 1), do(RETURN, REFUSE)]
    program += [
        when(EQUAL, CLONE3[column], 0, 1),
        do(RETURN, NOT_THERE),
        when(EQUAL, SOCKET[column], 0, 4),
        do(LOAD, FIRST_ARGUMENT_AT),
        when(EQUAL, 1, 0, 1),  # AF_UNIX
        do(RETURN, ALLOW),
        do(RETURN, REFUSE),
        when(EQUAL, CLONE[column], 0, 3),
        do(LOAD, FIRST_ARGUMENT_AT),
        when(ANY_BIT, kernel.ALL_NAMESPACES, 0, 1),
        do(RETURN, REFUSE),
        do(RETURN, ALLOW),
    ]
    return b"".join(program)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


_RAW = filter_program()
_BUFFER = ctypes.create_string_buffer(_RAW, len(_RAW))
_PROGRAM = _Program(len(_RAW) // 8, ctypes.cast(_BUFFER, ctypes.c_void_p))


def filter_system_calls():
    """Install the filter for this process and its children, for good; raises OSError."""
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.byref(_PROGRAM))


# --- Landlock -------------------------------------------------------------------------------------

READ = 0b1101  # execute, read a file, list a folder
FILE_RIGHTS = 0b111 | 1 << 14 | 1 << 15
RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
ALLOW_BENEATH = 1


def landlock_abi():
    """Version of the kernel's Landlock; 0 where it has none."""
    try:
        return kernel.syscall("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def confine_files(readable, writable):
    """From now on, see only `readable` and change only `writable`, files and folders.

    Also keeps signals and abstract sockets inside, where the kernel can. Needs no_new_privs.

    Raises:
        OSError: the kernel has no Landlock, or refuses.
    """
    abi = landlock_abi()
    if abi == 0:
        raise OSError(errno.ENOSYS, "no Landlock")
    everything = RIGHTS_BY_ABI[max(known for known in RIGHTS_BY_ABI if known <= abi)]
    attributes = struct.pack("QQQ", everything, 0b11 if abi >= 4 else 0, 0b11 if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = kernel.syscall("landlock_create_ruleset", attributes, size, 0)
    try:
        for paths, rights in ((readable, READ), (writable, everything)):
            for path in paths:
                _allow(ruleset, path, rights & everything)
        kernel.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset, path, rights):
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this machine
        return
    try:
        if not os.path.isdir(path):
            rights &= FILE_RIGHTS
        rule = struct.pack("=Qi", rights, target)
        kernel.syscall("landlock_add_rule", ruleset, ALLOW_BENEATH, rule, 0)
    finally:
        os.close(target)

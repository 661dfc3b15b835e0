"""What untrusted code tries, and what must come of it, for every kind of isolation.

Run as a program, it prints what each case gave as JSON: so another user can be made to run it.
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from recode_data.records import Environment
from recode_data.sandbox import JobResult, Limits, Sandbox
from recode_data.sandbox.isolation import Plan, plans

DRIVER = Path(__file__).with_name("exec_driver.py")
LIMITS = Limits(
    cpu_seconds=1.0,
    wall_seconds=2.5,
    memory_bytes=1 << 30,
    processes=32,
    file_bytes=1 << 20,
    output_bytes=1 << 20,
    tmp_bytes=4 << 20,
)
FINE = frozenset({"done"})
ENDED = frozenset({"crash", "timeout", "sandbox_failed"})

TRY = """
def refused(action):
    try:
        action()
    except (OSError, ImportError) as error:
        return type(error).__name__
    return "allowed"
"""


@dataclass(frozen=True)
class Attack:
    name: str
    code: str
    statuses: frozenset[str]
    answer: object = None
    levels: str = "ABC"
    """Levels of isolation at which it must fail."""
    jobs: str = ""
    """Only where jobs are made this way; empty: however they are."""


REFUSED = object()
"""The answer must not be `allowed`."""

ATTACKS = [
    Attack("honest", "answer = 6 * 7", FINE, 42, "ABCD"),
    Attack("exit", "raise SystemExit(0)", frozenset({"crash"}), levels="ABCD"),
    Attack("hard exit", "import os\nos._exit(0)", frozenset({"crash"}), levels="ABCD"),
    Attack("loop", "while True: pass", frozenset({"timeout"}), levels="ABCD"),
    Attack("sleep", "import time\ntime.sleep(60)", frozenset({"timeout"}), levels="ABCD"),
    Attack("memory", "x = bytearray(1 << 40)", frozenset({"out_of_memory"}), levels="ABCD"),
    Attack("segfault", "import ctypes\nctypes.string_at(0)", frozenset({"crash"}), levels="ABCD"),
    Attack(
        "fork bomb",
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
        frozenset({"timeout", "crash"}),
    ),
    Attack(
        "memory of many processes",
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (300 << 20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)",
        frozenset({"out_of_memory", "timeout"}),
        levels="ABCD",
    ),
    Attack(
        "CPU of many processes",
        "import os, time\n"
        "for _ in range(6):\n"
        "    if os.fork() == 0:\n"
        "        while True: pass\n"
        "time.sleep(60)",
        frozenset({"timeout"}),
        levels="ABCD",
    ),
    Attack(
        "print gigabytes", "for _ in range(100): print('x' * 10**7)", FINE | ENDED, levels="ABCD"
    ),
    Attack(
        "flood the channel",
        "import os\n"
        "for fd in range(3, 64):\n"
        "    try:\n"
        "        for _ in range(4000):\n"
        "            os.write(fd, b'\\x00\\x00\\x10\\x00' + b'[' * 4096)\n"
        "    except OSError:\n"
        "        pass",
        frozenset({"output_limit", "timeout"}),
        levels="ABCD",
    ),
    Attack(
        "forge the end before it is known how",
        "import os, json, struct\n"
        "raw = json.dumps({'token': '', 'end': True}).encode()\n"
        "raw += b''\n"
        "for fd in range(3, 64):\n"
        "    try:\n"
        "        os.write(fd, struct.pack('>I', len(raw)) + raw)\n"
        "    except OSError:\n"
        "        pass\n"
        "os._exit(0)",
        frozenset({"crash"}),
        levels="ABCD",
    ),
    Attack(
        "write outside",
        TRY + "answer = refused(lambda: open('/usr/lib/recode-was-here', 'w'))",
        FINE,
        REFUSED,
    ),
    Attack(
        "write beside the toolkit",
        TRY + f"answer = refused(lambda: open({str(DRIVER.with_name('x'))!r}, 'w'))",
        FINE,
        REFUSED,
    ),
    Attack(
        "read what is not shown",
        TRY + f"answer = refused(lambda: open({str(DRIVER)!r}).read())",
        FINE,
        REFUSED,
    ),
    Attack(
        "change the packages",
        TRY + "import json\nanswer = refused(lambda: open(json.__file__, 'a'))",
        FINE,
        REFUSED,
    ),
    Attack(
        "internet socket",
        TRY + "import socket\nanswer = refused(lambda: socket.socket())",
        FINE,
        REFUSED,
    ),
    Attack(
        "datagram socket",
        TRY
        + "import socket\n"
        + "answer = refused(lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))",
        FINE,
        REFUSED,
    ),
    Attack(
        "memory that no process has",
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "answer = libc.shmget(0, 1 << 20, 0o1600) if hasattr(libc, 'shmget') else -1",
        FINE,
        -1,
    ),
    Attack(
        "memory of the server",
        TRY + "import os\nanswer = refused(lambda: open(f'/proc/{os.getppid()}/mem', 'rb'))",
        FINE,
        REFUSED,
    ),
    Attack(
        "kill everything",
        "import os\ntry:\n    os.kill(-1, 9)\nexcept OSError:\n    pass",
        FINE | ENDED,
    ),
    Attack(
        "new namespaces",
        TRY
        + "import ctypes, os\n"
        + "libc = ctypes.CDLL(None, use_errno=True)\n"
        + "answer = 'allowed' if libc.unshare(0x10000000) == 0 else 'refused'",
        FINE,
        "refused",
    ),
    Attack(
        "fill the disk",
        "import os\n"
        "try:\n"
        "    for i in range(64):\n"
        "        open('f%d' % i, 'wb').write(b'x' * (900 << 10))\n"
        "    answer = 'allowed'\n"
        "except OSError:\n"
        "    answer = 'refused'",
        FINE,
        "refused",
        "A",
        "clone",
    ),
    Attack(
        "a file beyond the limit",
        TRY
        + "import signal\n"
        + "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        + "answer = refused(lambda: open('big', 'wb').write(b'x' * (2 << 20)))",
        FINE,
        REFUSED,
        "ABCD",
    ),
    Attack("leave a file", "open('left', 'w').write('x')", FINE, levels="ABCD"),
    Attack("find what others left", "import os\nanswer = os.listdir('.')", FINE, [], "BCD"),
    Attack(
        "daemon",
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        while True:\n"
        "            time.sleep(1)\n"
        "    os._exit(0)\n"
        "time.sleep(0.2)",
        FINE,
        levels="ABCD",
    ),
    Attack("still honest", "answer = 6 * 7", FINE, 42, "ABCD"),
]


def environment() -> Environment:
    return Environment("own", sys.executable, sys.prefix, platform.python_version(), ())


def holds(attack: Attack, result: JobResult) -> bool:
    """Whether the attack failed as it must."""
    if result.status.value not in attack.statuses:
        return False
    if result.status.value != "done":
        return True
    if attack.answer is REFUSED:
        return result.messages[0] != "allowed"
    return result.messages == (attack.answer,)


def failures(plan: Plan) -> list[str]:
    """What holds not under this plan, in words."""
    found = []
    with Sandbox(environment(), DRIVER, plan=plan) as sandbox:
        for attack in ATTACKS:
            if plan.level.value not in attack.levels or attack.jobs not in ("", plan.jobs):
                continue
            result = sandbox.run(attack.code, limits=LIMITS)
            if not holds(attack, result):
                found.append(
                    f"{attack.name}: {result.status.value} {result.detail} {result.messages}"
                )
    return found


if __name__ == "__main__":
    found = {f"{plan.level.value} {plan.words}": failures(plan) for plan in plans()}
    sys.stdout.write(json.dumps(found))

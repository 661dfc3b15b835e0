"""One sandbox: a fork server in a mined environment, and jobs sent to it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from recode_data.errors import SandboxError
from recode_data.records import Environment, JsonValue
from recode_data.sandbox import framing
from recode_data.sandbox.exchange import Exchange
from recode_data.sandbox.isolation import Plan, choose
from recode_data.sandbox.limits import GIB, JobResult, JobStatus, Level, Limits
from recode_data.sandbox.spawning import spawn

SERVER = Path(__file__).parent / "inside" / "server.py"
SYSTEM = (
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/bin",
    "/sbin",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/ssl",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
INTERPRETER_FOLDERS = ("bin", "lib", "lib64", "libexec", "share")
HIDDEN_BY_JOBS = ("/tmp/", "/dev/shm/")
USERS = range(20000, 60000)
"""As root, each server is a user of its own: process limits count what all of a user's jobs do."""
SOILED_MEMORY = "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"
"""With a hash seed other than 0, fresh memory holds no zeros: what a snippet reads without having
written it then differs from the run under seed 0, instead of passing for a value."""
BRANCHES = 6
"""Of a server, kept, with those that are known to be none."""
START_SECONDS = 300.0
CLOSE_SECONDS = 2.0
ATTEMPTS = 2
DEFAULT_LIMITS = Limits()
IMPORT_LIMITS = Limits(cpu_seconds=60.0, wall_seconds=120.0, memory_bytes=8 * GIB)
"""For the imports of a server: large libraries take seconds, one that hangs takes all of it."""

Leading: TypeAlias = "tuple[str, ...]"
"""Modules that a program begins with importing, those first that other programs have in common with it."""


class Sandbox:
    """Runs a driver on payloads, each in a fresh fork of one warm server.

    The server starts with the first job, imports `imports` once, and is started again when it
    dies. One job at a time; not thread-safe (`SandboxPool` is).

    Args:
        environment: Whose interpreter and packages jobs see.
        driver: Trusted file that defines `run(payload, channel)`, stdlib only, Python 3.7 on.
        setup: What the driver's `prepare`, if it has one, gets once per server. Its `settle`, if it has
            one, is called whenever a server or a branch of it has imported what it is to have.
        imports: Modules to import before jobs are forked; one that fails is left to the jobs.
        hash_seed: PYTHONHASHSEED of the server.
        level: Insist on this level; by default the strongest that works.
        allow_weak: Accept resource limits alone.
        readable: Further paths that jobs may read.
        plan: Skip the choice.

    Raises:
        WeakSandboxError: on construction, when there is no isolation good enough.
    """

    def __init__(
        self,
        environment: Environment,
        driver: Path,
        *,
        setup: JsonValue = None,
        imports: tuple[str, ...] = (),
        hash_seed: int = 0,
        level: Level | None = None,
        allow_weak: bool = False,
        readable: tuple[Path, ...] = (),
        plan: Plan | None = None,
    ) -> None:
        self._plan = plan or choose(level, allow_weak or level is Level.LIMITS)
        self._environment = environment
        self._driver = driver.read_text(encoding="utf-8")
        self._setup = setup
        self._imports = imports
        self._hash_seed = hash_seed
        self._readable = readable
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._branches: OrderedDict[Leading, socket.socket | None] = OrderedDict()
        self._asked: set[Leading] = set()
        self.import_failures: dict[str, JsonValue] = {}

    @property
    def level(self) -> Level:
        """How strongly jobs are kept apart."""
        return self._plan.level

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def run(
        self,
        payload: JsonValue,
        *,
        secret: JsonValue = None,
        limits: Limits = DEFAULT_LIMITS,
        leading: Leading = (),
    ) -> JobResult:
        """Run the driver on one payload; never raises for what the job does.

        Args:
            payload: What the driver gets at once.
            secret: What it gets only after the untrusted code has been loaded.
            limits: What the job may use.
            leading: What the payload's code, which is trusted so far, imports first of all. What two
                jobs begin with alike is imported in a branch of the server, where that can be done
                unseen: without a failure, a warning or a thread.

        Returns:
            How the job ended. SANDBOX_FAILED, after one retry, says nothing about its code.
        """
        why = ""
        for _ in range(ATTEMPTS):
            try:
                return self._run(self._with_imports(leading), payload, secret, limits)
            except (framing.ServerGoneError, OSError) as error:
                why = str(error)
                self.close()
            except BaseException:  # interrupted between question and answer: out of step
                self.close()
                raise
        return JobResult(JobStatus.SANDBOX_FAILED, (), why, 0.0, 0.0, self.level)

    def _run(
        self, control: socket.socket, payload: JsonValue, secret: JsonValue, limits: Limits
    ) -> JobResult:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                framing.send(control, {"limits": asdict(limits)}, theirs.fileno())
            return Exchange(control, ours, payload, secret, limits).drive(self.level)

    def _with_imports(self, leading: Leading) -> socket.socket:
        """The control of the server, or of the branch of it that has imported most of this.

        A branch has branches: what two programs import differs, and begins alike.
        """
        server = self._started()
        if self._plan.jobs != "clone":  # plain forks share a folder, and end each other
            return server
        nodes = _nodes(leading, self._imports)
        fit = [*takewhile(lambda node: self._branches.get(node, server) is not None, nodes)]
        top = next((node for node in reversed(fit) if node in self._branches), ())
        control = self._branches.get(top) or server
        again = next((node for node in reversed(fit) if node in self._asked), ())
        self._asked.update(nodes)
        if len(again) > len(top):
            made = self._branches[again] = self._branch(control, again[len(top) :])
            control = made or control
        for node in reversed(nodes):  # the longer, the sooner closed: it is a fork of the shorter
            if node in self._branches:
                self._branches.move_to_end(node)
        self._close_branches(BRANCHES)
        return control

    def _branch(self, control: socket.socket, further: Leading) -> socket.socket | None:
        """A fork of a server that has imported more; None where it is not to be seen that it had."""
        ours, theirs = socket.socketpair()
        with theirs:
            framing.send(control, {"branch": [*further]}, theirs.fileno())
        ours.settimeout(IMPORT_LIMITS.wall_seconds)
        try:
            is_ready = framing.receive(ours).get("ready") is True
        except (framing.ServerGoneError, OSError):
            is_ready = False
        if not is_ready:
            ours.close()
            return None
        ours.settimeout(None)
        return ours

    def _close_branches(self, kept: int) -> None:
        """End all but the last used ones."""
        while len(self._branches) > kept:
            _, branch = self._branches.popitem(last=False)
            if branch is not None:
                branch.close()

    def _started(self) -> socket.socket:
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair()
        with theirs:
            self._control = ours
            folder = self._make_folder()
            visible = self._visible()
            command, hidden = self._command(visible, theirs.fileno())
            self._process = spawn(
                lambda: subprocess.Popen(
                    command,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=self._variables(folder),
                    cwd="/",
                    start_new_session=True,
                )
            )
        user = USERS[self._process.pid % len(USERS)]
        if self._folder is not None and self._plan.level is Level.OTHER_UID:
            os.chown(self._folder, user, user)
        ours.settimeout(START_SECONDS)
        framing.send(
            ours,
            {
                "level": self._plan.level.value,
                "container": self._plan.container,
                "jobs": self._plan.jobs,
                "visible": [*visible],
                "needed": [self._environment.root],
                "hidden": hidden,
                "folder": folder,
                "uid": user,
                "driver": self._driver,
                "setup": self._setup,
                "imports": list(self._imports),
                "import_limits": asdict(IMPORT_LIMITS),
            },
        )
        answer = framing.receive(ours)
        if "ready" not in answer:
            raise framing.ServerGoneError(str(answer.get("failed", "the server did not start")))
        failures = answer["failures"]
        self.import_failures = failures if isinstance(failures, dict) else {}
        ours.settimeout(None)
        return ours

    def _make_folder(self) -> str:
        """Where jobs may write: their own /tmp, or a folder that the server empties."""
        if self._plan.container != "none":
            return "/tmp"
        self._folder = Path(tempfile.mkdtemp(prefix="recode-jobs-"))
        return str(self._folder)

    def _visible(self) -> tuple[str, ...]:
        interpreter = Path(self._environment.python).resolve().parent.parent
        parts = [str(interpreter / name) for name in INTERPRETER_FOLDERS]
        paths = [*SYSTEM, *parts, self._environment.root, *map(str, self._readable)]
        if self._plan.container == "none":
            paths += DEVICES
        return tuple(dict.fromkeys(path for path in paths if os.path.lexists(path)))

    def _command(self, visible: tuple[str, ...], channel: int) -> tuple[list[str], JsonValue]:
        """The server's command line, and what of the visible paths a job's /tmp would hide."""
        server = [self._environment.python, "-S", "-s", "-B", str(SERVER), str(channel)]
        if self._plan.container != "bwrap":
            return server, []
        bwrap = shutil.which("bwrap")
        if bwrap is None:
            raise framing.ServerGoneError("bubblewrap is not installed")
        namespaces = ["user", "ipc", "pid", "net", "uts"]
        command = [bwrap, *(f"--unshare-{name}" for name in namespaces)]
        command += ["--die-with-parent", "--as-pid-1", "--tmpfs", "/tmp"]
        hidden: list[JsonValue] = []
        for path in (*visible, str(SERVER.parent)):
            if Path(path).is_symlink() and path.count("/") == 1:
                command += ["--symlink", str(Path(path).readlink()), path]
                continue
            command += ["--ro-bind", path, path]
            if path.startswith(HIDDEN_BY_JOBS):
                twin = f"/.visible/{len(hidden)}"
                command += ["--ro-bind", path, twin]
                hidden.append([twin, path])
        command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/", "--chdir", "/", "--"]
        return [*command, *server], hidden

    def _variables(self, folder: str) -> dict[str, str]:
        soiled = {"GLIBC_TUNABLES": SOILED_MEMORY} if self._hash_seed else {}
        return {
            **soiled,
            "PATH": "/usr/bin:/bin",
            "HOME": folder,
            "TMPDIR": folder,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "MPLBACKEND": "Agg",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "JE_ARROW_MALLOC_CONF": "background_thread:false",  # a thread that no fork would have
            "POLARS_MAX_THREADS": "1",  # else groups come in the order in which threads end
            "PYTHONHASHSEED": str(self._hash_seed),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def close(self) -> None:
        """End the server, and with it every process that it ever started."""
        self._close_branches(0)
        self._asked.clear()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _nodes(leading: Leading, there: Collection[str]) -> list[Leading]:
    """What is imported with these modules, one after the other, packages before what is in them; each
    with all that comes before it."""
    parts = (name.split(".") for name in leading)
    steps = dict.fromkeys(".".join(part[:end]) for part in parts for end in range(1, len(part) + 1))
    left = [name for name in steps if name not in there]
    return [tuple(left[:end]) for end in range(1, len(left) + 1)]


def require(result: JobResult) -> JobResult:
    """The result, unless the sandbox itself failed.

    Raises:
        SandboxError: it did.
    """
    if result.status is JobStatus.SANDBOX_FAILED:
        raise SandboxError(f"the sandbox failed: {result.detail}")
    return result

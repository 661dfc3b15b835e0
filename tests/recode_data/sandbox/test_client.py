from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from recode_data.records import Environment
from recode_data.sandbox import JobStatus, Level, Limits, Sandbox, SandboxPool, client
from recode_data.sandbox.isolation import Plan, attempt, choose, plans
from recode_data.sandbox.spawning import spawn
from tests.recode_data.sandbox.hostile import DRIVER, LIMITS, environment

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(environment(), DRIVER, imports=("random", "no_such_module")) as made:
        yield made


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def test_jobs_share_nothing_but_the_imports(sandbox: Sandbox) -> None:
    first = sandbox.run("import sys\nsys.mark = 1\nanswer = 'random' in sys.modules")
    second = sandbox.run("import sys\nanswer = hasattr(sys, 'mark')")
    assert (first.messages, second.messages) == ((True,), (False,))
    assert sandbox.import_failures == {"no_such_module": "import fails"}


def test_unseeded_draws_repeat_under_a_seed_and_differ_under_another() -> None:
    """So that a build gives the same bytes twice, and the verifier still sees randomness."""
    code = "import random\nanswer = random.random()"
    drawn = []
    for seed in (0, 0, 1):
        with Sandbox(environment(), DRIVER, imports=("random",), hash_seed=seed) as made:
            drawn += [made.run(code).messages, made.run(code).messages]
    assert len(set(drawn)) == 2
    assert drawn[0] == drawn[3] != drawn[4]


def test_secret_comes_only_after_loading(sandbox: Sandbox) -> None:
    code = (
        "import gc\n"
        "early = chr(112) + 'ZqjX9' in repr(gc.get_objects())\n"
        "after = lambda secret: [early, secret]"
    )
    result = sandbox.run(code, secret="pZqjX9")
    assert result.messages == ([False, "pZqjX9"],)


def test_a_fork_that_goes_on_holds_nothing_up(sandbox: Sandbox) -> None:
    """It would take part in the exchange, and keep the job alive until the wall clock ends it."""
    limits = Limits(cpu_seconds=5, wall_seconds=10)
    for _ in range(5):  # which of the two comes first is chance
        result = sandbox.run("import os\nos.fork()\nanswer = 1", limits=limits)
        assert (result.status, result.messages) == (JobStatus.DONE, (1,))
        assert result.wall_seconds < 5


def test_files_in_memory_count_as_memory(sandbox: Sandbox) -> None:
    if choose(None, False).jobs != "clone":
        pytest.skip("jobs have no namespaces below the server's, which may not look at their files")
    code = (
        "import os, time\nkept = [os.memfd_create('x') for _ in range(48)]\n"
        "for file in kept: os.ftruncate(file, 16 << 20); os.posix_fallocate(file, 0, 16 << 20)\n"
        "time.sleep(30)"
    )
    limits = Limits(memory_bytes=512 << 20, wall_seconds=25)
    assert sandbox.run(code, limits=limits).status is JobStatus.OUT_OF_MEMORY
    assert sandbox.run("answer = 1").messages == (1,)


def test_what_arrived_before_the_end_is_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    driver = tmp_path / "early_driver.py"
    driver.write_text(
        "import os\ndef run(payload, channel):\n    channel.send('first')\n    os._exit(0)\n"
    )
    with Sandbox(environment(), driver) as other:
        result = other.run(None)
    assert (result.status, result.messages) == (JobStatus.CRASH, ("first",))


def test_large_payloads_and_odd_text_survive(sandbox: Sandbox) -> None:
    text = "é\ud800\x00" * 200_000
    result = sandbox.run(f"answer = [len({text!r}), {text[:6]!r}]")
    assert result.messages == ([600_000, text[:6]],)


def test_a_dead_server_is_replaced(sandbox: Sandbox) -> None:
    sandbox.run("answer = 1")
    assert sandbox._process is not None
    os.kill(sandbox._process.pid, signal.SIGKILL)
    assert sandbox.run("answer = 2").messages == (2,)


def test_a_broken_environment_is_no_verdict(tmp_path: Path) -> None:
    broken = replace(environment(), python=str(tmp_path / "python"))
    with Sandbox(broken, DRIVER) as sandbox:
        result = sandbox.run("answer = 1")
    assert result.status is JobStatus.SANDBOX_FAILED


def test_nothing_is_left_behind() -> None:
    before = children()
    with Sandbox(environment(), DRIVER) as sandbox:
        sandbox.run("import os\nos.fork()\nos.fork()", limits=LIMITS)
        assert children() > before
    assert children() == before


def environment_with(root: Path, **files: str) -> Environment:
    """A virtual environment in `root` that holds these files of site-packages."""
    site_packages = root / "lib" / f"python{environment().python_version[:4]}" / "site-packages"
    site_packages.mkdir(parents=True)
    for name, text in files.items():
        (site_packages / name.replace("__", ".")).write_text(text)
    (root / "bin").mkdir()
    own = Path(environment().python).resolve()
    (root / "bin" / "python").symlink_to(own)
    (root / "pyvenv.cfg").write_text(f"home = {own.parent}\ninclude-system-site-packages = false\n")
    return replace(environment(), python=str(root / "bin" / "python"), root=str(root))


def test_libraries_start_inside(tmp_path: Path) -> None:
    """Start-up files of an environment are code of whoever packed it."""
    mark = tmp_path / "mark"
    made = environment_with(
        tmp_path / "env",
        evil__pth=f"import sys; open({str(mark)!r}, 'w')\n",
        fine__pth="import sys; sys.seen = 'fine'\n",
    )
    with Sandbox(made, DRIVER) as sandbox:
        result = sandbox.run("import sys\nanswer = sys.seen")
    assert result.messages == ("fine",), result.detail
    assert not mark.exists()


IMPORTS = [
    ("fine", "x = 1", None),
    ("raises", "raise RuntimeError('no licence')", "import fails"),
    ("leaves", "raise SystemExit(0)", "import fails"),
    ("aborts", "import os\nos.abort()", "import ends with signal"),
    ("loops", "while True: pass", "import ends with signal"),
    ("sleeps", "import time\ntime.sleep(60)", "import ends with signal"),
    ("starts", "import threading, time\nthreading.Thread(target=time.sleep, args=(9,)).start()",
     "starts threads"),
]  # fmt: skip


def others_reach(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)


@pytest.mark.parametrize(
    "plan", [item for item in plans() if item.level is not Level.LIMITS], ids=str
)
def test_an_import_takes_nothing_with_it(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a library does when it is imported, the server lives on and serves."""
    why = attempt(plan)
    if why is not None:
        pytest.skip(f"this machine has no {plan.words}: {why}")
    if plan.level is Level.OTHER_UID and not others_reach(Path(environment().python).resolve()):
        pytest.skip("this machine has no interpreter here that another user can reach")
    monkeypatch.setattr(client, "IMPORT_LIMITS", replace(LIMITS, memory_bytes=2 << 30))
    for folder in (tmp_path, *tmp_path.parents):  # at level B jobs are another user's
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    names = [name for name, _, _ in IMPORTS]
    made = environment_with(tmp_path / "env", **{f"{name}__py": code for name, code, _ in IMPORTS})
    with Sandbox(made, DRIVER, plan=plan, imports=tuple(names)) as sandbox:
        result = sandbox.run("import fine\nanswer = fine.x", limits=LIMITS)
        failures = {
            name: str(text).rstrip("0123456789 ") for name, text in sandbox.import_failures.items()
        }
    assert result.messages == (1,), result.detail
    assert failures == {name: why for name, _, why in IMPORTS if why}


def test_what_announces_its_end_is_left_to_the_job_that_imports_it(tmp_path: Path) -> None:
    warning = "import warnings\nwarnings.warn('use b', {}, stacklevel=2)\n"
    parts = {
        "library.__init__": "",
        "library.old": warning.format("DeprecationWarning"),
        "library.noisy": warning.format("UserWarning"),
        "library.fine": "",
    }
    made = environment_with(tmp_path / "env", library__pth="")
    packages = next((tmp_path / "env").rglob("site-packages"))
    for name, code in parts.items():
        file = packages / f"{name.replace('.', '/')}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(code)
    imports = ("library", "library.old", "library.noisy", "library.fine", "library.none")
    question = "import sys\nanswer = sorted(n for n in sys.modules if n.startswith('library'))"
    with Sandbox(made, DRIVER, imports=imports) as sandbox:
        seen = sandbox.run(question).messages
        failures = sandbox.import_failures
    assert seen == (["library", "library.fine", "library.noisy"],)
    assert failures == {"library.old": "warns", "library.none": "import fails"}


def said(sandbox: Sandbox, code: str, *leading: str) -> object:
    """What the code says, in a program that begins with importing this."""
    result = sandbox.run(code, leading=leading)
    assert result.status is JobStatus.DONE, result
    return result.messages[0]


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Sandbox]:
    """A server in an environment with a package, some modules of which are not to be imported unseen."""
    if choose(None, False).jobs != "clone":
        pytest.skip("without namespaces of its own, a job ends whatever else the server started")
    made = environment_with(tmp_path / "env")
    site_packages = next(tmp_path.glob("env/lib/*/site-packages"))
    sources = {
        "__init__": "",
        "one": "import os\nwho = os.getpid()",
        "two": "from pkg.one import who\nmine = object()",
        "big": "kept = b'x' * (300 << 20)",
        "fails": "raise ValueError('no')",
        "warns": "import warnings\nwarnings.warn('soon', UserWarning)",
        "built": "import warnings\nwarnings.warn('X size changed, may indicate binary incompatibility.', RuntimeWarning)",
        "starts": "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        "ends": "import os\nif os.path.exists('/tmp/again'): os._exit(7)\nopen('/tmp/again', 'w').close()",
    }
    (site_packages / "pkg").mkdir()
    sources |= {f"part{number}": "" for number in range(3 * client.BRANCHES)}
    for name, source in sources.items():
        (site_packages / "pkg" / f"{name}.py").write_text(source)
    with Sandbox(made, DRIVER) as sandbox:
        yield sandbox


def had(sandbox: Sandbox, *leading: str) -> object:
    """Modules of the package that were there before the code ran."""
    code = "import sys\nanswer = sorted(name for name in sys.modules if name.startswith('pkg'))"
    return said(sandbox, code, *leading)


def test_what_two_jobs_begin_with_is_imported_in_a_branch(package: Sandbox) -> None:
    one, two = "pkg.one", "pkg.two"
    assert had(package, one) == []
    assert had(package, one) == ["pkg", "pkg.one"]
    assert had(package, two) == ["pkg"]  # the package, for the third time
    assert had(package, two) == ["pkg", "pkg.one", "pkg.two"]
    assert had(package, one) == ["pkg", "pkg.one"]  # and nothing of another program
    assert had(package) == []


def test_what_it_was_compiled_for_is_nothing_to_see(package: Sandbox) -> None:
    for _ in range(2):
        found = had(package, "pkg.built")
    assert found == ["pkg", "pkg.built"]


def test_a_branch_has_branches(package: Sandbox) -> None:
    one, two = "pkg.one", "pkg.two"
    for _ in range(2):
        had(package, one)
    for _ in range(2):
        had(package, one, two)
    code = "import pkg.one\nanswer = pkg.one.who"
    assert said(package, code, one) == said(package, code, one, two)  # imported once


@pytest.mark.parametrize("module", ["pkg.fails", "pkg.warns", "pkg.starts", "pkg.none"])
def test_what_cannot_be_imported_unseen_is_left_to_the_job(package: Sandbox, module: str) -> None:
    for _ in range(4):
        assert module not in str(had(package, module))
    assert package.run("answer = 1").messages == (1,)


def test_an_import_that_ends_its_process_ends_no_server(package: Sandbox) -> None:
    package.run("answer = 1")
    server = package._process
    for _ in range(3):
        had(package, "pkg.ends")
    assert package.run("answer = 2").messages == (2,)
    assert package._process is server


def test_branches_are_few_and_end_with_their_server(package: Sandbox) -> None:
    before = children()
    for _ in range(2):
        for number in range(3 * client.BRANCHES):
            had(package, f"pkg.part{number}")
    assert len(package._branches) == client.BRANCHES
    assert len(children() - before) <= client.BRANCHES + 3
    package.close()
    assert children() <= before


def test_a_job_may_use_what_it_may_beside_branches(package: Sandbox) -> None:
    """Branches are children of the server too, and what they hold is no job's."""
    for _ in range(3):
        had(package, "pkg.big")
    filled = "kept = b'x' * (250 << 20)\nimport time\ntime.sleep(1.2)\nanswer = 1"
    limits = Limits(memory_bytes=512 << 20)
    assert package.run(filled, limits=limits).status is JobStatus.DONE


def test_what_an_import_does_to_its_process_stays(tmp_path: Path) -> None:
    code = (
        "import resource, sys, warnings\n"
        "sys.limit = resource.getrlimit(resource.RLIMIT_CPU)[0]\n"
        "warnings.filterwarnings('ignore', message='quiet')\n"
        "warnings.showwarning = print\n"
    )
    question = (
        "import sys, warnings\n"
        "ours = [f for f in warnings.filters if f[1] and f[1].match('quiet')]\n"
        "always = ('always', None, Warning, None, 0) in warnings.filters\n"
        "answer = [sys.limit, len(ours), always, warnings.showwarning is print]\n"
    )
    made = environment_with(tmp_path / "env", fine__py=code)
    with Sandbox(made, DRIVER, imports=("fine",)) as sandbox:
        assert sandbox.run(question).messages == ([60, 1, False, True],)
        assert sandbox.import_failures == {}


def test_a_library_that_forks_without_end_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = (
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n"
    )
    monkeypatch.setattr(client, "IMPORT_LIMITS", LIMITS)
    made = environment_with(tmp_path / "env", bomb__py=bomb)
    before = children()
    seen, over = [0], threading.Event()

    def count() -> None:
        while not over.wait(0.02):
            seen.append(len(list(Path("/proc").iterdir())))

    counting = threading.Thread(target=count)
    counting.start()
    with Sandbox(made, DRIVER, imports=("bomb",)) as sandbox:
        result = sandbox.run("answer = 1", limits=LIMITS)
        assert result.messages == (1,), result.detail
        assert sandbox.import_failures["bomb"].startswith("import ends with signal")
    over.set()
    counting.join()
    assert max(seen) < 2500
    assert children() == before


def test_pool_serves_threads_side_by_side() -> None:
    answers = []
    with SandboxPool(size=2) as pool:

        def ask(number: int) -> None:
            code = f"import time\ntime.sleep(0.3)\nanswer = {number}"
            answers.append(pool.run(environment(), DRIVER, code).messages[0])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [0, 1, 2, 3]
        assert time.monotonic() - started < 4 * 0.3 + 3
        assert len(pool._idle) == 2
    assert not pool._idle


@pytest.mark.parametrize(
    "plan", plans(), ids=lambda plan: f"{plan.level.value}-{plan.container}-{plan.jobs}"
)
def test_a_server_outlives_the_thread_that_started_it(plan: Plan) -> None:
    """The kernel ends a process with its parent where it asks for that, and means the thread."""
    why = attempt(plan)
    if why is not None:
        pytest.skip(f"this machine has no {plan.words}: {why}")
    before = children()
    with Sandbox(environment(), DRIVER, plan=plan, imports=("random",)) as sandbox:
        thread = threading.Thread(target=sandbox.run, args=("answer = 1",))
        thread.start()
        thread.join()
        time.sleep(0.2)  # for the signal, if there is one
        server = children() - before
        assert all(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in server)
        assert sandbox.run("answer = 2").messages == (2,)
        assert children() - before == server != set()
    assert children() == before


def test_a_fork_of_the_toolkit_starts_servers_too() -> None:
    with Sandbox(environment(), DRIVER) as sandbox:
        assert sandbox.run("answer = 1").messages == (1,)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of forks beside threads: the point here
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.alarm(60)
            with Sandbox(environment(), DRIVER) as sandbox:
                code = sandbox.run("answer = 7").messages[0]
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


def test_servers_end_with_the_toolkit() -> None:
    code = (
        "import os, psutil, time\n"
        "from tests.recode_data.sandbox.hostile import DRIVER, environment\n"
        "from recode_data.sandbox import Sandbox\n"
        "sandbox = Sandbox(environment(), DRIVER)\n"
        "sandbox.run('answer = 1')\n"
        "print(*(each.pid for each in psutil.Process().children(recursive=True)), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    servers = [int(pid) for pid in ran.stdout.split()]
    assert ran.returncode == -signal.SIGKILL
    assert servers
    deadline = time.monotonic() + 5
    while any(map(runs, servers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in servers if runs(pid)]


def runs(pid: int) -> bool:
    """Whether there is such a process, and one that nobody only has not collected yet."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_server_that_cannot_start_holds_nobody_up() -> None:
    def fail() -> subprocess.Popen[bytes]:
        raise MemoryError

    with pytest.raises(MemoryError):
        spawn(fail)
    with Sandbox(environment(), DRIVER) as sandbox:
        assert sandbox.run("answer = 1").messages == (1,)


@pytest.mark.parametrize("name", ["cpu_seconds", "memory_bytes", "processes"])
def test_limits_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})

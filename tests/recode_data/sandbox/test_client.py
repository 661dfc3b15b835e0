from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from recode_data.sandbox import JobStatus, Limits, Sandbox, SandboxPool
from tests.recode_data.sandbox.hostile import DRIVER, LIMITS, environment

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(environment(), DRIVER, imports=("random", "no_such_module")) as made:
        yield made


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


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


def test_libraries_start_inside(tmp_path: Path) -> None:
    """Start-up files of an environment are code of whoever packed it."""
    root = tmp_path / "env"
    site_packages = root / "lib" / f"python{environment().python_version[:4]}" / "site-packages"
    site_packages.mkdir(parents=True)
    mark = tmp_path / "mark"
    (site_packages / "evil.pth").write_text(f"import sys; open({str(mark)!r}, 'w')\n")
    (site_packages / "fine.pth").write_text("import sys; sys.seen = 'fine'\n")
    (root / "bin").mkdir()
    own = Path(environment().python).resolve()
    (root / "bin" / "python").symlink_to(own)
    (root / "pyvenv.cfg").write_text(f"home = {own.parent}\ninclude-system-site-packages = false\n")
    made = replace(environment(), python=str(root / "bin" / "python"), root=str(root))
    with Sandbox(made, DRIVER) as sandbox:
        result = sandbox.run("import sys\nanswer = sys.seen")
    assert result.messages == ("fine",), result.detail
    assert not mark.exists()


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


@pytest.mark.parametrize("name", ["cpu_seconds", "memory_bytes", "processes"])
def test_limits_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recode_data import environments
from recode_data.environments import (
    RECORD,
    EnvironmentCache,
    LocalWheel,
    NoResolutionError,
    Request,
    Resolution,
    checked_requirements,
    exact_pin,
    resolve,
    resolve_together,
)
from recode_data.errors import EnvironmentLacksError, IndexUnreachableError, UsageError
from recode_data.interpreters import Interpreter
from recode_data.locks import Claims
from recode_data.releases.index import IndexSettings
from recode_data.uv_runner import UvRunner
from tests.loopback_index import ToyIndex

OWN = Interpreter(
    str(Path(getattr(sys, "_base_executable", sys.executable)).resolve()),
    ".".join(map(str, sys.version_info[:3])),
    "linux-x86_64",
)


@pytest.fixture(scope="module")
def index() -> Iterator[ToyIndex]:
    toy = ToyIndex()
    toy.offer("alpha", "1.0", uploaded="2024-01-01", requires=["beta>=1"])
    toy.offer("beta", "1.0", uploaded="2023-06-01")
    toy.offer("beta", "2.0", uploaded="2024-01-02")
    toy.offer("needs-newer", "1.0", requires_python=">=3.99")
    toy.offer_sdist("source-only", "1.0", {"setup.py": "raise SystemExit('it ran')"})
    toy.offer("early", "1.0", uploaded="2020-01-01", requires=["late-wheel", "steady"])
    toy.offer_sdist("late-wheel", "1.0", {"setup.py": ""}, uploaded="2019-01-01")
    toy.offer("late-wheel", "2.0", uploaded="2021-06-01")
    toy.offer("late-wheel", "3.0", uploaded="2025-01-01")
    toy.offer("steady", "1.0", uploaded="2019-01-01")
    toy.offer("steady", "2.0", uploaded="2020-02-01")
    toy.offer("undated", "1.0", requires=["beta>=1"])
    broken = {"broken/__init__.py": "", "broken/template.py": "this is {{ no python }}"}
    toy.offer("broken", "1.0", broken)
    with toy.serving():
        yield toy


@pytest.fixture(scope="module")
def uv(index: ToyIndex, tmp_path_factory: pytest.TempPathFactory) -> UvRunner:
    cache = tmp_path_factory.mktemp("uv")
    return UvRunner(cache, IndexSettings(index_url=index.url), dict(os.environ))


@pytest.fixture
def cache(uv: UvRunner, tmp_path: Path) -> EnvironmentCache:
    return EnvironmentCache(tmp_path / "environments", uv, Claims(tmp_path / "in-use"))


def packages(cache: EnvironmentCache, key: str) -> set[str]:
    (folder,) = (cache.folder / key / "lib").glob("python3*/site-packages")
    return {path.name for path in folder.iterdir() if path.is_dir() and "." not in path.name}


# --- requirements ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        (["b==1", "a == 2", "b==1"], ("a==2", "b==1")),
        (["a[x]>=1,<2"], ("a[x]<2,>=1",)),
        ([], ()),
    ],
)
def test_requirements_in_one_spelling(given: list[str], checked: tuple[str, ...]) -> None:
    assert checked_requirements(given) == checked


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https://x",
        "-r file",
        "a @ https://x/a.whl",
        "./folder",
        "",
        "a==1\n--pre",
        "a b",
    ],
)
def test_what_a_dataset_must_not_ask_for(text: str) -> None:
    with pytest.raises(UsageError):
        checked_requirements([text])


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ("Scikit_Learn==1.4", "scikit-learn==1.4"),
        ("a[extra]==1", "a==1"),
        ("a>=1", None),
        ("a==1.*", None),
        ("a==1,!=2", None),
        ("a", None),
    ],
)
def test_exact_pin(text: str, pin: str | None) -> None:
    assert exact_pin(text) == pin


# --- resolving ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cutoff", "beta"),
    [(None, "2.0"), ("2024-01-01", "1.0"), ("2024-01-02", "2.0"), ("2023-06-01", "1.0")],
)
def test_dependencies_are_those_of_the_time(cutoff: str | None, beta: str, uv: UvRunner) -> None:
    """What is pinned itself may be younger than the day: a release's files come one by one."""
    resolution = resolve(Request(("alpha==1.0",), cutoff), OWN, uv)
    assert resolution.pins == ("alpha==1.0", f"beta=={beta}")


@pytest.mark.parametrize("requirement", ["nothing-such==1.0", "alpha==9", "needs-newer==1.0"])
def test_what_cannot_be_resolved_is_told_in_uvs_words(requirement: str, uv: UvRunner) -> None:
    with pytest.raises(NoResolutionError, match=requirement.partition("==")[0]):
        resolve(Request((requirement,)), OWN, uv)


def test_no_setup_script_runs(uv: UvRunner) -> None:
    with pytest.raises(NoResolutionError) as caught:
        resolve(Request(("source-only==1.0",)), OWN, uv)
    assert "it ran" not in str(caught.value)


def test_one_interpreter_for_both_sides_where_it_fits(uv: UvRunner) -> None:
    other = Interpreter(OWN.executable, OWN.version, "other-platform")
    found = resolve_together([Request(("alpha==1.0",)), Request(("beta==1.0",))], [OWN, other], uv)
    assert [item.interpreter for item in found] == [OWN, OWN]


def test_no_interpreter_fits(uv: UvRunner) -> None:
    with pytest.raises(EnvironmentLacksError, match="no environment for needs-newer") as caught:
        resolve_together([Request(("needs-newer==1.0",))], [OWN], uv)
    assert OWN.version in str(caught.value)
    assert caught.value.exit_code == 3


def test_an_index_without_dates(uv: UvRunner, caplog: pytest.LogCaptureFixture) -> None:
    (found,) = resolve_together([Request(("undated==1.0",), "2020-01-01")], [OWN], uv)
    assert found.pins == ("beta==2.0", "undated==1.0")
    assert "those of today" in caplog.text


def test_only_what_had_no_wheel_in_its_day_is_taken_from_later(
    uv: UvRunner, caplog: pytest.LogCaptureFixture
) -> None:
    (found,) = resolve_together([Request(("early==1.0",), "2020-01-01")], [OWN], uv)
    assert found.pins == ("early==1.0", "late-wheel==2.0", "steady==1.0")
    assert "those of today" not in caplog.text


def test_an_index_that_is_down(tmp_path: Path) -> None:
    down = ToyIndex()
    with down.serving():
        url = down.url
    uv = UvRunner(tmp_path, IndexSettings(index_url=url), dict(os.environ))
    with pytest.raises(IndexUnreachableError):
        resolve(Request(("alpha==1.0",)), OWN, uv)


# --- making ---------------------------------------------------------------------------------------


def test_an_environment_holds_its_pins_and_their_bytecode(cache: EnvironmentCache) -> None:
    made = cache.make(Resolution(OWN, ("alpha==1.0", "beta==1.0")))
    assert packages(cache, made.key) == {"alpha", "beta"}
    assert made.requirements == ("alpha==1.0", "beta==1.0")
    assert made.python_version == OWN.version
    assert list(Path(made.root).glob("lib/python3*/site-packages/alpha/__pycache__/*.pyc"))
    code = "import alpha, sys; print(alpha.__version__, sys.prefix)"
    done = subprocess.run([made.python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1.0", made.root]


def test_it_is_made_once(cache: EnvironmentCache, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cache.make(Resolution(OWN, ("beta==1.0",)))
    monkeypatch.setattr(environments, "compile_bytecode", lambda *_: pytest.fail("made again"))
    assert cache.make(Resolution(OWN, ("beta==1.0",))) == first


@pytest.mark.parametrize("damage", ["no record", "half a record", "interpreter gone"])
def test_a_half_made_one_is_made_anew(damage: str, cache: EnvironmentCache) -> None:
    made = cache.make(Resolution(OWN, ("beta==1.0",)))
    record = Path(made.root) / RECORD
    if damage == "no record":
        record.unlink()
    elif damage == "half a record":
        record.write_bytes(record.read_bytes()[:20])
    else:
        Path(made.python).unlink()
        Path(made.python).symlink_to("/nowhere/python")
    (Path(made.root) / "left-over").touch()
    assert cache.find(made.key) is None
    assert cache.make(Resolution(OWN, ("beta==1.0",))) == made
    assert not (Path(made.root) / "left-over").exists()


def test_sources_that_do_not_compile_are_left(cache: EnvironmentCache) -> None:
    made = cache.make(Resolution(OWN, ("broken==1.0",)))
    assert packages(cache, made.key) == {"broken"}


def test_a_failure_leaves_nothing(cache: EnvironmentCache) -> None:
    with pytest.raises(NoResolutionError):
        cache.make(Resolution(OWN, ("alpha==9.9",)))
    assert [path.name for path in cache.folder.iterdir()] == [".locks"]


def test_an_interruption_leaves_nothing(
    cache: EnvironmentCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environments, "compile_bytecode", interrupt)
    with pytest.raises(KeyboardInterrupt):
        cache.make(Resolution(OWN, ("beta==1.0",)))
    assert [path.name for path in cache.folder.iterdir()] == [".locks"]


def test_a_local_wheel_is_installed_for_its_pin(cache: EnvironmentCache, tmp_path: Path) -> None:
    from tests.loopback_index import wheel_bytes

    path = tmp_path / "alpha-1.0-py3-none-any.whl"
    path.write_bytes(wheel_bytes("alpha", "1.0", {"alpha/__init__.py": "mine = 1\n"}))
    local = LocalWheel("alpha==1.0", "0" * 64, str(path))
    resolution = Resolution(OWN, ("alpha==1.0",))
    made = cache.make(resolution, [local])
    assert made.key != cache.key(resolution)
    (module,) = Path(made.root).glob("lib/python3*/site-packages/alpha/__init__.py")
    assert module.read_text() == "mine = 1\n"


def test_bytecode_is_of_what_is_imported(cache: EnvironmentCache, tmp_path: Path) -> None:
    from tests.loopback_index import wheel_bytes

    files = dict.fromkeys(
        (
            "alpha/__init__.py",
            "alpha/tests/__init__.py",
            "alpha/part/test/a.py",
            "alpha/testing/b.py",
        ),
        "x = 1\n",
    )
    path = tmp_path / "alpha-1.0-py3-none-any.whl"
    path.write_bytes(wheel_bytes("alpha", "1.0", files))
    made = cache.make(
        Resolution(OWN, ("alpha==1.0",)), [LocalWheel("alpha==1.0", "0" * 64, str(path))]
    )
    compiled = {item.parent.parent.name for item in Path(made.root).rglob("*.pyc")}
    assert {"alpha", "testing"} <= compiled
    assert compiled.isdisjoint({"tests", "test"})


MAKER = """
import os, sys
from pathlib import Path
from recode_data.environments import EnvironmentCache, Resolution
from recode_data.interpreters import Interpreter
from recode_data.locks import Claims
from recode_data.releases.index import IndexSettings
from recode_data.uv_runner import UvRunner
folder, uv, url, executable, version = sys.argv[1:]
runner = UvRunner(Path(uv), IndexSettings(index_url=url), dict(os.environ))
interpreter = Interpreter(executable, version, "linux-x86_64")
claims = Claims(Path(folder).with_name("in-use"))
made = EnvironmentCache(Path(folder), runner, claims).make(Resolution(interpreter, ("beta==1.0",)))
print(made.key, (Path(made.root) / "recode-environment.json").stat().st_ino)
"""


def maker(cache: EnvironmentCache, uv: UvRunner) -> subprocess.Popen[str]:
    url = uv.index.index_url or ""
    command = [sys.executable, "-c", MAKER, cache.folder, uv.cache, url, OWN.executable]
    return subprocess.Popen([*command, OWN.version], stdout=subprocess.PIPE, text=True)


def test_two_processes_make_one_environment(cache: EnvironmentCache, uv: UvRunner) -> None:
    makers = [maker(cache, uv) for _ in range(2)]
    answers = {process.communicate()[0] for process in makers}
    assert [process.returncode for process in makers] == [0, 0]
    assert len(answers) == 1  # one record: the second found what the first had made


def test_a_killed_maker_frees_its_lock_and_leaves_no_environment(
    cache: EnvironmentCache, uv: UvRunner
) -> None:
    resolution = Resolution(OWN, ("beta==1.0",))
    root = cache.folder / cache.key(resolution)
    process = maker(cache, uv)
    deadline = time.monotonic() + 60
    while not root.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    made = cache.make(resolution)
    assert packages(cache, made.key) == {"beta"}


def test_a_full_disk_is_told(cache: EnvironmentCache, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(environments, "compile_bytecode", no_room)
    with pytest.raises(OSError, match="No space left"):
        cache.make(Resolution(OWN, ("beta==1.0",)))
    assert [path.name for path in cache.folder.iterdir()] == [".locks"]

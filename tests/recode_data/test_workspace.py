from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recode_data.cache_room import keys_of
from recode_data.errors import (
    CorruptArtifactError,
    EnvironmentLacksError,
    IndexUnreachableError,
    UnknownReleaseError,
    UsageError,
)
from recode_data.records import Artifact, Environment, StepContext, VersionStep
from recode_data.releases import session
from recode_data.releases.index import IndexSettings
from recode_data.workspace import Workspace
from tests.loopback_index import ToyIndex, wheel_bytes


@pytest.fixture(scope="module")
def interpreters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What looking for interpreters leaves in a cache: for each test anew would take its time."""
    workspace = Workspace(tmp_path_factory.mktemp("interpreters"))
    workspace.interpreters()
    return workspace.cache / "interpreters"


@pytest.fixture(autouse=True)
def known_interpreters(interpreters: Path, tmp_path: Path) -> None:
    shutil.copytree(interpreters, tmp_path / "cache/interpreters")


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[ToyIndex]:
    monkeypatch.setattr(session, "BACKOFF_S", 0.001)
    monkeypatch.setattr(session.IndexSession.__init__, "__kwdefaults__", {"backoff_s": 0.001})
    toy = ToyIndex()
    toy.offer("alpha", "1.0", uploaded="2024-01-01", requires=["beta>=1"])
    toy.offer("alpha", "2.0", uploaded="2025-01-01", requires=["beta>=1"])
    toy.offer_sdist("alpha", "2.0", {"alpha/__init__.py": "", "docs/a.rst": "A\n"})
    toy.offer("beta", "1.0", uploaded="2023-01-01")
    toy.offer("beta", "2.0", uploaded="2024-06-01")
    with toy.serving():
        yield toy


def opened(folder: Path, index: ToyIndex) -> Workspace:
    return Workspace(folder / "cache", index=IndexSettings(index_url=index.url))


def test_both_sides_of_a_step_get_the_dependencies_of_their_time(
    index: ToyIndex, tmp_path: Path
) -> None:
    workspace = opened(tmp_path, index)
    old, new = workspace.release("alpha", "1.0"), workspace.release("alpha", "2.0")
    first, second = workspace.step_environments(old, new)
    assert first.requirements == ("alpha==1.0", "beta==1.0")
    assert second.requirements == ("alpha==2.0", "beta==2.0")
    assert first.python_version == second.python_version
    assert index.count("/simple/alpha/") <= 5  # the listing once, uv its own


def test_all_is_answered_from_the_cache_without_a_network(index: ToyIndex, tmp_path: Path) -> None:
    workspace = opened(tmp_path, index)
    before = workspace.release("alpha", "2.0")
    made = workspace.environment([before.pin], cutoff="2025-01-01")
    asked = len(index.requests)
    index.files.clear()
    again = opened(tmp_path, index)
    assert again.release("Alpha", "2.0.0") == before
    assert again.environment([before.pin], cutoff="2025-01-01") == made
    assert len(index.requests) == asked


@pytest.mark.parametrize("damage", ["record", "wheel", "unpacked"])
def test_what_is_damaged_in_the_cache_is_had_anew(
    damage: str, index: ToyIndex, tmp_path: Path
) -> None:
    workspace = opened(tmp_path, index)
    release = workspace.release("alpha", "2.0")
    assert release.wheel is not None
    root = workspace.unpacked(release.wheel)
    if damage == "record":
        for path in (workspace.cache / "releases").rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes()[:30])
    elif damage == "wheel":
        for path in (workspace.cache / "artifacts").rglob("*.whl"):
            path.write_bytes(b"damaged")
    else:
        shutil.rmtree(root)
    again = opened(tmp_path, index)
    assert again.release("alpha", "2.0") == release
    assert (again.unpacked(release.wheel) / "alpha/__init__.py").is_file()
    assert index.count(".whl") == (2 if damage == "wheel" else 1)


def test_a_hash_that_is_wrong_twice(index: ToyIndex, tmp_path: Path) -> None:
    index.offer("gamma", "1.0", sha256="f" * 64)
    with pytest.raises(CorruptArtifactError, match=r"gamma-1\.0") as caught:
        opened(tmp_path, index).release("gamma", "1.0")
    assert caught.value.exit_code == 1


def test_an_archive_that_is_none(index: ToyIndex, tmp_path: Path) -> None:
    offered = index.offer("gamma", "1.0")
    offered.content = b"no wheel"
    with pytest.raises(CorruptArtifactError, match="cannot be read"):
        opened(tmp_path, index).release("gamma", "1.0")
    assert not list((tmp_path / "cache/releases").rglob("*/*"))


def test_an_artifact_that_nobody_downloaded(index: ToyIndex, tmp_path: Path) -> None:
    with pytest.raises(CorruptArtifactError, match="ask for its release again"):
        opened(tmp_path, index).unpacked(Artifact("x.whl", "0" * 64, 1))


@pytest.mark.parametrize(
    ("library", "version", "words"),
    [
        ("nothing-such", "1.0", "no library 'nothing-such'"),
        ("alpha", "1.5", r"no release 1\.5\n  nearest: 1\.0, 2\.0"),
    ],
)
def test_what_the_index_does_not_have(
    library: str, version: str, words: str, index: ToyIndex, tmp_path: Path
) -> None:
    with pytest.raises(UnknownReleaseError, match=words) as caught:
        opened(tmp_path, index).release(library, version)
    assert caught.value.exit_code == 2


def test_no_network_at_all(index: ToyIndex, tmp_path: Path) -> None:
    index.failures.update({f"/simple/{name}/": 1000 for name in ("alpha", "beta")})
    with pytest.raises(IndexUnreachableError) as caught:
        opened(tmp_path, index).release("alpha", "1.0")
    assert "what is in the cache works offline" in str(caught.value)


def test_a_yanked_release_is_taken_with_a_warning_every_time(
    index: ToyIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    index.offer("gamma", "1.0", yanked="wrong results")
    for number in (1, 2):
        release = opened(tmp_path, index).release("gamma", "1.0")
        assert release.pin == "gamma==1.0"
        assert caplog.text.count("gamma==1.0 was yanked by its authors: wrong results") == number
    made = opened(tmp_path, index).environment(["gamma==1.0"])
    assert made.requirements == ("gamma==1.0",)


def test_a_pure_release_without_a_wheel_is_used_from_source(
    index: ToyIndex, tmp_path: Path
) -> None:
    files = {"gamma/__init__.py": "x = 1\n", "setup.py": "raise SystemExit('it ran')"}
    index.offer_sdist("gamma", "1.0", {**files, "PKG-INFO": "Name: gamma\nVersion: 1.0\n"})
    workspace = opened(tmp_path, index)
    release = workspace.release("gamma", "1.0")
    made = workspace.environment([release.pin])
    done = subprocess.run(
        [made.python, "-c", "import gamma; print(gamma.x)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (release.pin, done.stdout) == ("gamma==1.0", "1\n")


def test_a_row_of_such_a_release_is_proved_from_its_pins_elsewhere(
    index: ToyIndex, tmp_path: Path
) -> None:
    metadata = {"PKG-INFO": "Name: gamma\nVersion: 1.0\n"}
    index.offer_sdist("gamma", "1.0", {"gamma/__init__.py": "x = 1\n", **metadata})
    pins = ["alpha==1.0", "gamma==1.0"]
    made = opened(tmp_path, index).environment(pins)
    assert {"alpha==1.0", "gamma==1.0"} <= {*made.requirements}
    index.offer_sdist("delta", "1.0", {"delta/__init__.py": "", "delta/fast.pyx": ""})
    for lacking in ("delta==1.0", "nothing-such==1.0"):
        with pytest.raises(EnvironmentLacksError):
            opened(tmp_path, index).environment([*pins, lacking])


def test_a_compiled_release_without_a_wheel_is_refused(index: ToyIndex, tmp_path: Path) -> None:
    index.offer_sdist("gamma", "2.0", {"gamma/__init__.py": "", "gamma/fast.pyx": ""})
    index.offer("gamma", "1.0")
    with pytest.raises(UnknownReleaseError) as caught:
        opened(tmp_path, index).release("gamma", "2.0")
    message = str(caught.value)
    assert "gamma 2.0 has no wheel for this machine" in message
    assert message.endswith("versions that have one: 1.0")


def test_a_local_wheel_beside_one_of_the_same_version_on_the_index(
    index: ToyIndex, tmp_path: Path
) -> None:
    """A release candidate under test: named by path, it wins; its pin alone means the index's."""
    path = tmp_path / "alpha-2.0-py3-none-any.whl"
    path.write_bytes(wheel_bytes("alpha", "2.0", {"alpha/__init__.py": "mine = 1\n"}))
    workspace = opened(tmp_path, index)
    old, new = workspace.release("alpha", "1.0"), workspace.release("alpha", str(path))
    _, second = workspace.step_environments(old, new)

    def installed(environment: Environment) -> str:
        (module,) = Path(environment.root).glob("lib/python3*/site-packages/alpha/__init__.py")
        return module.read_text("utf-8")

    assert installed(second) == "mine = 1\n"
    plain = workspace.environment(["alpha==2.0"])
    assert "mine" not in installed(plain)


BUILDER = """
import json, sys
from pathlib import Path
from recode_data.releases.index import IndexSettings
from recode_data.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]), index=IndexSettings(index_url=sys.argv[2]))
old, new = (workspace.release("alpha", version) for version in ("1.0", "2.0"))
trees = [str(workspace.unpacked(new.sdist)), str(workspace.unpacked(new.wheel))]
print(json.dumps([*trees, *(made.root for made in workspace.step_environments(old, new))]))
"""


def test_two_builds_share_a_cold_cache(index: ToyIndex, tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILDER, str(tmp_path / "cache"), index.url]
    builders = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate()[0] for process in builders]
    assert [process.returncode for process in builders] == [0, 0, 0]
    assert len(set(answers)) == 1
    assert all(Path(path).is_dir() for path in json.loads(answers[0]))
    assert not list((tmp_path / "cache/unpacked/.making").iterdir())


def test_a_cache_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentLacksError, match="set RECODE_CACHE") as caught:
        Workspace(tmp_path / "file" / "cache")
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"RECODE_CACHE": "{root}/mine"}, "mine"),
        ({"XDG_CACHE_HOME": "{root}/xdg"}, "xdg/recode"),
        ({}, ".cache/recode"),
    ],
    ids=["named", "xdg", "home"],
)
def test_where_the_cache_lies(
    variables: dict[str, str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RECODE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(root=tmp_path))
    assert Workspace.default().cache == tmp_path / expected
    assert Workspace.default(tmp_path / "given").cache == tmp_path / "given"


def test_room_is_made_for_a_step_at_the_cost_of_others(index: ToyIndex, tmp_path: Path) -> None:
    workspace = opened(tmp_path, index)
    other = workspace.environment(["alpha==1.0"])
    step = VersionStep("beta", "1.0", "2.0")
    old, new = (workspace.release("beta", version) for version in ("1.0", "2.0"))
    context = StepContext(step, old, new, *workspace.step_environments(old, new))
    assert workspace.keep_within_limit(keys_of(context)) == 0
    workspace.max_bytes = 0
    assert workspace.keep_within_limit(keys_of(context)) > 0
    assert not Path(other.python).exists()
    assert all(
        Path(made.python).exists() for made in (context.old_environment, context.new_environment)
    )
    assert workspace.environment(["alpha==1.0"]).key == other.key
    assert os.access(other.python, os.X_OK)


def test_what_another_workspace_uses_stays_and_the_rest_goes(
    index: ToyIndex, tmp_path: Path
) -> None:
    ours = opened(tmp_path, index)
    mine = ours.environment(["alpha==1.0"])
    release = ours.release("alpha", "2.0")
    assert release.wheel is not None
    tree = ours.unpacked(release.wheel)
    ours.max_bytes = 0
    with opened(tmp_path, index) as theirs:
        assert theirs.unpacked(release.wheel) == tree
        made = theirs.environment(["alpha==2.0"])
        assert ours.keep_within_limit() > 0
        assert [Path(made.python).exists(), tree.is_dir()] == [True, True]
        assert not Path(mine.python).exists()
        assert ours.is_over_limit()
    assert ours.keep_within_limit() > 0
    assert [Path(made.python).exists(), tree.is_dir()] == [False, False]
    assert not ours.is_over_limit()


@pytest.mark.parametrize("value", ["much", "", "1e999"])
def test_a_limit_that_is_no_number(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECODE_CACHE_GB", value)
    with pytest.raises(UsageError, match="RECODE_CACHE_GB"):
        Workspace.default(tmp_path)


def test_a_cache_that_cannot_be_claimed_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "cache/.in-use").mkdir()
    with pytest.raises(EnvironmentLacksError, match="cannot be made or written") as raised:
        Workspace(tmp_path / "cache")
    assert "RECODE_CACHE" in str(raised.value)

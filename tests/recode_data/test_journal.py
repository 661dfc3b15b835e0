from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from recode_data import journal
from recode_data.errors import BusyError, UsageError
from recode_data.journal import (
    NOT_MINING,
    ONLY_PUBLISHING,
    BuildFolder,
    appending,
    code_version,
    is_left_out,
    read_outcomes,
    write_atomically,
    write_outcome,
)
from recode_data.records import (
    Artifact,
    Dropped,
    DropReason,
    Environment,
    Outcome,
    Release,
    StepContext,
    VersionStep,
)
from tests.making import make_candidate, make_verified

REQUEST = {"steps": ["toy:1.0:2.0"], "limit": None}


def outcomes() -> list[Outcome]:
    kept = make_verified(make_candidate())
    lost = make_candidate("import toy\ny = toy.load(2)\n", "import toy\ny = toy.read(2)\n")
    return [kept, Dropped(lost, DropReason.TIMED_OUT, "cpu")]


def write(journal: Path, items: list[Outcome]) -> None:
    with appending(journal) as file:
        for item in items:
            write_outcome(file, item)


def test_outcomes_come_back(tmp_path: Path) -> None:
    items = outcomes()
    write(tmp_path / "j", items)
    by_key = {item.candidate.key: item.candidate for item in items}
    assert list(read_outcomes(tmp_path / "j", by_key).values()) == items


def test_every_torn_tail_is_dropped_and_the_rest_kept(tmp_path: Path) -> None:
    items = outcomes()
    by_key = {item.candidate.key: item.candidate for item in items}
    write(tmp_path / "whole", items)
    whole = (tmp_path / "whole").read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(0, len(whole), 37):
        torn = tmp_path / "torn"
        torn.write_bytes(whole[:cut])
        missing = [item for item in items if item.candidate.key not in read_outcomes(torn, by_key)]
        assert len(missing) == (2 if cut < first - 1 else 1)
        write(torn, missing)
        assert len(read_outcomes(torn, by_key)) == 2


def test_what_the_sandbox_could_not_judge_is_judged_again(tmp_path: Path) -> None:
    item = Dropped(make_candidate(), DropReason.SANDBOX_FAILED, "")
    write(tmp_path / "j", [item])
    assert read_outcomes(tmp_path / "j", {item.candidate.key: item.candidate}) == {}


def test_outcomes_of_other_candidates_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "j", outcomes())
    assert read_outcomes(tmp_path / "j", {}) == {}


def test_a_folder_of_another_build_is_refused(tmp_path: Path) -> None:
    with BuildFolder(tmp_path / "out").claimed(REQUEST):
        pass
    with (
        pytest.raises(UsageError, match=r"toy:1\.0:2\.0"),
        BuildFolder(tmp_path / "out").claimed({**REQUEST, "steps": ["toy:1.0:3.0"]}),
    ):
        pass


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match="not empty"), BuildFolder(tmp_path).claimed(REQUEST):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(UsageError, match="is a file"), BuildFolder(tmp_path / "out").claimed({}):
        pass


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom recode_data.journal import BuildFolder\n"
        "with BuildFolder(Path(sys.argv[1])).claimed({}):\n    print('in', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        with (
            pytest.raises(BusyError, match="another process"),
            BuildFolder(tmp_path / "out").claimed({}),
        ):
            pass
    finally:
        other.communicate()


@pytest.mark.parametrize(
    ("state", "journals", "manifest"),
    [
        ({"code": "older", "publishing": "older"}, 0, False),
        ({"code": code_version(), "publishing": "older"}, 2, False),
        ({"code": code_version(), "publishing": code_version(whole=True)}, 2, True),
    ],
    ids=["other code", "other publishing", "the same"],
)
def test_finished_work_of_other_code_is_dropped(
    tmp_path: Path, state: dict[str, str], journals: int, manifest: bool
) -> None:
    folder = BuildFolder(tmp_path / "out")
    with folder.claimed(REQUEST):
        for name in ("outcomes-x.jsonl", "finished-x.json.gz"):
            (tmp_path / "out" / ".state" / name).touch()
        (tmp_path / "out" / "manifest.json").write_text("{}")
    file = tmp_path / "out" / ".state" / "build.json"
    file.write_text(json.dumps({"request": REQUEST, **state}))
    with folder.claimed(REQUEST):
        assert (tmp_path / "out" / "manifest.json").exists() is manifest
        assert len(list((tmp_path / "out" / ".state").glob("*-x.json*"))) == journals


def test_every_file_that_only_publishes_exists() -> None:
    root = Path(journal.__file__).parent
    assert [name for name in (*NOT_MINING, *ONLY_PUBLISHING) if not (root / name).exists()] == []


@pytest.mark.parametrize(
    ("name", "is_left"),
    [
        ("publish/card.py", True),
        ("notes/wording.py", True),
        ("notes/faithful.py", False),
        ("curate/shares.py", True),
        ("curate/deduplicate.py", False),
        ("publishing.py", False),
        ("step_pipeline.py", False),
    ],
)
def test_files_that_proofs_do_not_depend_on(name: str, is_left: bool) -> None:
    assert is_left_out(name, ONLY_PUBLISHING) is is_left


def test_a_changed_file_makes_the_build_unfinished(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path)
    (tmp_path / "a").write_text("content")
    digest = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {"a": {"sha256": digest}}}))
    assert folder.finished_manifest() is not None
    (tmp_path / "a").write_text("changed")
    assert folder.finished_manifest() is None
    (tmp_path / "a").unlink()
    assert folder.finished_manifest() is None


def context(**fields: object) -> StepContext:
    release = Release("toy", "1.0", ("toy",), None, None, "MIT", None, None)
    environment = Environment("k", "/a/python", "/a", "3.11.7", ("toy==1.0",))
    made = StepContext(
        VersionStep("toy", "1.0", "../x"), release, release, environment, environment
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # whatever a test replaces


def test_finished_work_belongs_to_its_inputs(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path)
    made = context()
    wheel = Artifact("toy.whl", "0" * 64, 1)
    moved = replace(made.old_environment, python="/b/python", root="/b", key="other")
    newer = replace(made.old_environment, requirements=("six==1", "toy==1.0"))
    name = folder.journal(made, "outcomes").name
    assert name.startswith("outcomes-toy_1.0_")
    assert "/" not in name
    assert folder.journal(context(old_environment=moved), "outcomes").name == name
    others = [
        folder.journal(made, "probe"),
        folder.journal(context(new=replace(made.new, wheel=wheel)), "outcomes"),
        folder.journal(context(old_environment=newer), "outcomes"),
        folder.journal(context(step=VersionStep("toy", "1.0", "../y")), "outcomes"),
    ]
    assert len({path.name for path in others} | {name}) == 5


def test_what_a_killed_build_was_writing_is_removed(tmp_path: Path) -> None:
    folder = BuildFolder(tmp_path / "out")
    with folder.claimed(REQUEST):
        (tmp_path / "out" / "data").mkdir()
        left = tmp_path / "out" / "data" / ".train.parquet.123.tmp"
        left.touch()
        kept = tmp_path / "out" / "data" / "train.parquet"
        kept.touch()
    with folder.claimed(REQUEST):
        assert (left.exists(), kept.exists()) == (False, True)


def test_a_file_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a" / "file"
    write_atomically(path, b"old")

    def no_room(self: Path, content: bytes) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [item.name for item in path.parent.iterdir()] == ["file"]

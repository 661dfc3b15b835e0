"""The toy library's two versions are asked, in the sandbox, about the APIs that rows use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.version import Version

from recode_data.audit import read_rows
from recode_data.audit.execution import ask_environments
from recode_data.cli import cli
from recode_data.executor import InProcessExecutor
from recode_data.progress import SilentProgress
from recode_data.releases.preceding import VersionList
from recode_data.workspace import Workspace

RIGHT = ("import toylib\ntoylib.stats.spread([1.0])\n", "import toylib\ntoylib.stats.deviation([1.0])\n")  # fmt: skip
CASES: list[tuple[str, str, str, list[str]]] = [
    ("right", *RIGHT, []),
    ("backwards", *RIGHT[::-1], ["wrong_direction: new code: `toylib.stats.spread` is in 1.0, and not in 2.0", "wrong_direction: old code: `toylib.stats.deviation` is in 2.0, and not in 1.0"]),
    ("made up", RIGHT[0], "import toylib\ntoylib.stats.deviate([1.0])\n", ["unknown_api: new code: `toylib.stats.deviate` exists in neither version"]),
    ("made up before", "import toylib.statistics\n", RIGHT[1], ["unknown_api: old code: `toylib.statistics` exists in neither version"]),
    ("keyword", "import toylib\ntoylib.stats.quantile([1.0], 0.5, interpolation='linear')\n", "import toylib\ntoylib.stats.quantile([1.0], 0.5, method='linear')\n", []),
    ("keyword that a wrapper still takes", RIGHT[0], "import toylib\ntoylib.stats.quantile([1.0], 0.5, interpolation='linear')\n", []),
    ("keyword backwards", RIGHT[0], "import toylib\ntoylib.read_rows('1', engine='python')\n", ["wrong_direction: new code: `toylib.read_rows` takes `engine` in 1.0, and not in 2.0"]),
    ("made-up keyword", RIGHT[0], "import toylib\ntoylib.read_rows('1', separator=',')\n", ["unknown_api: new code: `toylib.read_rows` takes no `separator` in either version"]),
    ("only tried", RIGHT[0], "try:\n    from toylib.stats import deviate\nexcept ImportError:\n    from toylib.stats import deviation as deviate\n", []),
]  # fmt: skip


def lister(libraries: Iterable[str]) -> Mapping[str, VersionList]:
    versions = (Version("1.0"), Version("2.0"))
    return {library: VersionList(versions, versions) for library in libraries}


def write_rows(file: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def row(old: str, new: str, **changed: object) -> dict[str, object]:
    fields: dict[str, object] = {"dependency": "toylib", "new_version": "==2.0", "update_info": "n"}
    return {**fields, "old_code": old, "new_code": new, **changed}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, toy_index: Path) -> Iterable[Workspace]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(toy_index))
        yield Workspace.default(tmp_path_factory.mktemp("cache"))


def ask(workspace: Workspace, file: Path) -> tuple[dict[int, list[str]], list[tuple[str, int]]]:
    findings, skipped = ask_environments(
        read_rows(file), workspace, lister, InProcessExecutor(), SilentProgress(), allow_weak=True
    )
    found: dict[int, list[str]] = {}
    for item in findings:
        found.setdefault(item.row, []).append(f"{item.kind}: {item.words}")
    return found, [(item.reason, number) for item in skipped for number in item.rows]


def test_each_finding_and_no_other(workspace: Workspace, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [row(old, new) for _, old, new, _ in CASES])
    found, skipped = ask(workspace, file)
    assert {CASES[number][0]: found.get(number, []) for number in range(len(CASES))} == {
        name: expected for name, _, _, expected in CASES
    }
    assert skipped == []


def test_what_cannot_be_asked_is_no_defect(workspace: Workspace, tmp_path: Path) -> None:
    rows = [
        row(*RIGHT, new_version="==7.0"),
        row(*RIGHT, dependency="heavy"),
        row(*RIGHT, dependency=None),
        row("x = (", "x = 1"),
        row("x = 1\n" * 20_000, "x = 2"),
    ]
    found, skipped = ask(workspace, write_rows(tmp_path / "rows.jsonl", rows))
    assert found == {}
    reasons = {number: reason for reason, number in skipped}
    assert sorted(reasons) == [0, 1, 2, 3, 4]
    assert reasons[0] == "the index has no step to toylib 7.0"
    assert "heavy" in reasons[1]
    assert reasons[2] == "the row names no library or no version"
    assert reasons[3] == reasons[4] == "the code does not parse, or is too long"


def test_rows_with_pins_are_asked_in_the_environments_of_their_pins(
    workspace: Workspace, tmp_path: Path
) -> None:
    python = workspace.interpreters()[0].version
    pinned = {
        "new_version": "1.0",
        "old_version": "1.0",
        "old_api": "toylib.stats.spread",
        "new_api": "toylib.stats.deviation",
        "old_python": python,
        "new_python": python,
        "old_requirements": ["toylib==1.0"],
        "new_requirements": ["toylib==1.0"],
    }
    found, skipped = ask(workspace, write_rows(tmp_path / "rows.jsonl", [row(*RIGHT, **pinned)]))
    assert found == {0: ["unknown_api: new code: `toylib.stats.deviation` exists in neither version"]}  # fmt: skip
    assert skipped == []


def test_the_command_names_kinds_rows_and_what_was_not_checked(
    toy_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(toy_index))
    rows = [row(*RIGHT), row(*RIGHT[::-1]), row(*RIGHT, new_version="==7.0")]
    rows[2]["old_code"] = "import toylib\ntoylib.stats.spread([2.0, 3.0])\n"
    file = write_rows(tmp_path / "rows.jsonl", rows)
    command = ["audit", str(file), "--execute", "--jobs", "1", "--allow-weak-sandbox", "--json"]
    command += ["--cache", str(tmp_path / "cache"), "--html", str(tmp_path / "a.html")]
    done = CliRunner().invoke(cli, command, standalone_mode=False)
    assert done.return_value == 1, done.output
    document = json.loads(done.stdout)
    assert (document["rows"], document["clean"]) == (3, 2)
    assert document["defects"]["wrong_direction"] == [1]
    assert document["defects"]["unknown_api"] == []
    assert document["not_checked"] == [
        {"reason": "the index has no step to toylib 7.0", "rows": [2]}
    ]
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "toylib.stats.spread` is in 1.0, and not in 2.0" in page
    assert "the index has no step to toylib 7.0" in page
    assert "toylib:1.0:2.0: 2 rows, 1 with a finding" in done.stderr

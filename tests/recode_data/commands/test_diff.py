from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recode_data.commands.diff import as_table, diff, is_allowed
from recode_data.errors import MalformedInputError
from recode_data.records import ChangeKind, Replacement, VersionStep
from tests.making import make_change
from tests.toy_index import expected_changes, toylib_source

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(toy_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs `recode-data diff` against the fixture library's index, one cache for all tests."""
    home = tmp_path_factory.mktemp("home")
    cache = tmp_path_factory.mktemp("cache")
    environ: Mapping[str, str | None] = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(toy_index),
        "PIP_INDEX_URL": None,
        "UV_DEFAULT_INDEX": None,
        "UV_INDEX_URL": None,
    }

    def run_diff(*arguments: str) -> Result:
        command = [*arguments, "--cache", str(cache)]
        return CliRunner().invoke(diff, command, env=environ, standalone_mode=False)

    return run_diff


def document(result: Result) -> dict[str, object]:
    assert result.exception is None, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def keys(result: Result) -> list[tuple[str, str, str | None]]:
    changes = document(result)["changes"]
    assert isinstance(changes, list)
    return [(row["kind"], row["old_api"], row["parameter"]) for row in changes]


@pytest.mark.sandbox
def test_json_is_the_contract_with_every_change(run: Run) -> None:
    result = run("toylib:1.0:2.0", "--json")
    whole = document(result)
    assert sorted(whole) == ["changes", "library", "new", "old", "seconds"]
    assert (whole["library"], whole["old"], whole["new"]) == ("toylib", "1.0", "2.0")
    changes = whole["changes"]
    assert isinstance(changes, list)
    found = {(row["kind"], row["old_api"]): row for row in changes}
    for item in expected_changes():
        if item.kind == ChangeKind.BEHAVIOUR.value:
            continue
        row = found[item.kind, item.old_api]
        assert {"kind", "old_api", "parameter", "new_api", "replacements", "evidence"} <= set(row)
        if item.new_api:
            assert row["new_api"] == row["replacements"][0]["new_api"] == item.new_api
            assert row["replacements"][0]["evidence"]
    assert result.return_value == 1


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", ["wheel", "sdist", "folder", "git"])
def test_a_release_may_lie_on_this_machine(
    run: Run, toy_index: Path, tmp_path: Path, kind: str
) -> None:
    if kind == "wheel":
        old, new = (str(toy_index / f"toylib-{n}-py3-none-any.whl") for n in ("1.0", "2.0"))
    elif kind == "sdist":
        old, new = (str(toy_index / f"toylib-{n}.tar.gz") for n in ("1.0", "2.0"))
    elif kind == "folder":
        old, new = str(toylib_source("1.0")), str(toylib_source("2.0"))
    else:
        old, new = committed(tmp_path / "repository")
    assert keys(run(f"toylib:{old}:{new}", "--json")) == keys(run("toylib:1.0:2.0", "--json"))


def committed(repository: Path) -> tuple[str, str]:
    """A repository with both versions of toylib as tagged commits."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    repository.mkdir()
    git = ("git", "-C", str(repository), *who)
    subprocess.run([*git, "init", "-q"], check=True)
    for version in ("1.0", "2.0"):
        for path in repository.iterdir():
            if path.name != ".git":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(toylib_source(version), repository, dirs_exist_ok=True)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", version], check=True)
        subprocess.run([*git, "tag", f"v{version}"], check=True)
    return f"git+{repository}@v1.0", f"git+{repository}@v2.0"


@pytest.mark.sandbox
def test_table_groups_by_kind_and_says_what_to_write(run: Run) -> None:
    lines = run("toylib:1.0:2.0").stdout.splitlines()
    assert lines[0].startswith("toylib 1.0 -> 2.0: 17 API changes, 10 of them can break code")
    at = lines.index("renamed (1)")
    assert lines[at + 1].startswith("  toylib.stats.spread  write toylib.stats.deviation")
    assert "parameter added (1)" in lines
    assert "added (3)" in lines


@pytest.mark.sandbox
def test_breaking_leaves_additions_and_deprecations_out(run: Run) -> None:
    kinds = {kind for kind, _, _ in keys(run("toylib:1.0:2.0", "--json", "--breaking"))}
    assert "removed" in kinds
    assert kinds.isdisjoint({"added", "parameter_added", "deprecated", "undeprecated"})
    assert "parameter_renamed" not in kinds  # the old name is still accepted


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 1),
        (("--fail-on", "removed"), 1),
        (("--fail-on", "deprecated"), 1),
        (("--fail-on", "behaviour"), 0),
        (("--fail-on", "behaviour", "--fail-on", "moved"), 1),
    ],
)
def test_exit_code_says_whether_there_are_findings(
    run: Run, arguments: tuple[str, ...], code: int
) -> None:
    assert run("toylib:1.0:2.0", *arguments).return_value == code


@pytest.mark.sandbox
def test_accepted_changes_are_left_out_and_fail_nothing(run: Run, tmp_path: Path) -> None:
    allow = tmp_path / "accepted.txt"
    allow.write_text("# known\nremoved toylib.total\nparameter_* toylib.*:*  # all of them\n")
    found = keys(run("toylib:1.0:2.0", "--json", "--allow", str(allow)))
    assert ("removed", "toylib.total", None) not in found
    assert not [row for row in found if row[0] == "parameter_removed"]
    assert ("moved", "toylib.stats.to_kelvin", None) in found
    allow.write_text("toylib.*\n")
    result = run("toylib:1.0:2.0", "--json", "--allow", str(allow))
    assert (keys(result), result.return_value) == ([], 0)


def test_line_that_is_no_change_is_refused(run: Run, tmp_path: Path) -> None:
    allow = tmp_path / "accepted.txt"
    allow.write_text("removed toylib.total please\n")
    error = run("toylib:1.0:2.0", "--allow", str(allow)).exception
    assert isinstance(error, MalformedInputError)
    assert f"{allow}:1" in str(error)


@pytest.mark.sandbox
def test_page_holds_every_change_in_one_file(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "changes.html"
    result = run("toylib:1.0:2.0", "--json", "--html", str(page))
    text = page.read_text("utf-8")
    assert "API changes: toylib 1.0 → 2.0" in text
    assert all(path in text for _, path, _ in keys(result))
    assert "src=" not in text


# --- parts ----------------------------------------------------------------------------------------

STEP = VersionStep("toy", "1", "2")


def test_most_used_come_first_and_repeats_are_counted() -> None:
    changes = [
        make_change("toy.rare"),
        make_change("toy.often"),
        make_change("toy.sub.often", alias_of="toy.often"),
        make_change("toy.C.__init__", kind=ChangeKind.KEYWORD_ONLY, parameter="x"),
    ]
    assert as_table(STEP, changes, {"often": 9, "rare": 2, "C": 1}).splitlines() == [
        "toy 1 -> 2: 3 API changes, 3 of them can break code",
        "",
        "removed (2)",
        "  toy.often  [9 uses]  (+1 more paths)",
        "  toy.rare   [2 uses]",
        "",
        "keyword only (1)",
        "  toy.C.__init__(x)  [1 use]",
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"new_api": "toy.read"}, "write toy.read"),
        ({"old_value": "1", "new_value": "2"}, "1 -> 2"),
        ({"message": "gone for good"}, "gone for good"),
        ({"message": "x" * 200}, "x" * 87 + "..."),
        (
            {"parameter": "a", "replacements": (Replacement("toy.load", (), 0.9, "b"),)},
            "write b=",
        ),
        (
            {"parameter": "a", "replacements": (Replacement("toy.load", (), 0.9, "a"),)},
            "pass by keyword: a=",
        ),
    ],
    ids=["path", "values", "message", "long-message", "parameter", "keyword"],
)
def test_what_to_write_instead(fields: dict[str, object], words: str) -> None:
    assert as_table(STEP, [make_change(**fields)]).splitlines()[-1].endswith(f"  {words}")


@pytest.mark.parametrize(
    ("line", "expect"),
    [
        (("*", "toy.load"), True),
        (("*", "toy.*"), True),
        (("removed", "toy.load"), True),
        (("renamed", "toy.load"), False),
        (("*", "toy.load:x"), True),
        (("*", "toy.load:y"), False),
        (("*", "toy"), False),
    ],
)
def test_allowed(line: tuple[str, str], expect: bool) -> None:
    assert is_allowed(make_change(parameter="x"), [line]) is expect

"""Rules about the repository itself: what must not stand in a tracked file, and what must."""

from __future__ import annotations

import re
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

SIZE_LIMIT_KB = 500
"""A file above it is data, and data does not belong here."""

# Written in two parts, since this file is tracked as well.
REGISTRY_HOSTS = tuple(
    f"{name}.{ending}"
    for name, ending in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("download.pytorch", "org"),
        ("anaconda", "org"),
        ("registry.npmjs", "org"),
    )
)
ORDINARY_FOLDERS = {Path(name) for name in ("/", "/tmp", "/home", "/root", "/var/tmp", "/opt")}
"""A checkout may lie directly in one of these; naming them gives no machine away."""


@lru_cache(maxsize=1)
def tracked_texts() -> dict[str, str]:
    """Path → text of every tracked file that is text; of every file where there is no git."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail("these rules are about tracked files: run them in a git checkout")
    texts = {}
    for name in done.stdout.split("\0"):
        path = CHECKOUT / name
        if name and path.is_file():
            raw = path.read_bytes()
            if b"\0" not in raw:
                texts[name] = raw.decode("utf-8", "replace")
    return texts


def lines_with(pattern: str, names: list[str] | None = None) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in tracked_texts().items()
        if names is None or name in names
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is for the user's own settings."""
    assert lines_with("|".join(map(re.escape, REGISTRY_HOSTS))) == []


def test_no_file_names_a_folder_of_this_machine() -> None:
    folders = {CHECKOUT, CHECKOUT.parent, Path.home() / ".cache"} - ORDINARY_FOLDERS
    assert lines_with("|".join(re.escape(f"{folder}/") for folder in sorted(folders))) == []


def test_constraints_are_names_and_versions_only() -> None:
    line = re.compile(r'[a-z0-9][a-z0-9.-]*==[0-9][a-z0-9.!]*(; python_version [<>=]+ "3\.\d+")?')
    strange = [
        text
        for text in tracked_texts()["constraints.txt"].splitlines()
        if not text.startswith("#") and not line.fullmatch(text)
    ]
    assert strange == []


def test_build_files_name_no_index() -> None:
    names = ["Makefile", ".ci/run", "constraints.txt", "pyproject.toml"]
    assert set(names) <= set(tracked_texts())
    assert lines_with(r"index-url|find-links|https?://|file://|--index\b", names) == []


def test_only_ci_knows_what_lies_beside_the_checkout() -> None:
    assert lines_with(r"\.\./shared") == [
        line for line in lines_with(r"\.\./shared", [".ci/run"]) if line
    ]


def test_no_large_file_is_tracked() -> None:
    assert [
        name for name, text in tracked_texts().items() if len(text) > SIZE_LIMIT_KB * 1024
    ] == []


def test_no_note_to_self_is_left() -> None:
    words = "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "raise NotImplemented" + "Error"])
    assert (
        lines_with(rf"\b({words})\b", [name for name in tracked_texts() if name[-3:] == ".py"])
        == []
    )


def test_every_waiver_of_a_check_says_which_and_why() -> None:
    """`# noqa: CODE - reason` and `# type: ignore[code]  # reason`."""
    code = [name for name in tracked_texts() if name.endswith(".py") and "fixtures" not in name]
    bare = lines_with(r"# noqa(?!: [A-Z]+[0-9]+)|# type: ignore(?!\[)", code)
    assert [line for line in bare if "test_house" not in line] == []


@pytest.mark.parametrize("package", ["recode_data", "recode_bench", "recode_trl", "recode_verl"])
def test_every_package_is_marked_as_typed(package: str) -> None:
    folder = CHECKOUT / ("adapters" if package in {"recode_trl", "recode_verl"} else ".")
    assert (folder / package / "py.typed").is_file()


def test_ci_calls_make_and_nothing_else_of_its_own() -> None:
    """So that a person can repeat what CI does."""
    script = CHECKOUT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text("utf-8").splitlines()[-1] == "make install lint test"


def test_make_lists_every_target() -> None:
    makefile = tracked_texts()["Makefile"]
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    described = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert sorted(described) == sorted(phony.group(1).split())


@pytest.mark.parametrize("name", [name for name in tracked_texts() if name.endswith(".md")])
def test_links_between_pages_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", tracked_texts()[name])
    local = [target for target in targets if "://" not in target]
    folder = (CHECKOUT / name).parent
    assert [target for target in local if not (folder / target).exists()] == []

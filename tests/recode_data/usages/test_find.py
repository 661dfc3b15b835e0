from __future__ import annotations

import ast
from pathlib import Path

import pytest

from recode_data.records import UsageOrigin
from recode_data.usages import ReleaseSources, files_of, find_usages
from tests.toy_index import VERSIONS, expected_changes, toylib_source
from tests.usage_sources import codes_in, toylib_usages, usages_in


@pytest.mark.parametrize("version", VERSIONS)
def test_toy_library(version: str) -> None:
    usages = toylib_usages(version)
    assert {usage.origin for usage in usages} == set(UsageOrigin) - {UsageOrigin.IMPORTED}
    assert {usage.release for usage in usages} == {f"toylib=={version}"}
    for usage in usages:
        ast.parse(usage.code)
        assert usage.apis
        assert usage.apis == tuple(sorted(usage.apis))
        lines = (toylib_source(version) / usage.source_file).read_text("utf-8").splitlines()
        assert 0 < usage.source_line <= len(lines)


def test_usages_come_in_order_and_each_code_once() -> None:
    usages = toylib_usages("1.0")
    places = [(usage.origin.value, usage.source_file, usage.source_line) for usage in usages]
    assert places == sorted(places)
    codes = [usage.code for usage in usages]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    "path",
    sorted(
        {item.old_api for item in expected_changes()}
        - {"toylib.stats.describe", "toylib.stats.median"}
    ),
)
def test_toy_library_uses_what_changes(path: str) -> None:
    usages = toylib_usages("1.0", path)
    assert usages
    assert all(path.rpartition(".")[2] in usage.code for usage in usages)


def test_paths_of_interest_choose() -> None:
    text = ">>> toy.load(1)\n1\n\n>>> toy.read(1)\n1\n\n>>> toy.io.write(1)\n1\n"
    assert codes_in("docs/a.rst", text, "toy.read") == ["import toy\n\ntoy.read(1)\n"]
    assert codes_in("docs/a.rst", text, "toy.io") == ["import toy\n\ntoy.io.write(1)\n"]
    assert codes_in("docs/a.rst", text, "toy.absent") == []


def test_members_are_found_by_name_on_values() -> None:
    text = ">>> f = toy.Frame()\n>>> f.head()\n1\n\n>>> head = 1\n"
    (usage,) = usages_in({"docs/a.rst": text}, "toy.Frame.head")
    assert "toy.Frame.head" in usage.apis
    assert usage.code == "import toy\n\nf = toy.Frame()\nf.head()\n"


def test_same_code_in_two_files_is_one_usage() -> None:
    usages = usages_in({"docs/a.rst": ">>> toy.load(1)\n1\n", "docs/b.rst": ">>> toy.load(1)\n1\n"})
    assert [usage.source_file for usage in usages] == ["docs/a.rst"]


def test_file_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.rst").write_bytes(b">>> toy.load(1)\n\xff\xfe")
    assert find_usages(ReleaseSources("toy==1.0", ("toy",), None, tmp_path), None) == ()


def test_invalid_escapes_are_the_librarys_business() -> None:
    assert codes_in("examples/a.py", "import toy\n\ntoy.load('\\d')\n") == [
        "import toy\n\ntoy.load('\\d')\n"
    ]


def test_what_wheel_and_sdist_share_is_read_once(tmp_path: Path) -> None:
    for root in ("wheel", "sdist/src"):
        (tmp_path / root / "toy").mkdir(parents=True)
        (tmp_path / root / "toy/__init__.py").write_text('"""\n>>> toy.load(1)\n1\n"""\n')
    (tmp_path / "sdist/src/toy/only.py").write_text('"""\n>>> toy.read(1)\n1\n"""\n')
    (tmp_path / "sdist/docs").mkdir()
    (tmp_path / "sdist/docs/link.rst").symlink_to("/etc/hostname")
    sources = ReleaseSources("toy==1.0", ("toy",), tmp_path / "wheel", tmp_path / "sdist")
    assert [(file.relative, file.module) for file in files_of(sources)] == [
        ("src/toy/only.py", "toy.only"),
        ("toy/__init__.py", "toy"),
    ]


def test_paragraph_that_only_works_on_values_counts_where_anything_does() -> None:
    text = ">>> f = toy.Frame()\n\nProse.\n\n>>> f.head()\n1\n"
    codes = codes_in("docs/a.rst", text)
    assert codes == [
        "import toy\n\nf = toy.Frame()\n",
        "import toy\n\nf = toy.Frame()\n\nf.head()\n",
    ]

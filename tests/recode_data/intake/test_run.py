"""A file of foreign rows about the toy library, from audit to dataset."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from recode_data.executor import InProcessExecutor
from recode_data.intake import (
    ForeignRow,
    ImportOptions,
    import_file,
    judge,
    read_foreign_rows,
    run,
)
from recode_data.intake.judge import read_step
from recode_data.progress import SilentProgress
from recode_data.publish import read_pairs
from recode_data.publish.manifest import mapping
from recode_data.records import Effect, JsonValue, VersionStep
from recode_data.releases.preceding import VersionList
from recode_data.workspace import Workspace

CODES = [
    ("proved", "import toylib\nx = toylib.total([1.0, 2.0])\n", "import math\nx = math.fsum([1.0, 2.0])\n"),
    ("repaired", "x = toylib.stats.spread([1.0, 3.0])\n", "import toylib\nx = toylib.stats.deviation([1.0, 3.0])\n"),
    ("results_differ", "import toylib\nx = toylib.total([1.0, 2.0])\n", "x = 4.0\n"),
    ("nothing_changed", "import toylib\nx = toylib.stats.median([1.0, 2.0])\n", "import toylib\nx = toylib.stats.median([1.0, 2.0, ])\ny = x\n"),
    ("unbound_name", "import toylib\nx = toylib.total(numbers)\n", "import math\nx = math.fsum(numbers)\n"),
    ("unparsable", "x = (", "x = 1"),
    ("no_edit", "x = 1", "x = 1  # one"),
    ("duplicate", "import toylib\nx = toylib.total([1.0, 2.0])\n", "import math\nx = math.fsum([1.0, 2.0])\n"),
]  # fmt: skip


def write_rows(file: Path) -> Path:
    rows = [
        {"dependency": "ToyLib", "new_version": "==2.0", "update_info": "note", "description": "said", "old_code": old, "new_code": new}
        for _, old, new in CODES
    ]  # fmt: skip
    rows.append({**rows[0], "new_version": "==7.0", "old_code": "import toylib\ntoylib.a()"})
    rows.append({**rows[0], "dependency": "Heavy", "old_code": "import heavy\nheavy.a()"})
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def lister(libraries: Iterable[str]) -> Mapping[str, VersionList]:
    versions = (Version("1.0"), Version("2.0"))
    return {library: VersionList(versions, versions) for library in libraries}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, toy_index: Path) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("imported")
    write_rows(folder / "rows.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(toy_index))
        run_import(folder)
        yield folder / "out"


def run_import(folder: Path) -> None:
    import_file(
        folder / "rows.jsonl",
        folder / "out",
        Workspace.default(folder / "cache"),
        lister,
        InProcessExecutor(),
        SilentProgress(),
        ImportOptions(skip=("heavy",), allow_weak=True),
    )


def manifest_of(folder: Path) -> dict[str, JsonValue]:
    return dict(json.loads((folder / "manifest.json").read_text("utf-8")))


def test_every_row_ends_once_with_its_reason(imported: Path) -> None:
    found = mapping(mapping(manifest_of(imported)["curation"])["import"])
    expected = dict.fromkeys((name for name, _, _ in CODES), 1)
    expected |= {"unknown_version": 1, "environment_unavailable": 1}
    assert found["outcomes"] == dict(sorted(expected.items()))
    assert found["rows"] == sum(expected.values())
    assert mapping(found["by_library"])["heavy"] == {"environment_unavailable": 1}


def test_rows_keep_their_words_and_say_where_they_are_from(imported: Path) -> None:
    pairs = {pair.source_line: pair for pair in read_pairs(imported)}
    first, second = pairs[1], pairs[2]
    assert (first.update_info, first.description) == ("note", "said")
    assert (first.source_release, first.source_file) == ("rows.jsonl", "rows.jsonl")
    assert (first.effect, first.old_api) == (Effect.BREAK, "toylib.total")
    assert second.old_code.startswith("import toylib\n")
    assert second.old_api == "toylib.stats.spread"


def test_the_card_has_the_table(imported: Path) -> None:
    card = (imported / "README.md").read_text("utf-8")
    assert "recode-data import rows.jsonl --skip heavy --out DIR" in card
    assert "| toylib | 9 | 1 | 1 | 7 | 1 `duplicate`, 1 `no_edit`, 1 `nothing_changed`, " in card
    assert "recode-data build toylib" not in card
    assert "No row of either" not in card
    assert "composed from facts" not in card
    assert "stay under its licence" in card


def test_rows_run_beside_the_well_known_packages_that_they_import(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Sequence[str]] = []
    monkeypatch.setattr(judge, "read_context", lambda *given: asked.append(given[2]))
    codes = ("import torch\ndef f():\n    import sklearn.svm, anybodys", "from PIL import Image")
    row = ForeignRow(0, "torch", "2.0", "", "", *codes)
    read_step(VersionStep("torch", "1.0", "2.0"), [row], Workspace.default(tmp_path))
    assert asked == [("numpy", "pillow", "scikit-learn")]


def test_no_environment_is_made_where_nothing_can_run(tmp_path: Path) -> None:
    rows = [replace(row, number=number) for number, row in enumerate(read_foreign_rows(write_rows(tmp_path / "rows.jsonl")))]  # fmt: skip
    _, steps = run.triage(rows, "rows.jsonl", lister, ())
    assert [row.number for step in steps.values() for row in step] == [0, 1, 2, 3, 9]


def test_a_repeated_import_takes_over_what_was_judged(
    imported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged_again(task: object) -> None:
        pytest.fail(f"{task} was run again")

    monkeypatch.setattr(run, "judge_step", judged_again)
    before = (imported / "manifest.json").read_bytes()
    (imported / "manifest.json").unlink()
    run_import(imported.parent)
    assert (imported / "manifest.json").read_bytes() == before


def test_a_full_cache_is_swept_between_steps_and_loses_no_row(
    imported: Path, tmp_path: Path, toy_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(toy_index))
    monkeypatch.setenv("RECODE_CACHE_GB", "0")
    write_rows(tmp_path / "rows.jsonl")
    run_import(tmp_path)
    assert not list((tmp_path / "cache/environments").glob("[!.]*"))
    assert read_pairs(tmp_path / "out") == read_pairs(imported)

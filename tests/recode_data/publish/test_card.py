"""What the card says, rendered from a manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recode_data.publish import render_card
from recode_data.records import JsonValue
from tests.built_datasets import toy_drops, toy_pairs, write_built
from tests.making import make_pair


def manifest_of(folder: Path) -> dict[str, JsonValue]:
    return dict(json.loads((folder / "manifest.json").read_text("utf-8")))


@pytest.fixture
def manifest(tmp_path: Path) -> dict[str, JsonValue]:
    return manifest_of(write_built(tmp_path, toy_pairs(), dropped=toy_drops()))


def test_the_written_card_follows_from_the_manifest(tmp_path: Path) -> None:
    folder = write_built(tmp_path, toy_pairs(), dropped=toy_drops())
    assert render_card(manifest_of(folder)) == (folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "| `results_differ` | 2 |",
        "| `nondeterministic` | 1 |",
        "| toy | parameter_renamed | warn | evolved | 1 |",
        "| toy | removed | break | forward | 1 |",
        "| toy==1.0 | 2024-01-01 | MIT | 3 |",
        "| `all` | 2 | 0 | 1 |",
        "recode-data build toy:1.0:2.0 --out DIR",
        "  year    = {2025}",
    ],
)
def test_the_card_says(manifest: dict[str, JsonValue], line: str) -> None:
    assert line in render_card(manifest).splitlines()


def test_without_a_benchmark_the_card_claims_nothing(manifest: dict[str, JsonValue]) -> None:
    card = render_card(manifest)
    assert "nothing is known about overlap" in card
    assert "rows removed" not in card


def test_a_licence_that_is_a_table_stays_in_its_cell(tmp_path: Path) -> None:
    pair = make_pair(licence="My | licence\nof two lines")
    assert "| My \\| licence of two lines |" in render_card(manifest_of(write_built(tmp_path, [pair])))  # fmt: skip


@pytest.mark.parametrize("manifest", [{}, {"counts": 1, "configs": [], "curation": "x"}])
def test_a_strange_manifest_has_a_card(manifest: dict[str, JsonValue]) -> None:
    assert "## What a row is" in render_card(manifest)

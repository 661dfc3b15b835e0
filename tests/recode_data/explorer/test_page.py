"""The file itself: what it holds, what it asks for, whether it stays the same."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from recode_data.explorer import Markup, Page, Section, dataset_page, read_dataset, render
from recode_data.explorer import page as page_module
from recode_data.explorer.articles import pair_article
from recode_data.explorer.observed_words import observed_in_words
from recode_data.records import Effect
from tests.built_datasets import HOSTILE, checks_json, toy_pairs, write_built, write_toy_dataset
from tests.making import make_pair


class _Elements(HTMLParser):
    """Elements with their attributes, and the texts of scripts by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self._script: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self._script = dict(attrs).get("id") or "main"

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[self._script] = self.scripts.get(self._script, "") + data
            self._script = None


def test_nothing_is_fetched_from_anywhere(toy_page: Path) -> None:
    for tag, attributes in _Elements(toy_page.read_text("utf-8")).elements:
        assert tag not in {"iframe", "img", "object", "embed", "base"}
        assert "src" not in attributes
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        address = attributes.get("href") or "#"
        assert address.startswith(("#", "data:image/svg+xml,")), (tag, address)


def test_only_our_script_may_run(toy_page: Path) -> None:
    text = toy_page.read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]


def test_hostile_text_ends_no_script(toy_page: Path) -> None:
    scripts = _Elements(toy_page.read_text("utf-8")).scripts
    rows = json.loads(scripts["block-pairs-0"])
    assert sum(HOSTILE in old_code for _, _, old_code, _ in rows) == 1
    assert not any("<img" in article for article, *_ in rows)


def test_same_dataset_same_bytes(tmp_path: Path) -> None:
    pages = [
        render(dataset_page(read_dataset(write_toy_dataset(tmp_path / name)))) for name in "ab"
    ]
    assert pages[0] == pages[1]


def test_large_data_is_deflated(toy_page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "PLAIN_BYTES", 0)
    dataset = read_dataset(toy_page.parent / "dataset")
    packed = _Elements(render(dataset_page(dataset))).scripts
    plain = _Elements(toy_page.read_text("utf-8")).scripts
    assert packed.keys() == plain.keys()
    for name in packed.keys() - {"main"}:
        text = zlib.decompress(base64.b64decode(packed[name]))
        assert json.loads(text) == json.loads(plain[name])


@pytest.mark.parametrize("text", ["</style>", "</STYLE >"])
def test_a_style_that_ends_itself_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="end its own element"):
        render(Page("t", "s", [Section("a", "A", Markup(""))], styles=[text]))


def test_placeholders_in_data_stay_as_they_are() -> None:
    made = render(Page("{{script}}", "{{blocks}}", [Section("a", "A", Markup("{{style}}"))]))
    assert made.count("{{script}}") == 2
    assert "{{style}}" in made


# --- what the overview says without any script ----------------------------------------------------


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"<wbr>|</?mark>", "", markup)))


def test_the_overview_counts_every_candidate(toy_page: Path) -> None:
    text = text_of(toy_page.read_text("utf-8"))
    assert "6 candidates = 3 proved pairs + 3 dropped" in text
    assert "results differ the new code gives other results than the old code did 2 66.7 %" in text
    assert "nondeterministic two runs of the same code differ 1 33.3 %" in text


def test_the_overview_says_what_changed(toy_page: Path) -> None:
    text = text_of(toy_page.read_text("utf-8"))
    assert "What changed in the library Removed 1" in text
    assert "toy.load → write toy.read" in text
    assert "toy.scale(factor) → write by" in text


def test_the_overview_notices_lost_rows(tmp_path: Path) -> None:
    dataset = read_dataset(write_toy_dataset(tmp_path / "built"))
    assert "some rows were lost" not in render(dataset_page(dataset))
    fewer = dataclasses.replace(dataset, drops=dataset.drops[1:])
    assert "counts 6 candidates, the files hold 5" in render(dataset_page(fewer))


def test_an_empty_dataset_has_a_page(tmp_path: Path) -> None:
    made = render(dataset_page(read_dataset(write_built(tmp_path / "built", [], changes=()))))
    assert "No change of the public API was found." in made
    assert "None was." in made


# --- what is said of one pair ---------------------------------------------------------------------


def test_a_pair_tells_its_four_runs() -> None:
    text = text_of(pair_article(toy_pairs()[0], []))
    assert "Old code on toy 1.0 ✓ runs" in text
    assert "Old code on toy 2.0 ✗ raises AttributeError , line 4: module" in text
    assert "New code on toy 2.0 ✓ runs, with 2 observed values equal" in text
    assert "New code on toy 1.0 · does not run" in text
    assert "docs/guide.rst:12" in text


def test_code_that_works_on_both_versions_says_so() -> None:
    assert "New code on toy 1.0 ✓ runs too" in text_of(pair_article(toy_pairs()[1], []))


def test_a_control_row_shows_two_runs_only() -> None:
    pair = make_pair(effect=Effect.NONE, new_code="import toy\nx = toy.load(1)\n")
    text = text_of(pair_article(pair, []))
    assert "Code on toy 2.0 ✓ runs, with" in text
    assert "New code on" not in text


@pytest.mark.parametrize("evidence", ["", "[]", '{"proof": 1, "change": [], "replacement": 3}'])
def test_unreadable_evidence_is_left_out(evidence: str) -> None:
    text = text_of(pair_article(make_pair(evidence=evidence, checks=""), []))
    assert "✗ raises" in text
    assert "Evidence" not in text


def test_observed_values_are_cut_in_number_and_length() -> None:
    names = {f"n{n:02}": ["s", "x" * 1000] for n in range(30)}
    seen = observed_in_words(checks_json(**names))
    assert seen is not None
    assert len(seen.names) == 24
    assert seen.more == 7  # six names and the output
    assert {len(value) for _, value in seen.names} == {300}


@pytest.mark.parametrize("checks", ["", "{}", "[]", '{"expected": {"names": [], "events": 1}}'])
def test_unreadable_checks_say_nothing(checks: str) -> None:
    assert observed_in_words(checks) is None

"""The page in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from recode_data.explorer import write_explorer
from tests.browsing import Browser
from tests.built_datasets import HOSTILE, write_built
from tests.making import make_pair

pytestmark = pytest.mark.browser

VIEWS = ["overview", "changes", "pairs", "drops", "sources", "aaaaaaaaaaaaaaaaaaa3"]
VISIBLE_HOSTILE = HOSTILE.replace("\u202e", "⟨U+202E⟩")


def test_no_error_and_no_request(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page)
    for view in VIEWS:
        browser.go(view)
    assert browser.console() == []
    assert browser.requests() == [toy_page.as_uri()]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_window(
    browser: Browser, toy_page: Path, view: str, width: int
) -> None:
    browser.emulate(width)
    browser.open(toy_page, view)
    assert browser.overflow() <= 0


def test_dark_where_the_reader_is(browser: Browser, toy_page: Path) -> None:
    colours = []
    for dark in (False, True):
        browser.emulate(1280, dark=dark)
        browser.open(toy_page)
        colours.append(
            browser.run(
                "const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]"
            )
        )
    assert colours == [["rgb(255, 255, 255)", "rgb(27, 31, 36)"], ["rgb(15, 18, 22)", "rgb(228, 232, 237)"]]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "expect"),
    [
        ("effect", "warn", ["toy.scale(factor)"]),
        ("kind", "removed", ["toy.load → toy.read"]),
        ("split", "test", ["toy.scale(factor)"]),
        ("producer", "evolved", ["toy.scale(factor)"]),
        ("q", "DeprecationWarning", []),
        ("q", "now CALLED by", ["toy.scale(factor)"]),
        ("q", "a.csv load(", ["toy.load → toy.read"]),
        ("q", "no such words", []),
    ],
)
def test_filters(
    browser: Browser, toy_page: Path, name: str, value: str, expect: list[str]
) -> None:
    browser.open(toy_page, "pairs")
    browser.choose("pairs", name, value)
    assert browser.texts(".rows tbody th a") == expect
    assert browser.texts(".found") == [f"{len(expect)} of 3 pairs"]


def test_filters_stand_in_the_address(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "pairs")
    browser.choose("pairs", "effect", "drift")
    assert browser.run("return location.hash") == "#pairs&effect=drift"
    browser.open(toy_page, "pairs&effect=drift")
    assert browser.texts(".rows tbody th a") == ["toy.stats.mean(axis)"]
    browser.run("document.querySelector('#pairs .clear').click()")
    assert len(browser.texts(".rows tbody th a")) == 3


def test_changes_are_grouped_by_kind(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "changes")
    assert browser.texts("#changes .group") == [
        "Removed",
        "Parameter renamed",
        "Default changed",
        "Added",
    ]


def test_a_deep_link_opens_the_row(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "aaaaaaaaaaaaaaaaaaa1")
    browser.until(lambda: browser.texts("article.row h1"))
    assert browser.texts("article.row h1") == ["breaks toy.load → toy.read"]
    assert "raises AttributeError, line 4" in browser.text()
    assert browser.texts(".list") == []


def test_a_dead_link_says_so(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "nothing-of-that-name")
    browser.until(
        lambda: (
            browser.run("return document.getElementById('status').textContent")
            == "Nothing here is called nothing-of-that-name"
        )
    )
    assert browser.texts("h1")[0] == "Overview"


def test_hostile_text_is_shown_as_text(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "aaaaaaaaaaaaaaaaaaa3")
    browser.until(lambda: browser.texts("article.row h1"))
    assert browser.text().count(VISIBLE_HOSTILE) >= 4  # note, message, two codes, file
    assert browser.run("return window.hacked ?? null") is None
    assert browser.run("return document.images.length") == 0


def test_the_keyboard_reaches_everything(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page)
    browser.press("3")
    browser.until(lambda: browser.texts(".rows tbody th a"))
    browser.press("jj")
    active = "return document.activeElement.innerText"
    assert browser.run(active) == "toy.stats.mean(axis)"
    browser.press("\ue007")  # Enter
    browser.until(lambda: browser.texts("article.row h1") == ["drifts toy.stats.mean(axis)"])
    browser.press("k")
    browser.until(lambda: browser.texts("article.row h1") == ["breaks toy.load → toy.read"])
    browser.press("\ue00c")  # Escape
    browser.until(lambda: browser.texts(".rows"))
    browser.until(lambda: browser.run(active) == "toy.load → toy.read")
    browser.press("/")
    browser.until(lambda: browser.run("return document.activeElement.id") == "pairs-filter-q")
    browser.press("scale")
    assert browser.texts(".rows tbody th a") == ["toy.scale(factor)"]
    browser.press("\ue00c?")
    browser.until(lambda: browser.texts("dialog[open] h2") == ["Keyboard"])
    browser.press("\ue00c")
    browser.until(lambda: not browser.texts("dialog[open] h2"))


def test_back_leads_to_the_filtered_list(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "pairs&effect=warn")
    browser.run("document.querySelector('.rows tbody th a').click()")
    browser.until(lambda: browser.texts("article.row h1"))
    browser.driver.back()
    browser.until(lambda: browser.texts(".rows tbody th a") == ["toy.scale(factor)"])


def test_code_is_copied_as_it_is(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "aaaaaaaaaaaaaaaaaaa3")
    browser.until(lambda: browser.texts("article.row h1"))
    browser.run(
        "window.copied = []; navigator.clipboard.writeText = async text => { copied.push(text) };"
        "for (const button of document.querySelectorAll('.tools button')) button.click()"
    )
    browser.until(lambda: browser.run("return copied.length") == 3)
    old, new, link = browser.run("return copied")
    assert old == f"import toy\n# {HOSTILE}\nm = toy.stats.mean([[1, 2]])\n"
    assert new == f"import toy\n# {HOSTILE}\nm = toy.stats.mean([[1, 2]], axis=0)\n"
    assert link == f"{toy_page.as_uri()}#aaaaaaaaaaaaaaaaaaa3"


def test_every_control_has_a_name(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "pairs")
    nameless = browser.run(
        "return [...document.querySelectorAll('input, select, button, a')]"
        ".filter(e => !(e.labels?.length || e.getAttribute('aria-label') || e.innerText.trim()"
        " || !e.checkVisibility())).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_pair_links_lead_to_change_and_back(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "aaaaaaaaaaaaaaaaaaa2")
    browser.until(lambda: browser.texts("article.row h1"))
    browser.run("[...document.querySelectorAll('.facts a')].find(a => a.hash.startsWith('#change')).click()")  # fmt: skip
    browser.until(lambda: browser.texts("article.row h1") == ["toy.scale(factor)"])
    browser.run("[...document.querySelectorAll('.facts a')].find(a => a.hash.startsWith('#pairs')).click()")  # fmt: skip
    browser.until(lambda: browser.texts(".found") == ["1 of 3 pairs"])


@pytest.mark.parametrize(("width", "stacked"), [(360, True), (1280, False)])
def test_old_and_new_code_stack_where_it_is_narrow(
    browser: Browser, toy_page: Path, width: int, stacked: bool
) -> None:
    browser.emulate(width)
    browser.open(toy_page, "aaaaaaaaaaaaaaaaaaa1")
    browser.until(lambda: browser.texts("article.row h1"))
    old, new = browser.run(
        "return ['old', 'new'].map(side => document.querySelector(`article.row .changed .c.${side}`)"
        ".getBoundingClientRect()).map(box => [box.left, box.top])"
    )
    assert (old[0] == new[0] and old[1] < new[1]) is stacked


def test_long_names_and_lines_fit_a_phone(browser: Browser, tmp_path: Path) -> None:
    name = f"toy.{'very_' * 30}{'long' * 20}"
    code = f"import toy\nx = {name}('{'a' * 300}')\n"
    pair = make_pair(
        id="long", old_api=name, new_api=f"{name}2", old_code=code, source_file="d/" * 99
    )
    write_explorer(write_built(tmp_path / "built", [pair]), tmp_path / "page.html")
    browser.emulate(360)
    browser.open(tmp_path / "page.html", "long")
    browser.until(lambda: browser.texts("article.row h1"))
    assert browser.overflow() <= 0
    for view in ("overview", "pairs", "sources"):
        browser.go(view)
        assert browser.overflow() <= 0, view

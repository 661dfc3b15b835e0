"""What axe-core says of every view, light and dark, wide and narrow; and what a printer gets."""

from __future__ import annotations

import base64
import re
import zlib
from pathlib import Path

import pytest

from tests.axe import fetch_axe, violations
from tests.browsing import Browser

pytestmark = pytest.mark.browser

VIEWS = ["overview", "changes", "pairs", "drops", "sources", "change-0", "drop-0", "aaaaaaaaaaaaaaaaaaa1", "aaaaaaaaaaaaaaaaaaa3"]  # fmt: skip


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fetch_axe(tmp_path_factory.mktemp("axe"))


@pytest.mark.network
@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (360, True)], ids=["light", "narrow dark"]
)
def test_axe_finds_nothing_serious(
    browser: Browser, toy_page: Path, axe: str, width: int, dark: bool
) -> None:
    browser.emulate(width, dark=dark)
    for view in VIEWS:
        browser.open(toy_page, view)
        browser.until(lambda: browser.run("return document.querySelector('.view:not([hidden]) h1') !== null"))  # fmt: skip
        assert violations(browser, axe) == [], view


@pytest.mark.network
def test_axe_would_find_something(browser: Browser, toy_page: Path, axe: str) -> None:
    browser.open(toy_page)
    browser.run("document.querySelector('main').append(document.createElement('button'))")
    assert [rule for _, rule, _ in violations(browser, axe)] == ["button-name"]


def pdf_text(raw: bytes) -> str:
    """Streams of a PDF, inflated: enough to count pages and see that there is text."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL)
    found = []
    for stream in streams:
        try:
            found.append(zlib.decompress(stream).decode("latin-1"))
        except zlib.error:
            continue
    return "\n".join(found)


def test_a_row_is_printed_without_the_controls(browser: Browser, toy_page: Path) -> None:
    browser.open(toy_page, "aaaaaaaaaaaaaaaaaaa1")
    browser.until(lambda: browser.texts("article.row h1"))
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        shown = browser.texts("#nav a, .tools button, .steps a, .filters")
        assert shown == []
        assert browser.texts("article.row h1") == ["breaks toy.load → toy.read"]
        assert browser.texts("article.row .proof caption") != []
        wide = browser.run(
            "return [...document.querySelectorAll('article.row table')]"
            ".filter(t => t.scrollWidth > t.clientWidth + 1).length"
        )
        assert wide == 0
        printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})  # fmt: skip
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    raw = base64.b64decode(printed["data"])
    assert len(re.findall(rb"/Type\s*/Page\b", raw)) in {1, 2}
    assert "BT" in pdf_text(raw)

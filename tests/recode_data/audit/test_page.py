from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from recode_data.cli import cli
from tests.browsing import Browser, open_browser
from tests.built_datasets import HOSTILE

ROWS = [
    {"dependency": "toy", "new_version": "==2.0", "update_info": "n", "old_code": "a = 1", "new_code": "a = ("},
    {"dependency": "toy", "new_version": "==2.0", "update_info": HOSTILE, "old_code": f"# {HOSTILE}\nb = 1", "new_code": "b = undefined"},
    {"dependency": "toy", "new_version": "==2.0", "update_info": "n", "old_code": "c = 1", "new_code": "c = 2"},
]  # fmt: skip


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    done = CliRunner().invoke(cli, ["audit", str(file), "--html", str(tmp_path / "audit.html")])
    assert "clean" in done.output
    return tmp_path / "audit.html"


def test_the_page_counts_as_the_command_does(page: Path) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.read_text("utf-8")))
    assert "3 rows, 1 of them without a defect." in text
    assert "unparsable new_code does not parse: nothing can be learnt from it. 1 33.3 %" in text
    assert "clean No defect of these kinds. 1 33.3 %" in text


@pytest.mark.browser
def test_findings_are_listed_and_open(page: Path) -> None:
    with open_browser() as browser:
        check_findings(browser, page)


def check_findings(browser: Browser, page: Path) -> None:
    browser.emulate(1280)
    browser.open(page)
    browser.run("[...document.querySelectorAll('#overview a')].find(a => a.textContent === 'unbound name').click()")  # fmt: skip
    browser.until(lambda: browser.texts(".rows tbody th a") == ["row 1"])
    browser.go("unbound_name-1")
    browser.until(lambda: browser.texts("article.row h1") == ["row 1"])
    assert "b = undefined" in browser.text()
    assert browser.run("return window.hacked ?? null") is None
    assert browser.console() == []

"""The page of a report: what it says, and in a real browser."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest

from recode_bench.report import markdown_table, read_runs, report_page, write_report
from recode_data.explorer import render
from recode_data.records import Effect
from tests.browsing import Browser
from tests.built_datasets import HOSTILE, toy_pairs, write_built
from tests.making import make_pair
from tests.recorded_runs import write_run

VISIBLE_HOSTILE = HOSTILE.replace("\u202e", "⟨U+202E⟩")


def text_of(page: str) -> str:
    """Words of the parts that need no script."""
    body = page[page.index("<main") : page.index("</main>")]
    bare = re.sub(r"<[^>]*>", " ", re.sub(r"<wbr>|</?mark>", "", body))
    return html.unescape(re.sub(r"\s+", " ", bare))


@pytest.fixture(scope="session")
def report(toy_runs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("report") / "deep" / "report.html"
    write_report(toy_runs, page)
    return page


def test_one_page_says_it_all(report: Path) -> None:
    text = text_of(report.read_text("utf-8"))
    for words in (
        "copy 0 % (0 % to 56.1 %)",
        "oracle 100 % (43.9 % to 100 %)",
        "6 candidates = 3 proved pairs + 3 dropped",
        "toy.load → write toy.read",
        "On toy 2.0 the old code raises AttributeError , line 4",
        "table = toy.load('a.csv', 1)",
        "results differ the new code gives other results than the old code did 2 66.7 %",
        "pass@1 by effect",
        "pass@1 by kind of change",
        "pass@1 by library",
        "pass@1 by producer",
        "syntax error failed 0 0 2",
    ):
        assert words in text


def test_scores_without_the_dataset(toy_runs: list[Path], tmp_path: Path) -> None:
    runs = [tmp_path / folder.name for folder in toy_runs]
    for source, target in zip(toy_runs, runs, strict=True):
        shutil.copytree(source, target)
        results = (target / "results.json").read_text()
        (target / "results.json").write_text(re.sub('pairs:[^"]*', "pairs:/no/such", results))
    text = text_of(render(report_page(read_runs(runs))))
    assert "only the scores: /no/such is no folder" in text
    assert "oracle 100 %" in text
    assert "What changed in the library" not in text


def test_two_tasks_are_never_in_one_chart(tmp_path: Path) -> None:
    runs = [
        write_run(tmp_path / "a", "humaneval:f", "m", {"x": "passed"}),
        write_run(tmp_path / "b", "codeupdatearena:g", "m", {"x": "failed:error:"}),
    ]
    page = render(report_page(read_runs(runs)))
    assert page.count('<figure class="chart">') == 2
    text = text_of(page)
    assert "Task humaneval:f" in text
    assert "Task codeupdatearena:g" in text


def test_control_rows_are_apart(tmp_path: Path) -> None:
    control = make_pair(id="c0", effect=Effect.NONE)
    dataset = write_built(tmp_path / "d", [toy_pairs()[0], control])
    outcomes = {toy_pairs()[0].id: "passed", "c0": "failed:error:"}
    run = write_run(tmp_path / "r", f"pairs:{dataset}", "m", outcomes)
    table = markdown_table([run])
    assert table.splitlines()[-1] == "| m | 100 % | 20.7 % to 100 % | 2 | 2 | 0 | 100 % |"
    assert "Over-migration" in text_of(render(report_page(read_runs([run]))))


def test_a_dataset_without_pairs_still_has_a_page(empty_dataset: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", f"pairs:{empty_dataset}", "m", {})
    assert "not scored" in text_of(render(report_page(read_runs([run]))))


def test_markdown_cells_stay_cells(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r", "t", "a|b\nc", {"x": "passed", "y": "failed:error:"})
    assert markdown_table([run]).splitlines() == [
        "Task `t`",
        "",
        "| model | pass@1 | 95 % interval | problems | samples | unscored |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| a\\|b c | 50.0 % | 9.5 % to 90.5 % | 2 | 2 | 0 |",
    ]


def test_same_runs_same_bytes(toy_runs: list[Path]) -> None:
    assert render(report_page(read_runs(toy_runs))) == render(report_page(read_runs(toy_runs)))


# --- in a browser ---------------------------------------------------------------------------------

ROW = "aaaaaaaaaaaaaaaaaaa1"
VIEWS = ["overview", "scores", "changes", "pairs", "drops", "sources", ROW]


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_every_view_fits_and_is_quiet(browser: Browser, report: Path, width: int) -> None:
    browser.emulate(width, dark=width == 360)
    browser.open(report)
    for view in VIEWS:
        browser.go(view)
        assert browser.overflow() <= 0, view
    assert browser.console() == []
    assert browser.requests() == [report.as_uri()]


@pytest.mark.browser
def test_pairs_by_verdict_of_a_model(browser: Browser, report: Path) -> None:
    browser.open(report, "pairs")
    browser.choose("pairs", "model2", "mixed")
    assert browser.texts(".rows tbody th a") == ["toy.load → toy.read"]
    assert browser.texts(".rows tbody .is-verdict") == ["failed", "passed", "mixed"]


@pytest.mark.browser
def test_a_pair_shows_who_passed_it(browser: Browser, report: Path) -> None:
    browser.open(report, ROW)
    browser.until(lambda: browser.texts("article.row .answers"))
    assert browser.texts("article.row .answers .verdict") == [
        "failed",
        "passed",
        "passed",
        "failed",
    ]
    assert VISIBLE_HOSTILE in browser.text()
    assert browser.run("return window.hacked ?? null") is None


@pytest.mark.browser
def test_problems_of_another_task(browser: Browser, tmp_path: Path) -> None:
    outcomes = {f"HumanEval/{n}": "passed" if n % 3 else "failed:error:boom" for n in range(9)}
    write_report([write_run(tmp_path / "r", "humaneval:f", "m", outcomes)], tmp_path / "page.html")
    browser.open(tmp_path / "page.html", "problems")
    browser.choose("problems", "model0", "failed")
    assert browser.texts(".rows tbody th a") == ["HumanEval/0", "HumanEval/3", "HumanEval/6"]
    browser.press("j\ue007")
    browser.until(lambda: browser.texts("article.row h1") == ["HumanEval/0"])
    assert "boom" in browser.text()

"""Speed of the explorer's page with many rows, in headless Chromium.

Usage: python benchmarks/explorer.py [--rows 10000] [--keep FOLDER]

Prints as JSON, for a generated dataset: seconds to write the page and its size; milliseconds to
first paint of the overview, until the list of pairs is there (opened by its address), and until
every word of every row can be found; and milliseconds of the slowest of some filters, measured in
the page from the reader's input to the list that has been laid out.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from recode_data.explorer import write_explorer
from recode_data.records import ChangeKind, Effect, MigrationPair, Producer
from tests.browsing import Browser, open_browser
from tests.built_datasets import checks_json, proof_json, write_built
from tests.making import make_change, make_pair

ROUNDS = 5
FILTERS = (("effect", "warn"), ("library", "lib3"), ("q", "total"), ("q", "x_977 ="), ("q", ""))

PAINT = """
const paint = performance.getEntriesByName('first-contentful-paint')[0];
return paint ? paint.startTime : null;
"""
LISTED = "return document.querySelector('#pairs .rows tbody a') ? performance.now() : null"
SEARCHABLE = (
    "return 'searchable' in document.querySelector('#pairs').dataset ? performance.now() : null"
)
FILTER = """
const control = document.getElementById('pairs-filter-' + arguments[0]);
control.value = arguments[1];
const start = performance.now();
control.dispatchEvent(new Event('input', {bubbles: true}));
document.body.offsetHeight;
return performance.now() - start;
"""


def pair(number: int, draw: random.Random) -> MigrationPair:
    """A pair of 6 to 40 lines; no two are alike."""
    library = f"lib{number % 7}"
    api, kind = f"{library}.part{number % 90}.old_name", draw.choice(list(ChangeKind))
    effect = draw.choice([Effect.BREAK, Effect.WARN, Effect.DRIFT])
    lines = [f"x_{draw.randrange(10_000)} = compute({draw.random():.6f}, 'abc')" for _ in range(draw.randrange(3, 37))]  # fmt: skip
    old = "\n".join([f"import {library}", *lines, f"total = {api}([1, 2, 3])", "print(total)", ""])
    change = make_change(api, kind=kind)
    return make_pair(
        id=f"{number:020x}",
        dependency=library,
        kind=kind,
        effect=effect,
        producer=draw.choice(list(Producer)),
        split=draw.choice(["train", "train", "train", "validation", "test"]),
        old_api=api,
        new_api=api.replace("old", "new"),
        old_code=old,
        new_code=old.replace("old_name", "new_name"),
        update_info=f"The function `{api}` was removed in {library} 2.0.\nWrite another instead.",
        evidence=proof_json(change, effect, "AttributeError", f"no attribute {number}", 4, 9),
        checks=checks_json(**{f"x_{n}": draw.random() for n in range(6)}),
        source_line=number,
    )


def measure(page: Path, browser: Browser) -> dict[str, float]:
    """Medians over rounds, in milliseconds; filters: the slowest."""
    found: dict[str, list[float]] = {}

    def until(name: str, script: str) -> None:
        while (value := browser.run(script)) is None:
            time.sleep(0.005)
        found.setdefault(name, []).append(value)

    for _ in range(ROUNDS):
        browser.open(page)
        until("first_paint_ms", PAINT)
        browser.driver.get("about:blank")
        browser.driver.get(f"{page.as_uri()}#pairs")
        until("list_ms", LISTED)
        until("every_word_found_ms", SEARCHABLE)
        for name, value in FILTERS:
            label = f"filter {name}={value!r} ms"
            found.setdefault(label, []).append(browser.run(FILTER, name, value))
            browser.run(FILTER, name, "")
    medians = {name: round(sorted(values)[ROUNDS // 2], 1) for name, values in found.items()}
    worst = max(max(values) for name, values in found.items() if name.startswith("filter"))
    return {**medians, "slowest_filter_ms": round(worst, 1)}


def main() -> None:
    """Generate, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="folder in which dataset and page are left")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        draw = random.Random(0)
        write_built(folder / "dataset", [pair(number, draw) for number in range(options.rows)])
        start = time.perf_counter()
        write_explorer(folder / "dataset", folder / "page.html")
        seconds = time.perf_counter() - start
        size = (folder / "page.html").stat().st_size
        with open_browser() as browser:
            browser.emulate(1280)
            timings = measure(folder / "page.html", browser)
    result = {"rows": options.rows, "write_s": round(seconds, 1), "page_mb": round(size / 1e6, 1)}
    print(json.dumps({**result, **timings}, indent=1))


if __name__ == "__main__":
    main()

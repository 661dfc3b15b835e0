"""Headless Chromium for tests of pages."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WAIT_S = 20.0

READY = """
const section = document.querySelector('.view:not([hidden])');
return document.documentElement.classList.contains('scripted') && section &&
  (!section.classList.contains('listing-view') || 'searchable' in section.dataset);
"""


class Browser:
    """A window on one page at a time."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path, address: str = "") -> None:
        """Load the page anew at `#address`, until its view is drawn."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(f"{page.as_uri()}#{address}")
        self.until(lambda: self.run(READY))

    def go(self, address: str) -> None:
        """Follow a link within the page."""
        self.run("location.hash = arguments[0]", f"#{address}")
        self.until(lambda: self.run(READY))

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def until(self, holds: Callable[[], object]) -> None:
        end = time.monotonic() + WAIT_S
        while not holds():
            if time.monotonic() > end:
                pytest.fail(f"the page did not get there; it shows: {self.text()[:500]}")
            time.sleep(0.02)

    def text(self) -> str:
        """What a reader sees of the view."""
        return str(self.run("return document.querySelector('main').innerText"))

    def texts(self, selector: str) -> list[str]:
        """Text of each visible element that the selector finds."""
        found: list[str] = self.run(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter(e => e.checkVisibility()).map(e => e.innerText.trim())",
            selector,
        )
        return found

    def press(self, keys: str) -> None:
        """Type into whatever has the focus."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(keys).perform()

    def choose(self, view: str, name: str, value: str) -> None:
        """Set a filter of a list, as a reader would."""
        self.run(
            "const c = document.getElementById(arguments[0]); c.value = arguments[1];"
            "c.dispatchEvent(new Event('input', {bubbles: true}))",
            f"{view}-filter-{name}",
            value,
        )

    def console(self) -> list[str]:
        """Messages since `open`: errors, refusals of the content security policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses that were asked for since `open`, without data in the page."""
        messages = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        urls = [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in urls if not url.startswith(("data:", "about:", "blob:"))]

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.run("return document.documentElement.scrollWidth - innerWidth"))

    def emulate(self, width: int, *, dark: bool = False) -> None:
        """Another width of the window in CSS pixels, and the reader's colours."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser that is gone afterwards; skips where the machine has none."""
    binary, service = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or service is None:
        pytest.skip("Chromium and its driver are not installed")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    # Root may not use Chromium's own sandbox; the pages are ours.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(service))
    try:
        yield Browser(driver)
    finally:
        driver.quit()

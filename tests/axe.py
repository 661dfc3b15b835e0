"""The accessibility checker axe-core, fetched with npm when a test wants it."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.browsing import Browser

PACKAGE = "axe-core@4.14.1"
SERIOUS = ("serious", "critical")

RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(
  result => done(result.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 120))])),
  error => done([['critical', String(error), []]]),
);
"""


def fetch_axe(folder: Path) -> str:
    """The checker's script; skips where npm is missing or cannot reach its registry."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, which axe-core comes by")
    done = subprocess.run(
        [npm, "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"npm cannot fetch {PACKAGE}: {done.stderr.strip()[-200:]}")
    with tarfile.open(next(folder.glob("axe-core-*.tgz"))) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode("utf-8")


def violations(browser: Browser, axe: str) -> list[tuple[str, str, list[str]]]:
    """What axe finds serious or critical on the page as it is shown: impact, rule, elements."""
    browser.run(axe)
    found = browser.driver.execute_async_script(RUN)
    return [(impact, rule, nodes) for impact, rule, nodes in found if impact in SERIOUS]

"""One browser and one page for all tests of the explorer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recode_data.explorer import write_explorer
from tests.browsing import Browser, open_browser
from tests.built_datasets import write_toy_dataset


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    chromium.emulate(1280)
    return chromium


@pytest.fixture(scope="session")
def toy_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of three pairs, four changes, three drops; one pair's text is hostile."""
    folder = tmp_path_factory.mktemp("explorer")
    write_explorer(write_toy_dataset(folder / "dataset"), folder / "page.html")
    return folder / "page.html"

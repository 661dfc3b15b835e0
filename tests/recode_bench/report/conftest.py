"""Runs on the toy dataset, and one browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browsing import Browser, open_browser
from tests.built_datasets import HOSTILE, write_built, write_toy_dataset
from tests.recorded_runs import write_run

BREAK, WARN, DRIFT = (f"aaaaaaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))


@pytest.fixture(scope="session")
def toy_runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Copy, oracle and a model whose answers are hostile, on three pairs."""
    folder = tmp_path_factory.mktemp("runs")
    task = f"pairs:{write_toy_dataset(folder / 'dataset')}"
    model = {
        BREAK: ["passed", f"failed:timeout:{HOSTILE}"],
        WARN: ["failed:syntax_error:line 3", "failed:syntax_error:line 4"],
        DRIFT: "unscored:sandbox_failed:no isolation",
    }
    return [
        write_run(
            folder / "copy",
            task,
            "copy",
            {
                BREAK: "failed:error:AttributeError",
                WARN: "failed:warning:",
                DRIFT: "failed:wrong_result:m",
            },
        ),
        write_run(folder / "oracle", task, "oracle", dict.fromkeys((BREAK, WARN, DRIFT), "passed")),
        write_run(
            folder / "model", task, f"endpoint:{HOSTILE}", model, metrics={"pass@1": {"value": 0.5}}
        ),
    ]


@pytest.fixture(scope="session")
def empty_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset without rows."""
    return write_built(tmp_path_factory.mktemp("empty") / "dataset", [])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    chromium.emulate(1280)
    return chromium

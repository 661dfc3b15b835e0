"""Fixtures that every test may use, and the rule that an unexpected skip fails in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.toy_index import build_toy_index

CHECKOUT = Path(__file__).resolve().parent.parent

# A deadline fails a property on a busy machine, and never on the law that it states.
settings.register_profile("toolkit", deadline=None)
settings.load_profile("toolkit")

# The fixture libraries bring tests of their own, which run against their own version only.
collect_ignore = ["fixtures"]


def _has_no_shared_data() -> bool:
    return not os.environ.get("RECODE_SHARED")


def _cannot_install_a_browser() -> bool:
    return os.geteuid() != 0 and shutil.which("chromium") is None


def _is_no_root() -> bool:
    return os.geteuid() != 0


def _always() -> bool:
    return True


EXPECTED_SKIPS: tuple[tuple[str, Callable[[], bool]], ...] = (
    ("accelerator", _always),
    ("GPU", _always),
    ("RECODE_SHARED", _has_no_shared_data),
    ("Chromium", _cannot_install_a_browser),
    ("axe-core", _always),
    ("this machine has no", _always),  # kinds of isolation that its kernel refuses
    ("Ray is not installed", _always),  # an extra that `make install` leaves out
    ("only root may mount", _is_no_root),
    ("which another user could run", _always),
    ("run as a plain user already", _is_no_root),
)
"""Words of a skip reason, and when that reason is a fact of the machine rather than a surprise."""


def is_expected_skip(reason: str) -> bool:
    """Whether CI accepts a skip that gives this reason."""
    return any(words in reason and holds() for words, holds in EXPECTED_SKIPS)


def _refuse_unexpected_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip that nobody announced into a failure; only where `CI=true`."""
    if os.environ.get("CI") != "true" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not is_expected_skip(reason):
        report.outcome = "failed"
        report.longrepr = f"unexpected skip in CI: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_unexpected_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_unexpected_skip(report)
    return report


@pytest.fixture(scope="session")
def toy_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A find-links folder with wheel and sdist of toylib 1.0 and 2.0."""
    return build_toy_index(tmp_path_factory.mktemp("toy_index"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the parity files, named by the environment variable RECODE_SHARED."""
    folder = os.environ.get("RECODE_SHARED")
    if not folder:
        pytest.skip("RECODE_SHARED is not set: no parity files")
    return Path(folder)

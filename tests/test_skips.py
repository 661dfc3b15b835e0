"""In CI a skip that nobody expected is a failure: silence must not pass for proof."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT, is_expected_skip

UNEXPECTED = "import pytest\ndef test_it(): pytest.skip('the library is not installed')\n"
EXPECTED = "import pytest\ndef test_it(): pytest.skip('needs an accelerator')\n"
WHOLE_FILE = "import pytest\npytest.importorskip('no_such_module')\n"
XFAIL = "import pytest\n@pytest.mark.xfail(strict=True)\ndef test_it(): assert False\n"


def summary_of(test_file: str, folder: Path, *, ci: bool) -> str:
    (folder / "test_one.py").write_text(test_file, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [*(sys.executable, "-B", "-m", "pytest", "-q", "-p", "tests.conftest"), "-c", "/dev/null"],
        cwd=folder,
        env={**kept, "CI": "true" if ci else "", "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("test_file", "ci", "summary"),
    [
        pytest.param(UNEXPECTED, True, "1 failed", id="unexpected in CI"),
        pytest.param(WHOLE_FILE, True, "1 error", id="unexpected whole file in CI"),
        pytest.param(UNEXPECTED, False, "1 skipped", id="unexpected at a desk"),
        pytest.param(EXPECTED, True, "1 skipped", id="expected in CI"),
        pytest.param(XFAIL, True, "1 xfailed", id="an expected failure is no skip"),
    ],
)
def test_unexpected_skip_fails_in_ci_only(
    test_file: str, ci: bool, summary: str, tmp_path: Path
) -> None:
    assert summary in summary_of(test_file, tmp_path, ci=ci)


def test_missing_parity_files_are_expected_only_without_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reason = "RECODE_SHARED is not set: no parity files"
    monkeypatch.delenv("RECODE_SHARED", raising=False)
    assert is_expected_skip(reason)
    monkeypatch.setenv("RECODE_SHARED", "/somewhere")
    assert not is_expected_skip(reason)

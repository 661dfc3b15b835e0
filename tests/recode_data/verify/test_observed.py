from __future__ import annotations

import pytest

from recode_data.records import JsonValue, encode
from recode_data.sandbox import JobResult, JobStatus, Level
from recode_data.verify.observed import parse_observed, steady


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("<f at 0x7f262fd51d30>", "<f at 0x7fa4bd8d9d30>"),
        ("'/tmp/tmpr5ui6xqe/new.dat'", "'/tmp/tmpnqq_d8v6/new.dat'"),
        ("/tmp/tmpr5ui6xqe", "/tmp/tmp0xq_d8v6"),
        ("/tmp/tmpr5ui6xqe", "/tmp/tmp0xabcdef"),
        ("4.6491319358758e-310", "4.6440990867658e-310"),
        ("[[4.64913194e-310 0.0]]", "[[0.0 0.0]]"),
        ("8e-323", "0.0"),
    ],
)
def test_what_changes_from_run_to_run_is_left_out(first: str, second: str) -> None:
    assert steady(["s", first]) == steady(["s", second])


@pytest.mark.parametrize(
    "text",
    [
        "0xff",
        "/tmp/table.csv",
        "1e-300",
        "2.3e-307",
        "tmpr5ui6xqe",
        "1e-30",
        "x0e-310y",
        "é",
        "1e-3",
    ],
)
def test_what_the_code_decides_is_kept(text: str) -> None:
    assert steady({"a": [text, 1, None, 0.5]}) == {"a": [text, 1, None, 0.5]}


def test_text_that_cannot_be_written_is_escaped() -> None:
    """A snippet may raise or print lone surrogates; no record could hold them."""
    message: JsonValue = {
        "error": {"type": "E\ud800", "mro": ["E"], "message": "\udcff", "line": 1, "frames": []},
        "warnings": [],
        "events": [["print", None, "\ud800\n"]],
        "event_lines": [1],
        "names": {"x": ["s", "\ud800"]},
    }
    result = JobResult(JobStatus.DONE, (message,), "", 0.1, 0.1, Level.NAMESPACES)
    observed = parse_observed(result)
    assert observed.error is not None
    assert observed.error.message == "\\udcff"
    assert b"ud800" in encode(observed)

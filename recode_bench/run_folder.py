"""The state of a run in its folder: what was asked, every completion, every outcome.

`run.json` says which request the folder belongs to; `completions.jsonl` and `outcomes.jsonl` grow by
a line as each is known. A torn last line (kill -9, power) is dropped on reading, so that only what
it held is done again. When the run is complete, `outcomes.jsonl` is put into order once and
`results.json` is written last.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from recode_bench.models.completing import Completion
from recode_bench.problems import Outcome
from recode_data.errors import BusyError, UsageError
from recode_data.journal import appending, write_atomically
from recode_data.records import JsonValue, decode, encode

RecordT = TypeVar("RecordT")
Key = tuple[str, int]
"""Problem and sample."""


class RunFolder:
    """One folder of a run, held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._request = folder / "run.json"
        self._completions = folder / "completions.jsonl"
        self._outcomes = folder / "outcomes.jsonl"

    @contextmanager
    def claimed(self, request: Mapping[str, JsonValue]) -> Iterator[None]:
        """Hold the folder for this request.

        Raises:
            UsageError: the folder holds something else, or the run of another request.
            BusyError: another process is working in it.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise UsageError(f"{self.folder} is a file; give --out a folder")
        if self.folder.is_dir() and not self._request.is_file() and _strangers(self.folder):
            raise UsageError(
                f"{self.folder} is not empty and was not made by `recode-bench eval`; choose "
                "another --out"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BusyError(
                    f"another process is evaluating into {self.folder}; wait for it, or choose "
                    "another --out"
                ) from error
            self._claim(request)
            yield

    def _claim(self, request: Mapping[str, JsonValue]) -> None:
        if self._request.is_file():
            try:
                found = json.loads(self._request.read_text(encoding="utf-8"))
            except ValueError:
                found = {}
            different = sorted(
                name for name in request if found.get(name, request[name]) != request[name]
            )
            if different:
                words = "; ".join(f"{name} was {found[name]!r}" for name in different)
                raise UsageError(
                    f"{self.folder} belongs to another run ({words}); choose another --out, or "
                    "delete the folder"
                )
        write_atomically(self._request, as_json(request))

    def completions(self) -> dict[Key, Completion]:
        """Completions of earlier runs."""
        records = _read(self._completions, Completion)
        return {(item.problem_id, item.sample): item for item in records}

    def outcomes(self) -> dict[Key, Outcome]:
        """Outcomes of earlier runs."""
        return {(item.task_id, item.sample): item for item in _read(self._outcomes, Outcome)}

    @contextmanager
    def writing(self) -> Iterator[RunJournal]:
        """The two files, open for whole lines."""
        with appending(self._completions) as completions, appending(self._outcomes) as outcomes:
            yield RunJournal(completions.fileno(), outcomes.fileno())

    def finish(self, outcomes: Sequence[Outcome], results: Mapping[str, JsonValue]) -> None:
        """Outcomes in their final order, then the results."""
        lines = b"".join(encode(outcome) + b"\n" for outcome in outcomes)
        write_atomically(self._outcomes, lines)
        write_atomically(self.folder / "results.json", as_json(results))


class RunJournal:
    """Appends to a run; each line is one write, which a killed process leaves whole or not at all."""

    def __init__(self, completions: int, outcomes: int) -> None:
        self._completions, self._outcomes = completions, outcomes

    def add_completion(self, completion: Completion) -> None:
        """Before it is scored: it may have cost money."""
        _append(self._completions, completion)

    def add_outcome(self, outcome: Outcome) -> None:
        """As soon as it is known."""
        _append(self._outcomes, outcome)


def as_json(document: Mapping[str, JsonValue]) -> bytes:
    """Sorted and indented, so that two runs can be compared."""
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def _strangers(folder: Path) -> bool:
    return any(path.name != ".lock" for path in folder.iterdir())


def _append(descriptor: int, record: object) -> None:
    line = encode(record) + b"\n"
    while line:
        line = line[os.write(descriptor, line) :]


def _read(file: Path, record_type: type[RecordT]) -> Iterator[RecordT]:
    if not file.is_file():
        return
    for line in file.read_bytes().split(b"\n"):
        try:
            if line:
                yield decode(line, record_type)
        except msgspec.MsgspecError:
            continue

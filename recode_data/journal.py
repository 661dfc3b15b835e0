"""The state of a build in its output folder: whose it is, who works in it, what is finished.

Everything lives in `DIR/.state`: `build.json` (identity), `lock`, and append-only JSONL files per
version step and its inputs: what the probe found, and the outcomes. A line is written when a piece
of work is finished; a torn last line (kill -9, power) is dropped on reading, so that piece is simply
done again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

import msgspec

from recode_data.errors import BusyError, UsageError
from recode_data.records import (
    Candidate,
    Dropped,
    DropReason,
    JsonValue,
    MigrationPair,
    Outcome,
    RecordT,
    StepContext,
    Verified,
    VersionStep,
    content_id,
    decode,
    encode,
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One finished candidate: a pair, or a reason."""

    key: str
    pair: MigrationPair | None = None
    reason: DropReason | None = None
    detail: str = ""


NOT_MINING = ("explorer", "commands")
"""What no dataset depends on."""
ONLY_PUBLISHING = (
    "publish",
    "audit",
    "finished_steps.py",
    "limited_map.py",
    "pipeline.py",
    "step_ahead.py",
    "step_workers.py",
    *(
        f"curate/{name}.py"
        for name in (
            "benchmarks",
            "decontaminate",
            "screening",
            "shares",
            "shingles",
            "split",
        )
    ),
    *(f"notes/{name}.py" for name in ("besides", "describe", "noting", "wording")),
)
"""Folders and files that proofs do not depend on, but what is published of them does."""


@lru_cache(maxsize=2)
def code_version(*, whole: bool = False) -> str:
    """Hash of the miner's own source: finished work of other code is not finished work.

    Args:
        whole: With what writes the dataset, and not only what proves its rows.
    """
    digest = hashlib.sha256()
    root = Path(__file__).parent
    left_out = NOT_MINING if whole else (*NOT_MINING, *ONLY_PUBLISHING)
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix in (".py", ".toml") and not is_left_out(name, left_out):
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def is_left_out(name: str, left_out: Iterable[str]) -> bool:
    """Whether a source file is one of these files, or in one of these folders."""
    return any(name == item or name.startswith(f"{item}/") for item in left_out)


class BuildFolder:
    """One output folder, held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = folder / ".state"

    @contextmanager
    def claimed(self, identity: dict[str, JsonValue]) -> Iterator[None]:
        """Hold the folder for a build; finished work of another version of the code is dropped.

        Raises:
            UsageError: the folder holds something else, or the build of another request.
            BusyError: another process is building into it.
        """
        self._check_is_ours()
        self._state.mkdir(parents=True, exist_ok=True)
        with (self._state / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BusyError(
                    f"another process is building into {self.folder}; wait for it, or choose "
                    "another --out"
                ) from error
            self._claim(identity)
            yield

    def _check_is_ours(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise UsageError(f"{self.folder} is a file; give --out a folder")
        if self.folder.is_dir() and not self._state.is_dir() and any(self.folder.iterdir()):
            raise UsageError(
                f"{self.folder} is not empty and was not made by `recode-data build`; choose "
                "another --out"
            )

    def _claim(self, identity: dict[str, JsonValue]) -> None:
        file = self._state / "build.json"
        wanted = {
            "request": identity,
            "code": code_version(),
            "publishing": code_version(whole=True),
        }
        if file.is_file():
            try:
                found = json.loads(file.read_text(encoding="utf-8"))
            except ValueError:
                found = {}
            if found.get("request", identity) != identity:
                raise UsageError(
                    f"{self.folder} belongs to another build ({_words(found['request'])}); choose "
                    "another --out, or delete the folder"
                )
            if found.get("code") != wanted["code"]:
                for finished in (*self._state.glob("*.jsonl"), *self._state.glob("*.json.gz")):
                    finished.unlink()
            if found.get("publishing") != wanted["publishing"]:
                (self.folder / "manifest.json").unlink(missing_ok=True)
        for left in self.folder.rglob(".*.tmp"):  # of a killed build: nobody else writes here now
            left.unlink(missing_ok=True)
        write_atomically(file, json.dumps(wanted, sort_keys=True).encode())

    def finished_manifest(self) -> dict[str, JsonValue] | None:
        """The manifest, if this very build was finished before and its files are still whole."""
        try:
            manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
            files = manifest["files"]
            whole = all(
                hashlib.sha256((self.folder / name).read_bytes()).hexdigest() == entry["sha256"]
                for name, entry in files.items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return dict(manifest) if whole else None

    def journal(self, context: StepContext, kind: str) -> Path:
        """The file of finished work of one kind; other inputs, for example of a folder that was
        edited since, have another file."""
        return self._state / f"{kind}-{_named(context.step)}-{inputs_id(context)}.jsonl"

    def finished_file(self, step: VersionStep) -> Path:
        """Where the result of a step is kept once it is whole (see `finished_steps.py`)."""
        return self._state / f"finished-{_named(step)}.json.gz"


def _named(step: VersionStep) -> str:
    return "".join(char if char.isalnum() or char in ".-" else "_" for char in str(step))[-80:]


def inputs_id(context: StepContext) -> str:
    """Content id of releases and environments, whatever the paths on this machine."""
    parts = [str(context.step).encode(), encode(context.old), encode(context.new)]
    for environment in (context.old_environment, context.new_environment):
        parts.append(encode([environment.python_version, *environment.requirements]))
    return content_id(*parts, length=12)


def _words(identity: JsonValue) -> str:
    if isinstance(identity, dict):
        steps = identity.get("steps")
        if isinstance(steps, list):
            return " ".join(str(step) for step in steps)
    return "unknown"


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file's content in one step; a reader sees the old or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_records(journal: Path, record_type: type[RecordT]) -> Iterator[RecordT]:
    """Finished work of earlier runs; lines that are torn are left out."""
    if not journal.is_file():
        return
    for line in journal.read_bytes().split(b"\n"):
        try:
            yield decode(line, record_type)
        except msgspec.MsgspecError:
            continue


def read_outcomes(journal: Path, candidates: dict[str, Candidate]) -> dict[str, Outcome]:
    """Outcomes of earlier runs, by candidate key; lines that are torn or of no use are left out."""
    found: dict[str, Outcome] = {}
    for record in read_records(journal, _Line):
        candidate = candidates.get(record.key)
        if candidate is None:
            continue
        if record.pair is not None:
            found[record.key] = Verified(candidate, record.pair)
        elif record.reason is not None and record.reason is not DropReason.SANDBOX_FAILED:
            found[record.key] = Dropped(candidate, record.reason, record.detail)
    return found


@contextmanager
def appending(journal: Path) -> Iterator[IO[bytes]]:
    """The journal, open for whole lines; a torn tail is closed by a line break first."""
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("ab") as file:
        if file.tell() > 0:
            with journal.open("rb") as reader:
                reader.seek(-1, os.SEEK_END)
                if reader.read(1) != b"\n":
                    file.write(b"\n")
                    file.flush()  # a caller may write to the descriptor
        yield file


def write_outcome(file: IO[bytes], outcome: Outcome) -> None:
    """Append one finished candidate, so that it survives whatever happens next."""
    if isinstance(outcome, Verified):
        record = _Line(outcome.candidate.key, pair=outcome.pair)
    else:
        record = _Line(outcome.candidate.key, reason=outcome.reason, detail=outcome.detail)
    append_record(file, record)


def append_record(file: IO[bytes], record: object) -> None:
    """Append one line, and hand it to the system at once."""
    file.write(encode(record) + b"\n")
    file.flush()

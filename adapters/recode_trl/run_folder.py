"""The output folder of a training: whose it is, and which checkpoint it goes on from."""

from __future__ import annotations

import fcntl
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from recode_data.errors import BusyError, UsageError
from recode_data.journal import write_atomically
from recode_data.records import JsonValue

RECORD = "recode-train.json"
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")


@contextmanager
def claimed(
    out: Path, request: Mapping[str, JsonValue], *, resume: bool, first: bool = True
) -> Iterator[Path | None]:
    """Hold the folder for one training; gives the checkpoint to go on from, or None.

    Args:
        out: The folder, made if need be.
        request: What is trained; a resumed training must be the same one.
        resume: Go on with what is there.
        first: This is the first of the processes that train together, which looks after the folder.

    Raises:
        UsageError: the folder holds another training, or one that was not to be resumed.
        BusyError: another training is writing there.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give --out a folder")
    if not first:
        yield last_checkpoint(out) if resume else None
        return
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BusyError(
                f"another training is writing into {out}; choose another --out"
            ) from error
        _check(out, request, resume=resume)
        write_atomically(
            out / RECORD, (json.dumps(request, indent=1, sort_keys=True) + "\n").encode()
        )
        yield last_checkpoint(out) if resume else None


def last_checkpoint(out: Path) -> Path | None:
    """The latest checkpoint that is whole: its state is written last."""
    found: list[tuple[int, Path]] = []
    for folder in out.glob("checkpoint-*"):
        match = _CHECKPOINT.fullmatch(folder.name)
        if match is not None and _is_whole(folder):
            found.append((int(match[1]), folder))
    return max(found)[1] if found else None


def _is_whole(folder: Path) -> bool:
    try:
        json.loads((folder / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True


def _check(out: Path, request: Mapping[str, JsonValue], *, resume: bool) -> None:
    if all(path.name in (".lock", RECORD) for path in out.iterdir()):
        return  # empty, or of a training that came to nothing: a wrong name, no memory
    try:
        known = json.loads((out / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{out} is not empty and was not made by `recode-train`; choose another --out"
        ) from error
    if not resume:
        raise UsageError(
            f"{out} holds a training already; pass --resume to go on with it, or choose another --out"
        )
    different = [
        f"{name} was {known.get(name)!r}, now {value!r}"
        for name, value in request.items()
        if known.get(name) != value
    ]
    if different:
        raise UsageError(
            f"{out} holds another training ({'; '.join(different)}); choose another --out"
        )

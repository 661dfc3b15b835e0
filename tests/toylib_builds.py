"""Whole builds of the fixture library by the command line, as a user would run them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

PUBLISHED = ("README.md", "changes.parquet", "dropped.parquet", "manifest.json")
STEP = "toylib:1.0:2.0"


def environment(toy_index: Path, cache: Path, **variables: str) -> dict[str, str]:
    """Variables of a machine whose only package source is the toy index."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "PYTHONHASHSEED"))
    }
    return {
        **kept,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(toy_index),
        "RECODE_CACHE": str(cache),
        **variables,
    }


def command(*arguments: object) -> list[str]:
    """The program and its arguments."""
    code = "from recode_data.cli import main; main()"
    return [sys.executable, "-c", code, *map(str, arguments)]


def run(variables: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    """The program to its end."""
    return subprocess.run(
        command(*arguments), env=variables, capture_output=True, text=True, check=False
    )


def start(variables: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
    """The program, in a process group of its own."""
    return subprocess.Popen(
        command(*arguments),
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def published(folder: Path) -> dict[str, bytes]:
    """Content of every published file; timings are nobody's business."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".state" not in path.parts and path.name != "timings.json"
    }
    assert set(PUBLISHED) <= found.keys()
    return found


def manifest(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return document


def group_is_gone(group: int) -> bool:
    """Whether no process of this session is left."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == group and fields[0] != "Z":
                return False
    return True

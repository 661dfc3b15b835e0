"""Words for a full disk."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from recode_data.errors import DiskFullError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Error numbers that mean it."""


def disk_full(folder: Path, needed: int | None = None) -> DiskFullError:
    """The error for a full disk; `needed` in bytes, where it is known."""
    amount = "more space" if needed is None else f"{needed / 2**20:.0f} MiB"
    try:
        free = f", {shutil.disk_usage(folder).free / 2**20:.0f} MiB free"
    except OSError:
        free = ""
    return DiskFullError(
        f"the disk is full: {folder} needs {amount}{free}",
        "make room there, or set RECODE_CACHE to a folder on a larger disk",
    )

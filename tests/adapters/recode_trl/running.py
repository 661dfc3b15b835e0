"""The public command as a program of its own, on one thread: as users run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SLOW_MACHINE_S = 280


def variables(**more: str) -> dict[str, str]:
    """Two threads on a shared machine make a step of 0.2 s take up to 3 s; one does not."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "RANK": "0", **more}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "recode_trl.cli", *map(str, arguments)]


def recode_train(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=SLOW_MACHINE_S,
        env=variables(**more),
    )


def done(*arguments: object, **more: str) -> str:
    """Stdout of a command that must succeed."""
    finished = recode_train(*arguments, **more)
    assert finished.returncode == 0, finished.stderr[-3000:]
    return finished.stdout


def rl_arguments(method: str, folder: Path, out: Path, *, seed: int, steps: int) -> list[object]:
    return [
        *(method, "--data", folder / "pairs", "--model", folder / "sft", "--out", out),
        *("--prompt", folder / "toy.txt", "--full", "--reward", "em_star", "--seed", seed),
        *("--steps", steps, "--batch", 64, "--per-device", 64, "--learning-rate", 1e-3),
        *("--max-completion", 16, "--log-every", 1, "--set", "warmup_steps=3"),
    ]

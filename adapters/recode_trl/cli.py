"""`recode-train`: train a model on migration pairs with TRL."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn

import click

from recode_data.console import LazyGroup, run_command
from recode_data.errors import ExitCode

COMMANDS = {
    "dapo": "recode_trl.train_command:dapo",
    "grpo": "recode_trl.train_command:grpo",
    "prompts": "recode_trl.prompts_command:prompts",
    "sft": "recode_trl.train_command:sft",
}


@click.group(cls=LazyGroup, commands_at=COMMANDS)
@click.version_option(package_name="recode-toolkit")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Train a model on migration pairs: GRPO, DAPO, and SFT to compare with.

    On several devices: `accelerate launch -m recode_trl.cli grpo ...`.

    \b
    Example:
      recode-train grpo --data pairs --model Qwen/Qwen2.5-Coder-7B-Instruct --out runs/grpo
    """


def main() -> None:
    """Entry point of `recode-train`."""
    code = run_command(cli)
    if "torch" in sys.modules and code in (ExitCode.DONE, ExitCode.INTERRUPTED):
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """End at once, after a training has written everything and closed what it held.

    The interpreter waits for threads of the training libraries when it ends: one of some 30 runs on
    a CPU never got there, minutes after its last line.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()

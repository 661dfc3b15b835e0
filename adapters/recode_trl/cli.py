"""`recode-train`: train a model on migration pairs with TRL."""

from __future__ import annotations

import sys

import click

from recode_data.console import LazyGroup, run_command

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
    sys.exit(run_command(cli))


if __name__ == "__main__":
    main()

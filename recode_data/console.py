"""What both command lines share: lazy commands, and the one mapping from errors to exit codes."""

from __future__ import annotations

import errno
import importlib
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

import click

from recode_data.errors import ExitCode, RecodeError


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used, so that `--help` stays fast.

    `commands_at` maps a command's name to `module:attribute`.
    """

    def __init__(
        self, name: str | None = None, *, commands_at: Mapping[str, str], **settings: object
    ) -> None:
        super().__init__(name, **settings)  # type: ignore[arg-type]  # click's own keywords
        self._commands_at = dict(commands_at)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in alphabetical order."""
        return sorted(self._commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that defines the command; None where there is no such command."""
        target = self._commands_at.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong table is a defect
        return command


def run_command(group: click.Group) -> int:
    """Run a command line and return its exit code; no traceback without `--debug`."""
    debug = "--debug" in sys.argv
    try:
        result = group.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return int(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo(
            "interrupted; finished work is kept, the same command goes on from here", err=True
        )
        return int(ExitCode.INTERRUPTED)
    except RecodeError as error:
        if debug:
            traceback.print_exc()
        click.echo(f"error: {error}", err=True)
        return int(error.exit_code)
    except BrokenPipeError:
        return int(ExitCode.DONE)
    except OSError as error:
        if debug or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        where = f" ({error.filename})" if error.filename else ""
        click.echo(
            f"error: {error.strerror}{where}\n  to fix: free disk space or choose another --out "
            "or --cache; finished work is kept",
            err=True,
        )
        return int(ExitCode.ENVIRONMENT)
    return int(result) if isinstance(result, int) else int(ExitCode.DONE)


def cache_option(function: click.decorators.FC) -> click.decorators.FC:
    """The `--cache` option of every command that downloads or makes environments."""
    return click.option(
        "--cache",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="RECODE_CACHE",
        help="Folder for downloads and environments (default: the user's cache folder).",
    )(function)


def weak_option(function: click.decorators.FC) -> click.decorators.FC:
    """The `--allow-weak-sandbox` option of every command that runs untrusted code."""
    return click.option(
        "--allow-weak-sandbox",
        "allow_weak",
        is_flag=True,
        help="Go on where only resource limits can be had: for code that you trust.",
    )(function)
